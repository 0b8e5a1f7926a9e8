/** What has to be on the disk before the next step begins. */
import {
  closeSync,
  constants,
  fsync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { errnoOf } from '../shared/errors.ts';

const FOLDER_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Some network file systems cannot fsync a folder and say so: there is nothing more that one could do on them. */
const CANNOT_SYNC: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP']);

/** As many at once as Node does beside its own thread: a file system makes them durable together, and the disk once. */
const SYNCS_AT_ONCE = 4;
const syncBeside = promisify(fsync);

/** Makes the entries of a folder durable. Throws the error of `fsync`; a folder that has gone meanwhile is none. */
export function syncFolder(path: string): void {
  const folder = openFolder(path);
  if (folder === undefined) return;
  try {
    fsyncSync(folder);
  } catch (error) {
    if (!CANNOT_SYNC.has(errnoOf(error))) throw error;
  } finally {
    closeSync(folder);
  }
}

/** As `syncFolder`, beside other calls. */
async function syncFolderBeside(path: string): Promise<void> {
  const folder = openFolder(path);
  if (folder === undefined) return;
  try {
    await syncBeside(folder);
  } catch (error) {
    if (!CANNOT_SYNC.has(errnoOf(error))) throw error;
  } finally {
    closeSync(folder);
  }
}

/** `undefined` where there is none. */
function openFolder(path: string): number | undefined {
  try {
    return openSync(path, FOLDER_FLAGS);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The folders that were changed since the last time that all of them were made durable. */
export class TouchedFolders {
  private readonly paths = new Set<string>();
  private last = '';

  add(path: string): void {
    if (path === this.last) return;
    this.last = path;
    this.paths.add(path);
  }

  /** Returns once all of them are durable. Nobody may touch one meanwhile. Throws the first error, once all were tried. */
  async sync(): Promise<void> {
    const paths = this.paths.values();
    let failed: Error | undefined;
    const syncThem = async (): Promise<void> => {
      for (const path of paths) {
        try {
          await syncFolderBeside(path);
        } catch (error) {
          if (!(error instanceof Error)) throw error;
          failed ??= error;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(SYNCS_AT_ONCE, this.paths.size) }, syncThem));
    this.paths.clear();
    this.last = '';
    if (failed !== undefined) throw failed;
  }
}

/** Makes a folder with all that is missing above it, and counts each that now has a new entry as touched. */
export function makeFolders(path: string, mode: number, touched: TouchedFolders): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const above = dirname(path);
  makeFolders(above, mode, touched);
  mkdirSync(path, { mode });
  touched.add(above);
}

/**
 * Makes a folder and all that is missing above it, one by one: `recursive` tells a read-only file system and a broken disk as
 * ENOENT. Throws the errors of `mkdir`, save `EEXIST`.
 */
export function ensureFolder(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EEXIST') return;
    if (errno !== 'ENOENT' || dirname(path) === path) throw error;
    ensureFolder(dirname(path), mode);
    mkdirSync(path, { mode });
  }
}

/** Writes a whole file in the place of an older one, or leaves that one: there is no moment with half of it. */
export function replaceFile(path: string, content: string): void {
  const temporary = `${path}.new`;
  // Whoever died at it left one; and nothing is ever written through a link that stands there.
  rmSync(temporary, { force: true });
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}
