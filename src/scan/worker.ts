/** A reading thread: does the tasks that it is sent, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { perform } from './perform.ts';
import type { Task } from './tasks.ts';
import { Volume } from './volume.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread only');

const volume = new Volume((workerData as { readonly base: string }).base);
port.on('message', (task: Task) => {
  const result = perform(task, volume);
  port.postMessage(result, [result.packet.buffer]);
});
