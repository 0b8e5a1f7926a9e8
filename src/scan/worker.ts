/** A reading thread: does the tasks that it is sent. */
import { parentPort, workerData } from 'node:worker_threads';
import { Performer, type ReadingOptions } from './performer.ts';
import type { Task, TaskResult, WalkTask } from './tasks.ts';
import type { ThrottleOptions } from './throttle.ts';

export interface ReadingThreadOptions extends ReadingOptions {
  /** Of the tasks that are done later. */
  readonly throttle: ThrottleOptions;
}

/** A task to do now, before anything that is sent after it, or beside others. */
export type Order = { readonly number: number } & (
  { readonly later: false; readonly task: Task } | { readonly later: true; readonly task: WalkTask }
);

export interface Done {
  /** Of its order. */
  readonly number: number;
  readonly result: TaskResult;
}

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread only');

const options = workerData as ReadingThreadOptions;
const performer = new Performer(options, options.throttle);

function send(done: Done): void {
  port?.postMessage(done, [done.result.packet.buffer]);
}

port.on('message', (order: Order) => {
  const { number } = order;
  // What fails ends the thread, and whoever waits for it hears of it.
  if (order.later) void performer.later(order.task).then((result) => send({ number, result }));
  else send({ number, result: performer.now(order.task) });
});
