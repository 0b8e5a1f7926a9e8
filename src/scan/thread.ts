import { Worker } from 'node:worker_threads';
import { AppError } from '../shared/errors.ts';
import type { Task, TaskResult, WalkTask } from './tasks.ts';
import type { Done, Order, ReadingThreadOptions } from './worker.ts';

interface Waiting {
  readonly resolve: (result: TaskResult) => void;
  readonly reject: (reason: Error) => void;
}

/** One reading thread. */
export class Thread {
  private readonly worker: Worker;
  private readonly orders = new Map<number, Waiting>();
  private given = 0;
  private failure: AppError | undefined;

  constructor(options: ReadingThreadOptions, entry: URL) {
    this.worker = new Worker(entry, { workerData: options });
    this.worker.on('message', ({ number, result }: Done) => {
      this.orders.get(number)?.resolve(result);
      this.orders.delete(number);
    });
    this.worker.on('error', (cause) => this.fail(cause));
    this.worker.on('exit', (status) => this.fail(new Error(`it ended with ${status}`)));
  }

  get waiting(): number {
    return this.orders.size;
  }

  /** Does a task once those before it are done. */
  now(task: Task): Promise<TaskResult> {
    return this.send({ number: this.given++, later: false, task });
  }

  /** Does a task beside others. */
  later(task: WalkTask): Promise<TaskResult> {
    return this.send({ number: this.given++, later: true, task });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private send(order: Order): Promise<TaskResult> {
    // A thread that has ended answers nothing more.
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.orders.set(order.number, { resolve, reject });
      this.worker.postMessage(order);
    });
  }

  private fail(cause: unknown): void {
    this.failure ??= new AppError('scan-failed', 'a reading thread failed', undefined, { cause });
    for (const waiting of this.orders.values()) waiting.reject(this.failure);
    this.orders.clear();
  }
}
