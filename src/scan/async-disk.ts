/**
 * Answers later, and many questions at once: on a disk whose answers take long, the time is spent waiting, and questions
 * can wait side by side. Callbacks, and never promises of `node:fs`, which cost three times as much.
 */
import {
  close,
  closeSync,
  fstat,
  fstatSync,
  lstat,
  open,
  read as readFile,
  readdir,
  type Dirent,
  type Stats,
} from 'node:fs';
import { errnoOf } from '../shared/errors.ts';
import type { Disk } from './disk.ts';
import type { Latency } from './latency.ts';
import type { Steps } from './steps.ts';
import type { Throttle } from './throttle.ts';
import {
  asListed,
  asListedDigests,
  failure,
  MISSING,
  NOT_A_FILE,
  OPEN_FLAGS,
  stateOf,
  type Failure,
  type Read,
  type Stated,
  type Volume,
} from './volume.ts';

type Answer<T> = (value: T) => void;

/** So many answers tell how long they take. */
const ENOUGH = 32;
const SLOW_MS = 0.1;

export class AsyncDisk implements Disk {
  readonly answersLater = true;
  private readonly opened = new Opened();

  /** `volume` answers what is rare, and now and then something else to see how long an answer takes: `latency`. */
  constructor(
    private readonly volume: Volume,
    private readonly throttle: Throttle,
    private readonly latency: Latency,
  ) {}

  list(path: string): ReturnType<Disk['list']> {
    return this.folder(path, asListed, () => this.volume.list(path));
  }

  listDigests(path: string): ReturnType<Disk['listDigests']> {
    return this.folder(path, asListedDigests, () => this.volume.listDigests(path));
  }

  *folderBehind(path: string): ReturnType<Disk['folderBehind']> {
    return yield* this.ask(1, () => this.volume.folderBehind(path));
  }

  *isLink(path: string): ReturnType<Disk['isLink']> {
    return yield* this.ask(
      1,
      () => this.volume.isLink(path),
      (answer) => {
        lstat(this.volume.absolute(path), (error, stats) => answer(error === null && stats.isSymbolicLink()));
      },
    );
  }

  *folderTime(path: string): ReturnType<Disk['folderTime']> {
    return yield* this.ask(1, () => this.volume.folderTime(path));
  }

  *state(path: string): ReturnType<Disk['state']> {
    return yield* this.ask(
      1,
      () => this.volume.state(path),
      (answer) => {
        lstat(this.volume.absolute(path), (error, stats) => {
          if (error !== null) answer(failure(error));
          else if (stats.isFile()) answer({ ok: true, state: stateOf(stats, false) });
          else answer(this.volume.state(path));
        });
      },
    );
  }

  /** Opening and reading are two answers to wait for. */
  *read(path: string, limit: number): ReturnType<Disk['read']> {
    return yield* this.ask(
      2,
      () => this.volume.read(path, limit),
      (answer) => {
        open(this.volume.absolute(path), OPEN_FLAGS, (error, file) => {
          if (error === null) this.readOpened(file, limit, answer);
          else answer(errnoOf(error) === 'ENOENT' ? MISSING : this.volume.read(path, limit));
        });
      },
    );
  }

  /** Its bytes are a buffer of their own. */
  private readOpened(file: number, limit: number, answer: Answer<Read>): void {
    const end = (value: Read): void => {
      this.closeFile(file);
      answer(value);
    };
    this.stateOfOpened(file, (state) => {
      if (!state.ok) return end(state);
      if (state.state.bytes > limit) return end({ ok: false, missing: false, errno: 'too-large', state: state.state });
      // One byte more than was promised, so that a file that grew since is seen to have grown.
      const buffer = Buffer.allocUnsafe(state.state.bytes + 1);
      fill(file, buffer, 0, state.state.bytes, (cause, filled) => {
        end(cause === null ? { ok: true, content: buffer.subarray(0, filled), state: state.state } : failure(cause));
      });
    });
  }

  /** What is open has been looked up: nearly everywhere that is known by now, and to ask is quicker than to wait. */
  private stateOfOpened(file: number, answer: Answer<Stated>): void {
    const take = (stats: Stats): void =>
      answer(stats.isFile() ? { ok: true, state: stateOf(stats, false) } : NOT_A_FILE);
    if (this.opened.isSlow) fstat(file, (error, stats) => (error === null ? take(stats) : answer(failure(error))));
    else {
      try {
        take(this.opened.time(() => fstatSync(file)));
      } catch (error) {
        answer(failure(error));
      }
    }
  }

  /** Nothing was written: nobody waits for it. */
  private closeFile(file: number): void {
    if (this.opened.isSlow) close(file, () => undefined);
    else this.opened.time(() => closeSync(file));
  }

  private *folder<T>(path: string, take: (found: readonly Dirent[]) => T, now: () => T | Failure): Steps<T | Failure> {
    return yield* this.ask(1, now, (answer) => {
      readdir(this.volume.absolute(path), { withFileTypes: true }, (error, found) => {
        answer(error === null ? take(found) : failure(error));
      });
    });
  }

  /** `weight`: how many answers of the disk it takes. Without `later` the answer is had at once, which stops all others. */
  private *ask<T>(weight: number, now: () => T, later?: (answer: Answer<T>) => void): Steps<T> {
    let answered: { readonly value: T } | undefined;
    yield (resume) => {
      const take = (value: T): void => {
        answered = { value };
        resume();
      };
      this.throttle.enter(weight, (leave) => {
        if (later === undefined || this.latency.isDue()) {
          const value = this.latency.time(weight, now);
          leave();
          take(value);
        } else {
          later((value) => {
            leave();
            take(value);
          });
        }
      });
    };
    if (answered === undefined) throw new TypeError('a question went on without its answer');
    return answered.value;
  }
}

function fill(
  file: number,
  buffer: Buffer,
  filled: number,
  promised: number,
  done: (error: Error | null, filled: number) => void,
): void {
  readFile(file, buffer, filled, buffer.length - filled, null, (error, got) => {
    const now = filled + (error === null ? got : 0);
    if (error !== null || got === 0 || now >= promised) done(error, now);
    else fill(file, buffer, now, promised, done);
  });
}

/**
 * What it takes to look at a file that is open, and to close it. Nearly everywhere that asks nobody; where it does, even the
 * quickest of some takes long, and a busy processor alone does not make it so.
 */
class Opened {
  private asked = 0;
  private quickest = Infinity;

  get isSlow(): boolean {
    return this.asked >= ENOUGH && this.quickest > SLOW_MS;
  }

  time<T>(ask: () => T): T {
    if (this.asked >= ENOUGH) return ask();
    const before = performance.now();
    const value = ask();
    this.quickest = Math.min(this.quickest, performance.now() - before);
    this.asked++;
    return value;
  }
}
