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
import { Samples } from './latency.ts';
import { OpenFileLatency } from './open-file-latency.ts';
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

interface OpenedFile {
  readonly path: string;
  readonly file: number;
  readonly limit: number;
}

/** Bytes: larger files are read one at a time. */
const LARGE = 256 * 1024;
/** One question in so many milliseconds is waited for: where many wait side by side, that alone tells how long an answer takes. */
const INTERVAL_MS = 100;

export class AsyncDisk implements Disk {
  readonly answersLater = true;
  readonly samples = new Samples();
  private readonly opened = new OpenFileLatency();
  private sampledAt = -Infinity;

  /** `volume` answers what is rare, and, when it is due, something else to see how long an answer takes. */
  constructor(
    private readonly volume: Volume,
    private readonly throttle: Throttle,
    private readonly isDue = (): boolean => performance.now() - this.sampledAt >= INTERVAL_MS,
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
      () => this.readNow(path, limit),
      (answer) => {
        open(this.volume.absolute(path), OPEN_FLAGS, (error, file) => {
          if (error === null) this.readOpened({ path, file, limit }, answer);
          else answer(errnoOf(error) === 'ENOENT' ? MISSING : this.readNow(path, limit));
        });
      },
    );
  }

  /** The bytes of `volume` are overwritten by the next question, which may be put before this answer is used. */
  private readNow(path: string, limit: number): Read {
    const read = this.volume.read(path, limit);
    return read.ok ? { ...read, content: Buffer.from(read.content) } : read;
  }

  private readOpened({ path, file, limit }: OpenedFile, answer: Answer<Read>): void {
    const end = (value: Read): void => {
      this.closeFile(file);
      answer(value);
    };
    this.stateOfOpened(file, (stated) => {
      if (!stated.ok) return end(stated);
      const { state } = stated;
      if (state.bytes > limit) return end({ ok: false, missing: false, errno: 'too-large', state });
      // Hundreds of large ones at once would fill the memory.
      if (state.bytes > LARGE) return end(this.readNow(path, limit));
      // One byte more than was promised, so that a file that grew since is seen to have grown.
      const buffer = Buffer.allocUnsafe(state.bytes + 1);
      fill(file, buffer, 0, state.bytes, (cause, filled) => {
        end(cause === null ? { ok: true, content: buffer.subarray(0, filled), state } : failure(cause));
      });
    });
  }

  /** What is open has been looked up: nearly everywhere that is known by now, and to ask is quicker than to wait. */
  private stateOfOpened(file: number, answer: Answer<Stated>): void {
    if (this.opened.isSlow) {
      fstat(file, (error, stats) => answer(error === null ? statedOf(stats) : failure(error)));
      return;
    }
    let stated: Stated;
    try {
      stated = statedOf(this.opened.time(() => fstatSync(file)));
    } catch (error) {
      stated = failure(error);
    }
    answer(stated);
  }

  /** Nothing was written: nobody waits for it, and nothing is lost where it fails. */
  private closeFile(file: number): void {
    if (this.opened.isSlow) return close(file, () => undefined);
    try {
      this.opened.time(() => closeSync(file));
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
    }
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
        if (later === undefined || this.isDue()) {
          take(this.samples.time(weight, now));
          this.sampledAt = performance.now();
          leave();
        } else {
          later((value) => {
            take(value);
            leave();
          });
        }
      });
    };
    if (answered === undefined) throw new TypeError('a question went on without its answer');
    return answered.value;
  }
}

function statedOf(stats: Stats): Stated {
  return stats.isFile() ? { ok: true, state: stateOf(stats, false) } : NOT_A_FILE;
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
