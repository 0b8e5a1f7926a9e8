/** Gives out work, and takes what comes back in the order in which it was given, whatever order it ended in. */
import { AppError } from '../shared/errors.ts';
import { interruption } from './interruption.ts';
import type { Pool } from './pool.ts';
import type { Task, TaskResult } from './tasks.ts';

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
  const interrupted = interruption(signal);
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
    // A task may take minutes, at so many reads a second.
    if (first.result === undefined) await Promise.race([passTime(pool, work, flying, first), interrupted]);
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
  const { here } = pool;
  const task = here === undefined || flying.length >= MAX_KEPT ? undefined : work.next();
  if (task === undefined || here === undefined) return first.promise;
  flying.push({ task, result: here(task) });
  await new Promise((resume) => setImmediate(resume));
}
