/** The volume as the registry's file system driver sees it: symbolic links are followed, and errors are told as they come. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
  type Dirent,
  type Stats,
} from 'node:fs';
import type { Contents, FailedCall, FileEntry, FileFacts, FileKind, RegistryFiles } from '../shared/registry-files.ts';
import { errnoOf } from '../shared/errors.ts';

/** Never waits for the other end of a FIFO; unlike a scan's, it follows a symbolic link. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const IN_ORDER = { encoding: 'buffer', bufferSize: 256 } as const;
const WITH_TYPES = { encoding: 'buffer', withFileTypes: true } as const;
const PIECE = 64 * 1024;

type Entries = ReturnType<RegistryFiles['list']>;

export class VolumeFiles implements RegistryFiles {
  private readonly buffer = Buffer.allocUnsafeSlow(PIECE);

  list(path: string, inOrder: boolean): Entries {
    try {
      const entries = inOrder ? entriesInOrder(path) : readdirSync(bytesOf(path), WITH_TYPES);
      return { ok: true, entries: entries.map(entryOf) };
    } catch (error) {
      const failed = failedCall('open', error);
      // Go opens what is no folder, and fails when it reads the entries.
      return failed.errno === 'ENOTDIR' && this.facts(path).ok ? { ...failed, call: 'readdirent' } : failed;
    }
  }

  facts(path: string): FileFacts | FailedCall {
    try {
      // Most of what is asked for is not there, and to throw costs more than to look.
      const stats = statSync(bytesOf(path), { throwIfNoEntry: false });
      if (stats === undefined) return { ok: false, call: 'stat', errno: 'ENOENT' };
      return {
        ok: true,
        kind: kindOf(stats),
        bytes: stats.size,
        diskBytes: stats.blocks * 512,
        identity: `${stats.dev}:${stats.ino}`,
      };
    } catch (error) {
      return failedCall('stat', error);
    }
  }

  read(path: string, limit: number): Contents | FailedCall {
    let file: number;
    try {
      file = openSync(bytesOf(path), FLAGS);
    } catch (error) {
      return failedCall('open', error);
    }
    try {
      const kind = kindOf(fstatSync(file));
      if (kind === 'fifo' || kind === 'device') return { ok: true, kind };
      return { ok: true, kind: 'file', ...this.content(file, limit) };
    } catch (error) {
      return failedCall('read', error);
    } finally {
      closeSync(file);
    }
  }

  realPath(path: string): string | undefined {
    try {
      return realpathSync.native(bytesOf(path), { encoding: 'buffer' }).toString('latin1');
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      return undefined;
    }
  }

  isLink(path: string): boolean {
    try {
      return lstatSync(bytesOf(path)).isSymbolicLink();
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      return false;
    }
  }

  private content(file: number, limit: number): { readonly text: string; readonly whole: boolean } {
    const pieces: string[] = [];
    let filled = 0;
    while (filled <= limit) {
      const got = readSync(file, this.buffer, 0, Math.min(PIECE, limit + 1 - filled), null);
      if (got === 0) return { text: pieces.join(''), whole: true };
      filled += got;
      pieces.push(this.buffer.toString('latin1', 0, got));
    }
    return { text: pieces.join('').slice(0, limit), whole: false };
  }
}

function entriesInOrder(path: string): readonly Dirent<Buffer>[] {
  // The types know only names that are text.
  const folder = opendirSync(bytesOf(path), IN_ORDER as unknown as { encoding: 'utf8' });
  try {
    const entries: Dirent<Buffer>[] = [];
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      entries.push(entry as unknown as Dirent<Buffer>);
    }
    return entries;
  } finally {
    folder.closeSync();
  }
}

function entryOf(entry: Dirent<Buffer>): FileEntry {
  return { name: entry.name.toString('latin1'), kind: entry.isSymbolicLink() ? 'link' : kindOf(entry) };
}

function kindOf(seen: Stats | Dirent<Buffer>): Exclude<FileKind, 'link'> {
  if (seen.isFile()) return 'file';
  if (seen.isDirectory()) return 'folder';
  if (seen.isFIFO()) return 'fifo';
  return seen.isSocket() ? 'socket' : 'device';
}

function bytesOf(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}

function failedCall(call: FailedCall['call'], error: unknown): FailedCall {
  const errno = errnoOf(error);
  if (errno === undefined) throw error;
  return { ok: false, call, errno };
}
