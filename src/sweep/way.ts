/** The folders above what is put on the volume: those that are missing are made as the ones above them are. */
import { chownSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path/posix';
import { errnoOf } from '../shared/errors.ts';
import type { TouchedFolders } from './durable.ts';
import type { SafePaths } from './safe-path.ts';

export class Way {
  constructor(
    private readonly paths: SafePaths,
    private readonly touched: TouchedFolders,
  ) {}

  /**
   * The absolute path of `path` (relative to `docker/registry/v2`), with all folders above it. Throws the errors of `fs`, and
   * `ENOTDIR` where the way leads through something that is no real folder.
   */
  to(path: string): string {
    const proved = this.paths.prove(path);
    if (proved.ok) return proved.absolute;
    if (!proved.gone) throw Object.assign(new Error(`${proved.why}: nothing is put there`), { code: 'ENOTDIR' });
    const folder = dirname(path);
    if (folder === '.') throw Object.assign(new Error(`${this.paths.absolute('')} is not there`), { code: 'ENOENT' });
    this.makeFolder(folder);
    return this.to(path);
  }

  /** Throws `EEXIST` where something stands there. */
  makeFolder(path: string): void {
    const absolute = this.to(path);
    const above = dirname(absolute);
    const { mode, uid, gid } = lstatSync(above);
    mkdirSync(absolute, { mode: mode & 0o7777 });
    own(absolute, uid, gid);
    this.touched.add(above);
  }
}

/** Only root can give a folder away; others have made it their own, which is all that they can. */
export function own(path: string, uid: number, gid: number): void {
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') throw error;
  }
}
