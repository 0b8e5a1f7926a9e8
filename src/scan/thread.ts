import { Worker } from 'node:worker_threads';
import { AppError } from '../shared/errors.ts';
import type { ReadingOptions } from './perform.ts';
import type { Task, TaskResult } from './tasks.ts';

interface Waiting {
  readonly resolve: (result: TaskResult) => void;
  readonly reject: (reason: Error) => void;
}

/** One worker thread; it does its tasks in order, so answers need no number. */
export class Thread {
  private readonly worker: Worker;
  private readonly queue: Waiting[] = [];
  private failure: AppError | undefined;

  constructor(options: ReadingOptions, entry: URL) {
    this.worker = new Worker(entry, { workerData: options });
    this.worker.on('message', (result: TaskResult) => this.queue.shift()?.resolve(result));
    this.worker.on('error', (cause) => this.fail(cause));
    this.worker.on('exit', (status) => this.fail(new Error(`it ended with ${status}`)));
  }

  get waiting(): number {
    return this.queue.length;
  }

  run(task: Task): Promise<TaskResult> {
    // A thread that has ended answers nothing more.
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.queue.push({ resolve, reject });
      this.worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(cause: unknown): void {
    this.failure ??= new AppError('scan-failed', 'a reading thread failed', undefined, { cause });
    for (const waiting of this.queue.splice(0)) waiting.reject(this.failure);
  }
}
