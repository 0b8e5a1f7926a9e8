/**
 * Where tasks are done: in threads of their own, or here. Results come back in the order in which the tasks were given,
 * whatever order they ended in, so that the same volume gives the same numbers with any number of threads.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { AppError } from '../shared/errors.ts';
import { perform } from './perform.ts';
import type { Task, TaskResult } from './tasks.ts';
import { Volume } from './volume.ts';

export interface Pool {
  /** How many tasks it can do at once. */
  readonly width: number;
  run(task: Task): Promise<TaskResult>;
  close(): Promise<void>;
}

const MIN_THREADS = 2;
const MAX_THREADS = 8;

/** Does the tasks in the calling thread: for the smallest volumes and for tests. */
function inlinePool(base: string): Pool {
  const volume = new Volume(base);
  return {
    width: 1,
    run: (task) => Promise.resolve(perform(task, volume)),
    close: () => Promise.resolve(),
  };
}

/** Threads where the compiled thread lies beside this code, as it does in the package; else the calling thread. */
export function openPool(base: string): Pool {
  const entry = new URL('./scan-worker.js', import.meta.url);
  return existsSync(entry) ? threadPool(base, entry) : inlinePool(base);
}

/** Does the tasks in threads, as many as there are processors (at least two: while one waits, another computes). */
function threadPool(base: string, entry: URL): Pool {
  const width = Math.min(MAX_THREADS, Math.max(MIN_THREADS, availableParallelism()));
  const threads = Array.from({ length: width }, () => new Thread(base, entry));
  return {
    width,
    run: (task) => threads.reduce((least, thread) => (thread.waiting < least.waiting ? thread : least)).run(task),
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

interface Waiting {
  readonly resolve: (result: TaskResult) => void;
  readonly reject: (reason: Error) => void;
}

/** One worker thread; it does its tasks in order, so answers need no number. */
class Thread {
  private readonly worker: Worker;
  private readonly queue: Waiting[] = [];

  constructor(base: string, entry: URL) {
    this.worker = new Worker(entry, { workerData: { base } });
    this.worker.on('message', (result: TaskResult) => this.queue.shift()?.resolve(result));
    this.worker.on('error', (cause) => {
      const error = new AppError('scan-failed', 'a reading thread failed', undefined, { cause });
      for (const waiting of this.queue.splice(0)) waiting.reject(error);
    });
  }

  get waiting(): number {
    return this.queue.length;
  }

  run(task: Task): Promise<TaskResult> {
    return new Promise((resolve, reject) => {
      this.queue.push({ resolve, reject });
      this.worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}

/** Tasks still to be given, and what is done with each result. */
export interface Work {
  /** The next task, or `undefined` while there is none. */
  next(): Task | undefined;
  /** Takes a result, in the order of the tasks; may make more of them. */
  take(task: Task, result: TaskResult): void;
  /** Nothing is in flight: makes what was kept for a full batch into tasks, if anything. */
  idle(): void;
}

/** So many tasks for each thread are in flight: one that takes long does not keep the others waiting for work. */
const IN_FLIGHT = 4;

/** Gives out all work, and takes the results in order. Throws `interrupted` once the signal is set. */
export async function runInOrder(pool: Pool, work: Work, signal: AbortSignal): Promise<void> {
  const flying: { readonly task: Task; readonly result: Promise<TaskResult> }[] = [];
  work.idle();
  for (;;) {
    while (flying.length < pool.width * IN_FLIGHT) {
      const task = work.next();
      if (task === undefined) break;
      const result = pool.run(task);
      result.catch(() => undefined);
      flying.push({ task, result });
    }
    const first = flying.shift();
    if (first === undefined) return;
    const result = await first.result;
    if (signal.aborted) throw new AppError('interrupted', 'interrupted while scanning');
    work.take(first.task, result);
    if (flying.length === 0) work.idle();
  }
}
