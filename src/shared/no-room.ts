/** Where our own files cannot be written: why, and what the operator can do. */
import { AppError } from './errors.ts';

/** What a file system, and SQLite, say when nothing more fits. */
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);

export function isFull(errno: string | undefined): boolean {
  return errno !== undefined && FULL.has(errno);
}

/** `no-room`, for the state folder or what is in it. `what` says what cannot be done; `errno` why. */
export function noRoom(what: string, errno: string, cause: unknown): AppError {
  const message = isFull(errno) ? `${what}: the file system is full (${errno})` : `${what} (${errno})`;
  const hint = isFull(errno)
    ? 'nothing was changed; regsweep purge ROOT frees the trash of earlier runs, and a sweep with --no-trash and --state DIR on another disk needs no room here: there is no way back then'
    : 'a sweep keeps its lock and its journal there: --state DIR names another place';
  return new AppError('no-room', message, hint, { cause });
}
