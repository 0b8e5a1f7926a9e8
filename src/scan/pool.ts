/**
 * Where tasks are done: in threads of their own, or here. Results come back in the order in which the tasks were given,
 * whatever order they ended in, so that the same volume gives the same numbers with any number of threads.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { AppError } from '../shared/errors.ts';
import { openReading, perform, type ReadingOptions } from './perform.ts';
import type { Task, TaskResult } from './tasks.ts';

export interface Pool {
  /** How many tasks it can do at once, beside what the caller does here. */
  readonly width: number;
  run(task: Task): Promise<TaskResult>;
  /** Does a task in the calling thread, which would only wait for the others otherwise. */
  here?(task: Task): TaskResult;
  close(): Promise<void>;
}

const MAX_THREADS = 8;

/** A scan keeps every processor busy, is over in seconds, and makes nothing but garbage on its way. */
const FLAGS = [
  // Code that is compiled beside it waits for a processor, and runs slowly for as long.
  '--no-concurrent-recompilation',
  // So do helpers in collecting garbage, and all of a thread waits for them.
  '--no-parallel-scavenge',
  // The space for what is new begins as large as it would become.
  '--min-semi-space-size=16',
  '--semi-space-growth-factor=16',
  // Larger pieces of compiled code cost more to make than they save in so short a time.
  '--max-inlined-bytecode-size-cumulative=200',
] as const;

/** Does the tasks in the calling thread: for the smallest volumes and for tests. */
function inlinePool(options: ReadingOptions): Pool {
  const reading = openReading(options);
  return {
    width: 1,
    run: (task) => Promise.resolve(perform(task, reading)),
    close: () => Promise.resolve(),
  };
}

/** The compiled thread, where it lies beside this code, as it does in the package. */
const ENTRY = new URL('./scan-worker.js', import.meta.url);

/** Threads where there is a compiled one (`entry`); else the calling thread. */
export function openPool(options: ReadingOptions, entry: URL = ENTRY): Pool {
  return existsSync(entry) ? threadPool(options, entry) : inlinePool(options);
}

/** Does the tasks in threads: with the calling one as many as there are processors, but never it alone. */
function threadPool(options: ReadingOptions, entry: URL): Pool {
  for (const flag of FLAGS) setFlagsFromString(flag);
  const width = Math.min(MAX_THREADS, Math.max(1, availableParallelism() - 1));
  const reading = openReading(options);
  const threads = Array.from({ length: width }, () => new Thread(options, entry));
  return {
    width,
    run: (task) => threads.reduce((least, thread) => (thread.waiting < least.waiting ? thread : least)).run(task),
    here: (task) => perform(task, reading),
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
/** So many results of the calling thread's own wait for their turn at most. */
const MAX_KEPT = 64;

interface Flying {
  readonly task: Task;
  /** Absent: done in the calling thread. */
  readonly promise?: Promise<void>;
  result?: TaskResult;
}

/** Gives out all work, and takes the results in order. Throws `interrupted` once the signal is set. */
export async function runInOrder(pool: Pool, work: Work, signal: AbortSignal): Promise<void> {
  const flying: Flying[] = [];
  let inThreads = 0;
  work.idle();
  for (;;) {
    for (; inThreads < pool.width * IN_FLIGHT; inThreads++) {
      const task = work.next();
      if (task === undefined) break;
      flying.push(fly(pool, task));
    }
    const first = flying[0];
    if (first === undefined) return;
    if (first.result === undefined) await passTime(pool, work, flying, first);
    if (signal.aborted) throw new AppError('interrupted', 'interrupted while scanning');
    if (first.result === undefined) continue;
    flying.shift();
    if (first.promise !== undefined) inThreads--;
    work.take(first.task, first.result);
    if (flying.length === 0) work.idle();
  }
}

function fly(pool: Pool, task: Task): Flying {
  const flight: { task: Task; promise?: Promise<void>; result?: TaskResult } = { task };
  flight.promise = pool.run(task).then((result) => void (flight.result = result));
  // Whoever waits for it hears of a failure; until then it is nobody's.
  flight.promise.catch(() => undefined);
  return flight;
}

/** While the first result is not there: does a task here, and looks for messages; or waits, where there is none to do. */
async function passTime(pool: Pool, work: Work, flying: Flying[], first: Flying): Promise<void> {
  const task = pool.here === undefined || flying.length >= MAX_KEPT ? undefined : work.next();
  if (task === undefined || pool.here === undefined) return first.promise;
  flying.push({ task, result: pool.here(task) });
  await new Promise((resume) => setImmediate(resume));
}
