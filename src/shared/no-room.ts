/** Where our own files cannot be written: why, and what the operator can do. */
import { AppError } from './errors.ts';

/** What a file system, and SQLite, say when nothing more fits. */
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);
/** What it says to somebody who has no right to write there. */
const FORBIDDEN: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

export function isFull(errno: string | undefined): boolean {
  return errno !== undefined && FULL.has(errno);
}

/** `no-room`, for the state folder or what is in it. `what` says what cannot be done; `errno` why. */
export function noRoom(what: string, errno: string, cause: unknown): AppError {
  const message = isFull(errno) ? `${what}: the file system is full (${errno})` : `${what} (${errno})`;
  return new AppError('no-room', message, hintFor(errno), { cause });
}

function hintFor(errno: string): string {
  if (isFull(errno)) {
    return 'nothing was changed; regsweep purge ROOT frees the trash of earlier runs, and a sweep with --no-trash and --state DIR on another disk needs no room here: there is no way back then';
  }
  const elsewhere = 'a sweep keeps its lock and its journal there: --state DIR names another place';
  return FORBIDDEN.has(errno)
    ? `run it as who sweeps: as root, or as the user of the registry; ${elsewhere}`
    : elsewhere;
}
