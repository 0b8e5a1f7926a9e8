/**
 * Work that takes long is this very program once more, as a process of its own: so no scan holds the page up, a sweep is what it
 * is on the command line, and neither the end of the server nor that of a browser breaks it off in the middle.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Job } from '../report/model-serve.ts';
import type { OwnProgram } from './model.ts';
import { parseProgress } from './progress-message.ts';

const KEPT_JOBS = 10;
/** Characters of stderr: the last words are why it ended as it did. */
export const MOST_MESSAGES = 4000;
/** Characters of a result; a longer one is let go by. */
const MOST_RESULT = 16 * 1024 * 1024;

/** What becomes of a job that ended. */
export interface Ended {
  readonly job: Job;
  /** What it printed; empty where that was too much. */
  readonly result: string;
}

export interface JobWork {
  readonly kind: Job['kind'];
  /** The words of its command line. */
  readonly argv: readonly string[];
  readonly run?: string;
  /** What follows it and belongs to it: while that lasts it still runs. Never rejects. */
  readonly afterwards: () => Promise<void>;
}

export class Jobs {
  private jobs: readonly Job[] = [];
  private running: { readonly child: ChildProcess; readonly ended: Promise<Ended> } | undefined;
  private started = 0;

  constructor(
    private readonly program: OwnProgram,
    private readonly environment: Readonly<Record<string, string | undefined>>,
    private readonly now: () => number,
    private readonly changed: () => void,
  ) {}

  /** The newest last. */
  get list(): readonly Job[] {
    return this.jobs;
  }

  get isBusy(): boolean {
    return this.running !== undefined;
  }

  /** Starts the program; only where it is not busy. Resolves when it has ended, and never rejects. */
  start({ kind, argv, run, afterwards }: JobWork): Promise<Ended> {
    if (this.running !== undefined) throw new TypeError('one job at a time');
    const id = ++this.started;
    this.put({
      id,
      kind,
      state: 'running',
      stage: '',
      unit: '',
      done: 0,
      total: null,
      startedAt: this.time(),
      endedAt: null,
      status: null,
      messages: '',
      run: run ?? null,
      freedBytes: null,
    });
    const child = spawn(this.program.command, [...this.program.argv, ...argv], {
      env: { ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // In a group of its own: an interrupt from the terminal is for the server, which tells its child itself, once.
      detached: true,
    });
    const ended = this.follow(id, child, afterwards);
    this.running = { child, ended };
    return ended;
  }

  /** Asks what runs to end cleanly, and waits until it has. */
  async stop(): Promise<void> {
    if (this.running === undefined) return;
    this.running.child.kill('SIGINT');
    await this.running.ended;
  }

  /** Changes what is told of a job. */
  change(id: number, change: Partial<Job>): Job | undefined {
    const job = this.jobs.find((one) => one.id === id);
    if (job === undefined) return undefined;
    const changed = { ...job, ...change };
    this.jobs = this.jobs.map((one) => (one.id === id ? changed : one));
    this.changed();
    return changed;
  }

  private put(job: Job): void {
    this.jobs = [...this.jobs, job].slice(-KEPT_JOBS);
    this.changed();
  }

  private async follow(id: number, child: ChildProcess, afterwards: () => Promise<void>): Promise<Ended> {
    child.on('message', (message) => {
      const progress = parseProgress(message);
      if (progress !== undefined) this.change(id, progress);
    });
    let messages = '';
    let result = '';
    let isTooLong = false;
    onText(child.stdout, (text) => {
      isTooLong ||= result.length + text.length > MOST_RESULT;
      result = isTooLong ? '' : result + text;
    });
    onText(child.stderr, (text) => (messages = (messages + text).slice(-MOST_MESSAGES)));
    const status = await new Promise<number | null>((done) => {
      child.once('error', (error) => {
        messages += error.message;
        done(null);
      });
      child.once('close', (code) => done(code));
    });
    this.change(id, { stage: 'Reading the index', unit: '', done: 0, total: null });
    await afterwards();
    this.running = undefined;
    const state = status === 0 ? 'done' : 'failed';
    const job = this.change(id, { state, status, messages, endedAt: this.time() });
    if (job === undefined) throw new TypeError(`there is no job ${id}`);
    return { job, result };
  }

  private time(): string {
    return new Date(this.now()).toISOString();
  }
}

function onText(stream: Readable | null, take: (text: string) => void): void {
  stream?.setEncoding('utf8').on('data', take);
}
