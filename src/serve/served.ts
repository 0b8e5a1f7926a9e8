/** What is served: the newest index that could be loaded, and the jobs that run beside it. */
import { openIndex } from '../pipeline/open-index.ts';
import { indexIsThere } from '../pipeline/open-stored.ts';
import type { ServedState } from '../report/model-serve.ts';
import { AppError } from '../shared/errors.ts';
import { Events } from './events.ts';
import { Jobs, type Ended, type JobWork } from './jobs.ts';
import type { ServeOptions, ServePorts } from './model.ts';
import { ServedIndex } from './served-index.ts';

export class Served {
  readonly events: Events;
  readonly jobs: Jobs | undefined;
  private served: ServedIndex | undefined;
  private generation = 0;
  private failure: Error | undefined;
  /** The last load that was begun: they go one after the other, so the newest index is served last. */
  private loading: Promise<void> = Promise.resolve();
  private isLoading = false;
  private isClosing = false;

  constructor(
    readonly options: ServeOptions,
    readonly ports: ServePorts,
  ) {
    this.events = new Events(() => this.state);
    const { program, environment, index } = ports;
    this.jobs = program && new Jobs(program, environment, index.now, () => this.events.changed());
  }

  get state(): ServedState {
    const { root, mayScan, sweepRefusal } = this.options;
    return {
      schema: 'regsweep.serve/1',
      root,
      scannedAt: this.served === undefined ? null : new Date(this.served.scannedAt).toISOString(),
      generation: this.generation,
      jobs: this.jobs?.list ?? [],
      mayScan: mayScan && this.jobs !== undefined,
      maySweep: sweepRefusal === undefined,
      sweepRefusal: sweepRefusal ?? null,
    };
  }

  /** Throws `index-missing` where there is none yet, and why it cannot be loaded. */
  get index(): ServedIndex {
    if (this.served !== undefined) {
      // What was young is not any more: it is marked anew beside the answers, as after a scan.
      if (this.served.lastsUntil < this.ports.index.now() && !this.isLoading) void this.load();
      return this.served;
    }
    throw this.missing;
  }

  /** Throws as `index`. */
  refuseWithout(): void {
    if (this.served === undefined) throw this.missing;
  }

  private get missing(): Error {
    const hint = 'it is there once the first scan has ended';
    return this.failure ?? new AppError('index-missing', 'there is no index yet', hint);
  }

  /**
   * Serves the index that its file holds now; what is served goes on until then. Resolves whether or not there is one that can
   * be: why it cannot is said as a warning.
   */
  load(): Promise<void> {
    this.isLoading = true;
    this.loading = this.loading.then(() => this.loadNow());
    return this.loading;
  }

  private async loadNow(): Promise<void> {
    const { options, ports } = this;
    try {
      if (!indexIsThere(options.index)) return;
      const opened = await openIndex(options.index, ports.index);
      const index = new ServedIndex(opened, options.shape, ports.index.now());
      await index.prepare();
      this.served = index;
      this.generation++;
      this.events.changed();
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      ports.index.warn(this.failure.message);
    } finally {
      this.isLoading = false;
    }
  }

  /**
   * Starts a job; its end is followed by a scan where it has changed the volume, and by the index that is there then. Throws
   * `refused` once the server is ending: whoever has interrupted it waits for its jobs, and starts no other.
   */
  start(work: Omit<JobWork, 'afterwards'>, whenEnded: (ended: Ended) => void = () => undefined): void {
    if (this.isClosing) throw new AppError('refused', 'the server is ending');
    if (this.jobs === undefined) throw new TypeError('there is no program to start');
    void this.follow(this.jobs.start({ ...work, afterwards: () => this.load() }), whenEnded);
  }

  scan(): void {
    const { words } = this.options;
    this.start({ kind: 'scan', argv: words.scan });
  }

  private async follow(running: Promise<Ended>, whenEnded: (ended: Ended) => void): Promise<void> {
    const ended = await running;
    whenEnded(ended);
    const hasChanged = ended.job.kind !== 'scan' && ended.job.status !== 4;
    if (hasChanged && this.options.mayScan && !this.isClosing && this.jobs?.isBusy === false) this.scan();
  }

  /** Ends what runs, cleanly, and waits for it. */
  async close(): Promise<void> {
    this.isClosing = true;
    await this.jobs?.stop();
    this.events.close();
    await this.loading;
  }
}
