/** The note beside a lock: who holds it. It is all that another machine may ever see of the lock. */
import { linkSync, lstatSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { errnoOf } from '../shared/errors.ts';

/** Who holds a lock. */
export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

const MAX_NOTE_BYTES = 4096;
/** A note that cannot be read is one that is just being written, unless it is older. Milliseconds. */
const WRITING_TAKES = 60_000;

const noteSchema = z.object({ host: z.string(), pid: z.number(), startedAt: z.string() });

/** `undefined` where nobody has left one, or died at it long ago. Throws the errors of `lstat`, save `ENOENT`. */
export function readNote(note: string): LockHolder | 'unreadable' | undefined {
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

/** Whether it may be another machine's. One of this machine is its lock's, or a dead process's. */
export function isOfAnother(found: LockHolder | 'unreadable' | undefined, host: string): boolean {
  return found === 'unreadable' || (found !== undefined && found.host !== host);
}

/** Throws the errors of `fs`: `EEXIST` where one is there, and then nothing was written. */
export function writeNote(note: string, holder: LockHolder): void {
  // Written elsewhere first: whoever dies at it leaves no note that names nobody.
  const written = `${note}.${holder.pid}.new`;
  try {
    const content = `${JSON.stringify(holder)}\n`;
    rmSync(written, { force: true });
    writeFileSync(written, content, { flag: 'wx' });
    linkOrWrite(written, note, content);
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
    writeWhole(note, content);
  }
}

function writeWhole(note: string, content: string): void {
  try {
    writeFileSync(note, content, { flag: 'wx' });
  } catch (error) {
    // What is ours and half written names nobody.
    if (errnoOf(error) !== 'EEXIST') rmSync(note, { force: true });
    throw error;
  }
}

export function removeNote(note: string): void {
  try {
    unlinkSync(note);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
