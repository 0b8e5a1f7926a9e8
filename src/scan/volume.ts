/**
 * The narrow door to the disk while scanning: it only reads, nothing but regular files, and never throws for what it
 * meets there. Synchronous on purpose: in two threads that is the fastest way on a local disk.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
  type Dirent,
  type Stats,
} from 'node:fs';
import { errnoOf } from '../shared/errors.ts';
import { SHA256_DIGITS } from '../layout/digest.ts';
import { compareText } from '../shared/problem.ts';

type EntryType = 'file' | 'folder' | 'link' | 'other';

export interface Entry {
  readonly name: string;
  readonly type: EntryType;
}

/** Why something could not be read: `missing`, or an errno that makes the scan incomplete. */
export type Failure =
  | { readonly ok: false; readonly missing: true }
  | { readonly ok: false; readonly missing: false; readonly errno: string };

/** A folder of nothing but folders named by sha256 digests: their hexadecimal, 64 digits each, joined, by name. */
export interface ListedDigests {
  readonly ok: true;
  readonly hex: string;
}

export type Listed = { readonly ok: true; readonly entries: readonly Entry[] } | Failure;

export interface FileState {
  readonly bytes: number;
  /** `st_blocks * 512`. */
  readonly diskBytes: number;
  /** Epoch milliseconds. */
  readonly time: number;
  /** The file itself is a symbolic link to what these figures describe. */
  readonly throughLink: boolean;
}

export type Read =
  | { readonly ok: true; readonly content: Buffer; readonly state: FileState }
  | { readonly ok: false; readonly missing: false; readonly errno: 'not-a-file' }
  | { readonly ok: false; readonly missing: false; readonly errno: 'too-large'; readonly state: FileState }
  | Failure;

export type Stated = { readonly ok: true; readonly state: FileState } | Failure;

/** What stands for bytes that are not UTF-8: the name cannot be opened again under this spelling. */
const REPLACEMENT = '\ufffd';
/** The latest time that a `Date` can hold (ECMAScript, "Time Values and Time Range"). Epoch milliseconds. */
export const LATEST_TIME = 8.64e15;
const UNDECODABLE = 'name is not UTF-8';
const UNLESS_MISSING = { throwIfNoEntry: false } as const;
const DIRENTS = { withFileTypes: true } as const;
const HEX = /^[0-9a-f]*$/;
/** Never waits for the other end of a FIFO that took a file's place, never follows a link that did. */
export const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY;

export class Volume {
  private buffer = Buffer.allocUnsafeSlow(64 * 1024);

  /** `base` is the absolute path of `docker/registry/v2`. */
  constructor(readonly base: string) {}

  absolute(path: string): string {
    return `${this.base}/${path}`;
  }

  /** The entries of a folder, by name. A path that is there and no folder gives the errno `ENOTDIR`. */
  list(path: string): Listed {
    return listFolder(this.absolute(path));
  }

  /**
   * As `list`, for a folder that should hold nothing but folders named by sha256 digests. Most of a registry is such
   * folders, and they are taken as a whole: nothing is made for each of the entries.
   */
  listDigests(path: string): ListedDigests | Listed {
    return readFolder(this.absolute(path), asListedDigests);
  }

  /** What a symbolic link leads to: a folder's real path, or `undefined` where it leads to something else or nowhere. */
  folderBehind(path: string): string | undefined {
    try {
      const real = realpathSync.native(this.absolute(path));
      return statSync(real).isDirectory() ? real : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whether the path itself, and not what it leads to, is a symbolic link. What cannot be looked at is none. */
  isLink(path: string): boolean {
    try {
      return lstatSync(this.absolute(path), { throwIfNoEntry: false })?.isSymbolicLink() === true;
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      return false;
    }
  }

  /** The time of a folder, epoch milliseconds; where it cannot be had the latest there is: what is not known may be new. */
  folderTime(path: string): number {
    try {
      return lstatSync(this.absolute(path)).mtimeMs;
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      return LATEST_TIME;
    }
  }

  /** Size and time of a regular file; a symbolic link to one is followed and said. */
  state(path: string): Stated {
    try {
      const seen = this.regularFile(path);
      if (seen === undefined) return MISSING;
      return seen === 'not-a-file' ? NOT_A_FILE : { ok: true, state: seen.state };
    } catch (error) {
      return failure(error);
    }
  }

  /** The state of a regular file that is all that a folder holds, and no link; else, and where it cannot be seen, `undefined`. */
  loneFile(folder: string, name: string): FileState | undefined {
    const absolute = this.absolute(folder);
    try {
      const names = readdirSync(absolute);
      if (names.length !== 1 || names[0] !== name) return undefined;
      const stats = lstatSync(`${absolute}/${name}`);
      return stats.isFile() ? stateOf(stats, false) : undefined;
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      return undefined;
    }
  }

  /** The whole content of a regular file of at most `limit` bytes. The bytes are overwritten by the next call. */
  read(path: string, limit: number): Read {
    const absolute = this.absolute(path);
    try {
      return this.readOpened(openSync(absolute, OPEN_FLAGS), limit, false);
    } catch (error) {
      return errnoOf(error) === 'ENOENT' ? MISSING : this.readOther(path, limit);
    }
  }

  /** Gives `use` a regular file, open for reading; a symbolic link to one is followed. */
  withFile<T>(path: string, use: (file: number, state: FileState) => T): T | typeof NOT_A_FILE | Failure {
    try {
      const seen = this.regularFile(path);
      if (seen === undefined) return MISSING;
      if (seen === 'not-a-file') return NOT_A_FILE;
      const file = openSync(seen.path, OPEN_FLAGS);
      try {
        const stats = fstatSync(file);
        return stats.isFile() ? use(file, stateOf(stats, seen.state.throughLink)) : NOT_A_FILE;
      } finally {
        closeSync(file);
      }
    } catch (error) {
      return failure(error);
    }
  }

  /** What could not be opened at once is a symbolic link, or says why when it is tried again. */
  private readOther(path: string, limit: number): Read {
    try {
      const seen = this.regularFile(path);
      if (seen === undefined) return MISSING;
      if (seen === 'not-a-file') return NOT_A_FILE;
      return this.readOpened(openSync(seen.path, OPEN_FLAGS), limit, seen.state.throughLink);
    } catch (error) {
      return failure(error);
    }
  }

  private readOpened(file: number, limit: number, throughLink: boolean): Read {
    try {
      const stats = fstatSync(file);
      if (!stats.isFile()) return NOT_A_FILE;
      const state = stateOf(stats, throughLink);
      if (state.bytes > limit) return { ok: false, missing: false, errno: 'too-large', state };
      return { ok: true, content: this.content(file, state.bytes, limit), state };
    } finally {
      closeSync(file);
    }
  }

  private regularFile(path: string): { readonly path: string; readonly state: FileState } | 'not-a-file' | undefined {
    const absolute = this.absolute(path);
    const stats = lstatSync(absolute, UNLESS_MISSING);
    if (stats === undefined) return undefined;
    if (stats.isFile()) return { path: absolute, state: stateOf(stats, false) };
    if (!stats.isSymbolicLink()) return 'not-a-file';
    const real = realpathSync.native(absolute);
    const behind = statSync(real);
    return behind.isFile() ? { path: real, state: stateOf(behind, true) } : 'not-a-file';
  }

  /** Reads up to one byte more than was promised, so that a file that grew since is seen to have grown. */
  private content(file: number, promised: number, limit: number): Buffer {
    const want = Math.min(promised, limit) + 1;
    if (this.buffer.length < want) this.buffer = Buffer.allocUnsafeSlow(Math.min(limit, want * 2) + 1);
    let filled = 0;
    while (filled < want) {
      const got = readSync(file, this.buffer, filled, want - filled, null);
      if (got === 0) break;
      filled += got;
      if (filled === promised) break;
    }
    return this.buffer.subarray(0, filled);
  }
}

export const MISSING: Failure = { ok: false, missing: true };
export const NOT_A_FILE = { ok: false, missing: false, errno: 'not-a-file' } as const;

/** Why something could not be read. Throws what is no error of the system. */
export function failure(error: unknown): Failure {
  const errno = errnoOf(error);
  if (errno === undefined) throw error;
  return errno === 'ENOENT' ? MISSING : { ok: false, missing: false, errno };
}

export function stateOf(stats: Stats, throughLink: boolean): FileState {
  return { bytes: stats.size, diskBytes: stats.blocks * 512, time: stats.mtimeMs, throughLink };
}

/** The entries of a folder named by an absolute path, sorted by name. */
export function listFolder(absolute: string): Listed {
  return readFolder(absolute, asListed);
}

function readFolder<T>(absolute: string, take: (found: readonly Dirent[]) => T): T | Failure {
  try {
    return take(readdirSync(absolute, DIRENTS));
  } catch (error) {
    return failure(error);
  }
}

export function asListed(found: readonly Dirent[]): Listed {
  const entries: Entry[] = [];
  let sorted = true;
  let before = '';
  for (const entry of found) {
    const { name } = entry;
    if (name.includes(REPLACEMENT)) return { ok: false, missing: false, errno: UNDECODABLE };
    entries.push({ name, type: typeOf(entry) });
    sorted &&= before <= name;
    before = name;
  }
  if (!sorted) entries.sort((a, b) => compareText(a.name, b.name));
  return { ok: true, entries };
}

export function asListedDigests(found: readonly Dirent[]): ListedDigests | Listed {
  const hex = joinedSha256(found);
  return hex === undefined ? asListed(found) : { ok: true, hex };
}

/** The names joined, where each is a folder's, spells a sha256 digest, and comes after the one before it. */
function joinedSha256(found: readonly Dirent[]): string | undefined {
  let hex = '';
  let before = '';
  for (const entry of found) {
    const { name } = entry;
    if (name.length !== SHA256_DIGITS || before >= name || !entry.isDirectory()) return undefined;
    hex += name;
    before = name;
  }
  return HEX.test(hex) ? hex : undefined;
}

function typeOf(entry: Dirent): EntryType {
  if (entry.isDirectory()) return 'folder';
  if (entry.isFile()) return 'file';
  return entry.isSymbolicLink() ? 'link' : 'other';
}
