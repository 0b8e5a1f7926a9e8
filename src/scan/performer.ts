/** Does tasks: one in every reading thread, and one in the thread that collects. */
import { AsyncDisk } from './async-disk.ts';
import { readBlobFolders } from './blob-folders.ts';
import { FindingsWriter } from './findings.ts';
import { performSteps } from './perform.ts';
import { Reading, type LinksRead } from './reading.ts';
import { runLater, runNow } from './steps.ts';
import { SyncDisk } from './sync-disk.ts';
import type { Task, TaskResult, WalkTask } from './tasks.ts';
import { Throttle, type ThrottleOptions } from './throttle.ts';
import { Volume } from './volume.ts';

export interface ReadingOptions extends LinksRead {
  /** The absolute path of `docker/registry/v2`. */
  readonly base: string;
}

const UNLIMITED: ThrottleOptions = { limit: Infinity, perSecond: undefined };

export class Performer {
  /** Answers later, at most so many questions at once. */
  readonly asyncDisk: AsyncDisk;
  private readonly volume: Volume;
  private readonly syncDisk: SyncDisk;
  private readonly reading: Reading;
  private readonly throttle: Throttle;
  /** Branches of earlier tasks. */
  private readonly spare: Reading[] = [];

  constructor(
    private readonly options: ReadingOptions,
    throttle: ThrottleOptions = UNLIMITED,
  ) {
    this.volume = new Volume(options.base);
    this.syncDisk = new SyncDisk(this.volume);
    this.reading = new Reading(this.syncDisk, new FindingsWriter(), options);
    this.throttle = new Throttle(throttle);
    this.asyncDisk = new AsyncDisk(this.volume, this.throttle);
  }

  /** Does a task, and nothing else meanwhile. */
  now(task: Task): TaskResult {
    if (task.kind === 'blob-folders') return { packet: readBlobFolders(task.digests, this.volume), more: [] };
    return { ...runNow(performSteps(task, this.reading)), latency: this.syncDisk.samples.take() };
  }

  /** Does a task beside others, while the disk thinks of its answers. */
  later(task: WalkTask): Promise<TaskResult> {
    const reading = new Reading(this.asyncDisk, new FindingsWriter(), this.options, this.spare);
    return new Promise((resolve, reject) => {
      const done = (result: TaskResult): void => resolve({ ...result, latency: this.asyncDisk.samples.take() });
      runLater(performSteps(task, reading), done, reject);
    });
  }

  /** Asks nothing more: tasks that have begun never end. */
  close(): void {
    this.throttle.close();
  }
}
