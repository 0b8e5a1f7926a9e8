/**
 * One sweeper at a time. The lock is SQLite's, on a file of its own: it holds while its process is too busy to answer, and
 * is gone with its process, however that ends. File locks do not always reach other machines that have the volume mounted,
 * so beside it a note says who holds it: the note of another machine stands until somebody there, or the operator, takes it.
 */
import { accessSync, constants, lstatSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { AppError, errnoOf } from '../shared/errors.ts';
import { isFull, noRoom } from '../shared/no-room.ts';
import { isOfAnother, readNote, removeNote, writeNote, type LockHolder } from './lock-note.ts';

export interface SweepLock {
  /** False once it was released. */
  readonly held: boolean;
  /** False where there was no room for a note: machines that file locks do not reach do not know of it. */
  readonly noted: boolean;
  /** Lets others sweep. Calling it again does nothing. */
  release(): void;
}

/** Somebody else holds a lock. */
export class LockedError extends AppError {
  constructor(
    message: string,
    hint: string,
    /** Absent where no note says it. */
    readonly holder: LockHolder | undefined,
    options?: { readonly cause?: unknown },
  ) {
    super('locked', message, hint, options);
  }
}

const LOCK_FILE = 'lock.sqlite';
const NOTE_FILE = 'lock.json';
/** For how long it is tried: whoever only looks at the lock is in its way for less than a millisecond. Milliseconds. */
const LOOK_TAKES = 500;
/** Whoever forgets a lock still holds it: a database that nothing refers to is closed when memory is collected. */
const held = new Set<Database.Database>();

/**
 * Takes the lock in `stateFolder`, which is made if it is not there. Throws `LockedError`, naming the holder, where a process
 * of this machine holds it or a note names another machine; `no-room` where the folder cannot be written. On a file system that
 * is full it is held without a note: who frees that, or puts back what went, must not need room first.
 */
export function acquireLock(stateFolder: string, holder: LockHolder): SweepLock {
  const path = join(stateFolder, NOTE_FILE);
  const database = openLockFile(stateFolder);
  try {
    // Nothing is ever written: a journal would want room on a disk that may have none.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw isBusy(cause) ? heldBy(stateFolder, readNote(path), cause) : unwritable(stateFolder, cause);
  }
  const noted = noteOrClose(database, stateFolder, holder);
  held.add(database);
  return {
    get held() {
      return held.has(database);
    },
    noted,
    release: () => {
      if (!held.delete(database)) return;
      // While the lock still holds: afterwards the note may be somebody else's.
      if (noted) removeNote(path);
      database.close();
    },
  };
}

/**
 * Whether somebody else than this process holds the lock in `stateFolder`, as `acquireLock` would say it on the machine `host`.
 * It takes no lock that could be in the way of one, but for the moment of a read, and writes nothing: not even a journal, since
 * only an empty file is opened. Throws the errors of `fs` and SQLite, and `no-room`, where it cannot be seen.
 */
export function lookAtLock(stateFolder: string, host: string): LockedError | undefined {
  // Where no folder is, nobody can hold anything.
  if (statSync(stateFolder, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  const isHeld = isLockHeld(join(stateFolder, LOCK_FILE));
  const found = readNote(join(stateFolder, NOTE_FILE));
  return isHeld || isOfAnother(found, host) ? heldBy(stateFolder, found) : undefined;
}

/** By a read, which an exclusive lock does not let through. A note alone would not do: its process may be another one by now. */
function isLockHeld(path: string): boolean {
  if (!hasLockFile(path)) return false;
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: 0 });
  try {
    database.prepare('SELECT 1 FROM sqlite_master').all();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    database.close();
  }
}

function openLockFile(stateFolder: string): Database.Database {
  const path = join(stateFolder, LOCK_FILE);
  try {
    mkdirSync(stateFolder, { recursive: true });
    // SQLite opens what it may not write for reading, and then locks nothing.
    if (hasLockFile(path)) accessSync(path, constants.W_OK);
    return new Database(path, { timeout: LOOK_TAKES });
  } catch (cause) {
    throw cause instanceof AppError ? cause : unwritable(stateFolder, cause);
  }
}

/** Throws `no-room` for what is none of ours: SQLite would believe a database in its place, and make files beside it. */
function hasLockFile(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  if (stats.isFile() && stats.size === 0) return true;
  const what = stats.isFile() ? 'holds something' : 'is no file';
  throw new AppError('no-room', `${path} ${what}, and no lock can be taken on it`, 'move it away');
}

/** Whether there was room for the note. Throws, with the lock given back, where another machine has left one. */
function noteOrClose(database: Database.Database, stateFolder: string, holder: LockHolder): boolean {
  try {
    replaceNote(stateFolder, holder);
    return true;
  } catch (cause) {
    if (isFull(errnoOf(cause))) return false;
    database.close();
    throw cause instanceof AppError ? cause : unwritable(stateFolder, cause);
  }
}

/** The lock is ours: a note of this machine is a dead process's. Another machine may write its own at this very moment. */
function replaceNote(stateFolder: string, holder: LockHolder): void {
  const note = join(stateFolder, NOTE_FILE);
  const found = readNote(note);
  if (isOfAnother(found, holder.host)) throw heldBy(stateFolder, found);
  try {
    removeNote(note);
    writeNote(note, holder);
  } catch (cause) {
    if (errnoOf(cause) === 'EEXIST') throw heldBy(stateFolder, readNote(note), cause);
    throw cause;
  }
}

function heldBy(stateFolder: string, found: LockHolder | 'unreadable' | undefined, cause?: unknown): LockedError {
  const note = join(stateFolder, NOTE_FILE);
  const holder = found === 'unreadable' ? undefined : found;
  const who =
    holder === undefined
      ? `${note} does not say which process it is`
      : `process ${holder.pid} on ${holder.host}, since ${holder.startedAt}`;
  return new LockedError(
    `another sweep is under way, by the lock of ${stateFolder}: ${who}`,
    `wait for it; if that process is certainly gone, remove ${note}`,
    holder,
    { cause },
  );
}

function unwritable(stateFolder: string, cause: unknown): AppError {
  return noRoom(`the state folder ${stateFolder} cannot be written`, errnoOf(cause) ?? 'unknown', cause);
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
