/**
 * Takes back what a repair made. What it wrote is known by its content and its time: a link that somebody has written since,
 * be it with the same words, is theirs and stays, and so does what a push since may go by. Folders that were made for a link go
 * where nothing else is in them by now.
 */
import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path/posix';
import { parsePath } from '../layout/parse.ts';
import { errnoOf } from '../shared/errors.ts';
import { BringBack } from './bring-back.ts';
import { isSameTime } from './checked.ts';
import type { TouchedFolders } from './durable.ts';
import type { JournalEntry } from './journal.ts';
import type { PushedSince } from './pushed-since.ts';
import type { SafePaths } from './safe-path.ts';
import { whyNotMade } from './target.ts';

/** `nothing`: it had not been made, or was taken back before. */
export type Unmended = 'back' | 'nothing' | 'stays';

export class Unmender {
  private readonly bringer: BringBack;

  constructor(
    private readonly paths: SafePaths,
    private readonly touched: TouchedFolders,
    private readonly pushed: PushedSince,
  ) {
    this.bringer = new BringBack(paths, touched);
  }

  /** Throws the errors of `fs`. */
  unmakeFolder({ path }: JournalEntry): Unmended {
    const proved = this.paths.prove(path);
    return proved.ok && this.removeEmpty(proved.absolute) ? 'back' : 'nothing';
  }

  /** `old`: where the link that stood there before lies in the trash. Throws the errors of `fs`. */
  unwrite(entry: JournalEntry, old: string | undefined): Unmended {
    const proved = this.paths.prove(entry.path);
    const stats = proved.ok ? lstatSync(proved.absolute, { throwIfNoEntry: false }) : undefined;
    const absolute = this.paths.absolute(entry.path);
    if (old === undefined)
      return stats === undefined ? this.unmakeWay(entry, 'nothing') : this.removeWritten(entry, stats);
    if (stats === undefined) return this.bringer.bring(old, entry.path) === 'back' ? 'back' : 'stays';
    if (isSameFile(stats, lstatSync(old))) unlinkSync(old);
    else if (isWritten(entry, absolute, stats) && !this.isNeeded(entry)) renameSync(old, absolute);
    else return 'stays';
    this.touched.add(dirname(old));
    this.touched.add(dirname(absolute));
    return 'back';
  }

  private removeWritten(entry: JournalEntry, stats: Stats): Unmended {
    const absolute = this.paths.absolute(entry.path);
    const isOurs = isWritten(entry, absolute, stats);
    // Of a link that stood there before nothing lies in the trash: it stands there still, or better this one than none.
    if (entry.trash !== undefined) return isOurs ? 'stays' : 'nothing';
    if (!isOurs || this.isNeeded(entry)) return 'stays';
    unlinkSync(absolute);
    this.touched.add(dirname(absolute));
    return this.unmakeWay(entry, 'back');
  }

  /** A push leaves out what it finds linked: without the link its image would not be whole. */
  private isNeeded({ path }: JournalEntry): boolean {
    const place = parsePath(path);
    return (place.kind === 'layer-link' || place.kind === 'revision-link') && this.pushed.to(place.repository);
  }

  private unmakeWay({ path, makes }: JournalEntry, done: Unmended): Unmended {
    if (makes === undefined || !path.startsWith(`${makes}/`)) return done;
    for (let folder = dirname(path); folder.length >= makes.length; folder = dirname(folder)) {
      if (whyNotMade(folder) !== undefined) return done;
      const proved = this.paths.prove(folder);
      if (!proved.ok ? !proved.gone : !this.removeEmpty(proved.absolute)) return done;
    }
    return done;
  }

  /** False where something is in it, or it is not there. */
  private removeEmpty(absolute: string): boolean {
    try {
      rmdirSync(absolute);
      this.touched.add(dirname(absolute));
      return true;
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return false;
      throw error;
    }
  }
}

function isSameFile(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

function isWritten({ digest, time }: JournalEntry, absolute: string, stats: Stats): boolean {
  if (digest === undefined || !stats.isFile() || stats.size !== digest.length) return false;
  if (time === undefined || !isSameTime(time, stats.mtimeMs)) return false;
  const file = openSync(absolute, OPEN_FLAGS);
  try {
    const content = Buffer.alloc(digest.length);
    return readSync(file, content, 0, content.length, 0) === content.length && content.toString('latin1') === digest;
  } finally {
    closeSync(file);
  }
}
