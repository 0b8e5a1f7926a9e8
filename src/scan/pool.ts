/**
 * Where tasks are done: in threads that wait for each answer of the disk, or in threads that have many questions wait side by
 * side, where it answers late. Which of the two, and how many questions, follows what the answers take.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import type { Disk } from './disk.ts';
import { BLOBS, REPOSITORIES } from '../layout/paths.ts';
import { Latency, timed } from './latency.ts';
import { Performer, type ReadingOptions } from './performer.ts';
import type { Task, TaskResult } from './tasks.ts';
import { Thread } from './thread.ts';
import type { ThrottleOptions } from './throttle.ts';
import { Volume } from './volume.ts';

/** How fast the volume is read. */
export interface Pace {
  /** How many questions wait for their answers at once; absent: as many as its answers make worth while. */
  readonly concurrency?: number;
  /** How many answers are asked for in a second; absent: as many as there are. */
  readonly maxIops?: number;
  /**
   * The process is there for this: its engine may be set up for a scan, for as long as it lives.
   * @internal
   */
  readonly ownsProcess?: boolean;
}

export interface Pool {
  /** How many tasks it can do at once, beside what the caller does here. */
  readonly width: number;
  run(task: Task): Promise<TaskResult>;
  /** Does a task in the calling thread, which would only wait for the others otherwise. */
  readonly here?: ((task: Task) => TaskResult) | undefined;
  /** What to ask where the volume answers so late that many questions should wait side by side; else `undefined`. */
  readonly later?: Disk | undefined;
  close(): Promise<void>;
}

const MAX_THREADS = 8;
/** What the calling thread reads in less time is not worth a thread, which takes longer to start. Milliseconds. */
const ALONE_FOR = 20;
/**
 * The most questions that are put at once. More than there are threads of the system to wait in: one that comes back finds the
 * next question there, and need not be woken for it, which costs more than many an answer.
 */
const QUESTIONS = 256;
/** As many threads as this would be kept busy, in tasks: each has many questions, but towards its end. */
const WIDTH_LATER = 2;

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

/** The compiled thread, where it lies beside this code, as it does in the package. */
const ENTRY = new URL('./scan-worker.js', import.meta.url);

/** Threads where there is a compiled one (`entry`); else only the calling thread. */
export function openPool(options: ReadingOptions, pace: Pace = {}, entry: URL = ENTRY): Pool {
  return new PacedPool(options, pace, existsSync(entry) ? entry : undefined);
}

class PacedPool implements Pool {
  private readonly latency = new Latency();
  private readonly performer: Performer;
  private readonly threads: Thread[] = [];
  /** For how long the calling thread has read without others, milliseconds. */
  private alone = 0;

  constructor(
    private readonly options: ReadingOptions,
    private readonly pace: Pace,
    private readonly entry: URL | undefined,
  ) {
    this.performer = new Performer(options, this.throttleOf(1));
    this.latency.observe(firstLatency(options));
  }

  get width(): number {
    return this.isLate() ? WIDTH_LATER : Math.max(1, this.threadCount());
  }

  get here(): ((task: Task) => TaskResult) | undefined {
    return this.isLate() || this.threadCount() === 0 ? undefined : (task) => this.noted(this.performer.now(task));
  }

  get later(): Disk | undefined {
    return this.isLate() ? this.performer.asyncDisk : undefined;
  }

  async run(task: Task): Promise<TaskResult> {
    const isLate = this.isLate();
    if (!isLate && this.alone < ALONE_FOR) return this.noted(this.runAlone(task));
    const thread = this.leastBusyThread();
    if (task.kind !== 'blob-folders' && isLate) return this.noted(await (thread ?? this.performer).later(task));
    return this.noted(await (thread ?? this.performer).now(task));
  }

  async close(): Promise<void> {
    this.performer.close();
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  private runAlone(task: Task): TaskResult {
    const { value, microseconds } = timed(() => this.performer.now(task));
    this.alone += microseconds / 1000;
    return value;
  }

  private isLate(): boolean {
    const { concurrency, maxIops } = this.pace;
    if (maxIops !== undefined) return true;
    return concurrency === undefined ? this.latency.isSlow : concurrency > availableParallelism();
  }

  /**
   * Where the calling thread reads, too, it is one of as many as there are processors, but never alone; where answers come
   * late it only collects. So many reads a second need no more than it alone.
   */
  private threadCount(): number {
    if (this.entry === undefined || this.pace.maxIops !== undefined) return 0;
    const processors = Math.min(MAX_THREADS, availableParallelism());
    if (this.isLate()) return processors;
    const most = Math.max(1, processors - 1);
    return this.pace.concurrency === undefined ? most : Math.min(most, this.pace.concurrency - 1);
  }

  private leastBusyThread(): Thread | undefined {
    const count = this.threadCount();
    const { entry, threads } = this;
    while (entry !== undefined && threads.length < count) threads.push(this.openThread(entry));
    const [first, ...others] = threads.slice(0, count);
    if (first === undefined) return undefined;
    return others.reduce((least, next) => (next.waiting < least.waiting ? next : least), first);
  }

  private openThread(entry: URL): Thread {
    if (this.threads.length === 0 && this.pace.ownsProcess === true) for (const flag of FLAGS) setFlagsFromString(flag);
    const throttle = this.throttleOf(Math.min(MAX_THREADS, availableParallelism()));
    return new Thread({ ...this.options, throttle }, entry);
  }

  /** What each of so many may put at once. */
  private throttleOf(count: number): ThrottleOptions {
    const limit = Math.max(QUESTIONS, this.pace.concurrency ?? 0);
    return { limit: Math.ceil(limit / count), perSecond: this.pace.maxIops };
  }

  private noted(result: TaskResult): TaskResult {
    if (result.latency !== undefined) this.latency.observe(result.latency);
    return result;
  }
}

/** The shortest of some answers: the first of all wait for more than the disk. Microseconds. */
function firstLatency({ base }: ReadingOptions): number {
  const volume = new Volume(base);
  const paths = [BLOBS, REPOSITORIES, `${BLOBS}/sha256`];
  return Math.min(...paths.map((path) => timed(() => volume.isLink(path)).microseconds));
}
