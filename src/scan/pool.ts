/**
 * Where tasks are done: in threads that wait for each answer of the disk, or in this one, with many questions side by side,
 * where the disk answers late. Which of the two, and how many questions, follows what the answers take.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { AsyncDisk } from './async-disk.ts';
import type { Disk } from './disk.ts';
import { FindingsWriter } from './findings.ts';
import { BLOBS, REPOSITORIES } from '../layout/paths.ts';
import { Latency, timed } from './latency.ts';
import { openHands, perform, performSteps, type Hands, type ReadingOptions } from './perform.ts';
import { Reading } from './reading.ts';
import { runLater } from './steps.ts';
import type { BlobFoldersTask, Task, TaskResult } from './tasks.ts';
import { Thread } from './thread.ts';
import { Throttle } from './throttle.ts';

/** How fast the volume is read. */
export interface Pace {
  /** How many questions wait for their answers at once; absent: as many as its answers make worth while. */
  readonly concurrency?: number;
  /** How many answers are asked for in a second; absent: as many as there are. */
  readonly maxIops?: number;
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
/**
 * The most questions that are put at once. More than there are threads of the system to wait in: one that comes back finds the
 * next question there, and need not be woken for it, which costs more than many an answer.
 */
const QUESTIONS = 256;
/** As many threads as this would be kept busy, in tasks: each has many questions, but towards its end. */
const WIDTH_LATER = 6;

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
  private readonly hands: Hands;
  private readonly throttle: Throttle;
  private readonly disk: AsyncDisk;
  private threads: readonly Thread[] | undefined;

  constructor(
    private readonly options: ReadingOptions,
    private readonly pace: Pace,
    private readonly entry: URL | undefined,
  ) {
    this.hands = openHands(options);
    const limit = Math.max(QUESTIONS, pace.concurrency ?? 0);
    this.throttle = new Throttle({ limit, perSecond: pace.maxIops });
    this.disk = new AsyncDisk(this.hands.volume, this.throttle, this.latency);
    this.latency.observe(firstLatency(this.hands));
  }

  get width(): number {
    return this.isLate() ? WIDTH_LATER : Math.max(1, this.threadCount());
  }

  get here(): ((task: Task) => TaskResult) | undefined {
    return this.isLate() || this.threadCount() === 0 ? undefined : (task) => this.perform(task);
  }

  get later(): Disk | undefined {
    return this.isLate() ? this.disk : undefined;
  }

  async run(task: Task): Promise<TaskResult> {
    if (task.kind !== 'blob-folders' && this.isLate()) return this.performLater(task);
    this.threads ??= this.openThreads();
    const [first, ...others] = this.threads;
    if (first === undefined) return this.perform(task);
    const result = await others.reduce((least, next) => (next.waiting < least.waiting ? next : least), first).run(task);
    return this.noted(result);
  }

  async close(): Promise<void> {
    this.throttle.close();
    await Promise.all((this.threads ?? []).map((thread) => thread.close()));
  }

  private isLate(): boolean {
    const { concurrency, maxIops } = this.pace;
    if (maxIops !== undefined) return true;
    return concurrency === undefined ? this.latency.isSlow : concurrency > availableParallelism();
  }

  /** With the calling one as many as there are processors, but never it alone. */
  private threadCount(): number {
    if (this.entry === undefined) return 0;
    const most = Math.min(MAX_THREADS, Math.max(1, availableParallelism() - 1));
    return this.pace.concurrency === undefined ? most : Math.min(most, this.pace.concurrency - 1);
  }

  private openThreads(): readonly Thread[] {
    const { entry } = this;
    const count = this.threadCount();
    if (entry === undefined || count === 0) return [];
    for (const flag of FLAGS) setFlagsFromString(flag);
    return Array.from({ length: count }, () => new Thread(this.options, entry));
  }

  private perform(task: Task): TaskResult {
    return this.noted(perform(task, this.hands));
  }

  private performLater(task: Exclude<Task, BlobFoldersTask>): Promise<TaskResult> {
    const reading = new Reading(this.disk, new FindingsWriter(), this.options.readsLayerLinks);
    return new Promise((resolve, reject) => runLater(performSteps(task, reading), resolve, reject));
  }

  private noted(result: TaskResult): TaskResult {
    if (result.latency !== undefined) this.latency.observe(result.latency);
    return result;
  }
}

/** The shortest of some answers: the first of all wait for more than the disk. Microseconds. */
function firstLatency({ volume }: Hands): number {
  const paths = [BLOBS, REPOSITORIES, `${BLOBS}/sha256`];
  return Math.min(...paths.map((path) => timed(() => volume.isLink(path)).microseconds));
}
