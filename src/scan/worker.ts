/** A reading thread: does the tasks that it is sent, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { openHands, perform, type ReadingOptions } from './perform.ts';
import type { Task } from './tasks.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread only');

const hands = openHands(workerData as ReadingOptions);
port.on('message', (task: Task) => {
  const result = perform(task, hands);
  port.postMessage(result, [result.packet.buffer]);
});
