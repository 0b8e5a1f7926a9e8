/**
 * One sweeper at a time. The lock is SQLite's, on a file of its own: it holds while its process is too busy to answer, and
 * is gone with its process, however that ends. File locks do not always reach other machines that have the volume mounted,
 * so beside it a note says who holds it: the note of another machine stands until somebody there, or the operator, takes it.
 */
import {
  accessSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { AppError, errnoOf } from '../shared/errors.ts';
import { isFull, noRoom } from '../shared/no-room.ts';

/** Who holds a lock. */
export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

export interface SweepLock {
  /** False once it was released. */
  readonly held: boolean;
  /** Lets others sweep. Calling it again does nothing. */
  release(): void;
}

const LOCK_FILE = 'lock.sqlite';
const NOTE_FILE = 'lock.json';
const MAX_NOTE_BYTES = 4096;
/** A note that cannot be read is one that is just being written, unless it is older. Milliseconds. */
const WRITING_TAKES = 60_000;

const noteSchema = z.object({ host: z.string(), pid: z.number(), startedAt: z.string() });

/**
 * Takes the lock in `stateFolder`, which is made if it is not there. Throws `locked`, naming the holder, where a process of
 * this machine holds it or a note names another machine; `no-room` where the folder cannot be written. `note`: whether the lock
 * is good without one on a file system that is full. It is for who only makes room: a note that is there counts all the same.
 */
export function acquireLock(
  stateFolder: string,
  holder: LockHolder,
  note: 'needed' | 'if-there-is-room' = 'needed',
): SweepLock {
  const path = join(stateFolder, NOTE_FILE);
  const database = openLockFile(stateFolder);
  try {
    // Nothing is ever written: a journal would want room on a disk that may have none.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (sqliteCode(cause)?.startsWith('SQLITE_BUSY') === true) throw heldBy(path, readNote(path), cause);
    throw unwritable(stateFolder, cause);
  }
  try {
    replaceNote(path, holder);
  } catch (cause) {
    if (note === 'needed' || !isFull(errnoOf(cause))) {
      database.close();
      throw cause instanceof AppError ? cause : unwritable(stateFolder, cause);
    }
  }
  let held = true;
  return {
    get held() {
      return held;
    },
    release: () => {
      if (!held) return;
      held = false;
      // While the lock still holds: afterwards the note may be somebody else's.
      removeNote(path);
      database.close();
    },
  };
}

function openLockFile(stateFolder: string): Database.Database {
  const path = join(stateFolder, LOCK_FILE);
  try {
    mkdirSync(stateFolder, { recursive: true });
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() === false) {
      throw new AppError('no-room', `${path} is no file, and no lock can be taken on it`, 'move it away');
    }
    // SQLite opens what it may not write for reading, and then locks nothing.
    if (stats !== undefined) accessSync(path, constants.W_OK);
    return new Database(path, { timeout: 0 });
  } catch (cause) {
    throw cause instanceof AppError ? cause : unwritable(stateFolder, cause);
  }
}

/** The lock is ours: a note of this machine is a dead process's. Another machine may write its own at this very moment. */
function replaceNote(note: string, holder: LockHolder): void {
  const found = readNote(note);
  if (found === 'unreadable' || (found !== undefined && found.host !== holder.host)) throw heldBy(note, found);
  removeNote(note);
  // Written elsewhere first: whoever dies at it leaves no note that names nobody.
  const written = `${note}.${holder.pid}.new`;
  try {
    const content = `${JSON.stringify(holder)}\n`;
    rmSync(written, { force: true });
    writeFileSync(written, content, { flag: 'wx' });
    linkOrWrite(written, note, content);
  } catch (cause) {
    if (errnoOf(cause) === 'EEXIST') throw heldBy(note, readNote(note), cause);
    throw cause;
  } finally {
    rmSync(written, { force: true });
  }
}

/** Some file systems know no hard links: there a note may be seen half written. */
function linkOrWrite(written: string, note: string, content: string): void {
  try {
    linkSync(written, note);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'EPERM' && errno !== 'ENOTSUP' && errno !== 'EOPNOTSUPP') throw error;
    writeFileSync(note, content, { flag: 'wx' });
  }
}

function removeNote(note: string): void {
  try {
    unlinkSync(note);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

function readNote(note: string): LockHolder | 'unreadable' | undefined {
  const stats = lstatSync(note, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isFile() || stats.size > MAX_NOTE_BYTES) return 'unreadable';
  try {
    return noteSchema.parse(JSON.parse(readFileSync(note, 'utf8')));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    return Date.now() - stats.mtimeMs > WRITING_TAKES ? undefined : 'unreadable';
  }
}

function heldBy(note: string, holder: LockHolder | 'unreadable' | undefined, cause?: unknown): AppError {
  const who =
    holder === undefined || holder === 'unreadable'
      ? `${note} does not say which process it is`
      : `process ${holder.pid} on ${holder.host}, since ${holder.startedAt}`;
  return new AppError(
    'locked',
    `another sweep of this registry is under way: ${who}`,
    `wait for it; if that process is certainly gone, remove ${note}`,
    { cause },
  );
}

function unwritable(stateFolder: string, cause: unknown): AppError {
  return noRoom(`the state folder ${stateFolder} cannot be written`, errnoOf(cause) ?? 'unknown', cause);
}

function sqliteCode(error: unknown): string | undefined {
  return error instanceof Database.SqliteError ? error.code : undefined;
}
