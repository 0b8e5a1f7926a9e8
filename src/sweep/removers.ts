/** The two ways in which a thing goes: into the trash, which is one rename, or at once. Both take what was checked. */
import { lstatSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import type { DeletionKind } from '../gc/action.ts';
import { CURRENT, DATA, INDEX, LINK } from '../layout/paths.ts';
import { errnoOf } from '../shared/errors.ts';
import { trashPath } from './run-folder.ts';
import type { TouchedFolders } from './durable.ts';

export interface Target {
  readonly kind: DeletionKind;
  /** Relative to `docker/registry/v2`. */
  readonly path: string;
}

export interface Remover {
  /** Takes away what stands at `absolute`. Throws the errors of `fs`, `ENOTDIR` where a folder should stand and does not. */
  remove(target: Target, absolute: string): void;
}

/** Moves into the trash of a run, whose folders are there already. Never copies: another file system is `EXDEV`. */
export class TrashRemover implements Remover {
  constructor(
    private readonly runFolder: string,
    private readonly touched: TouchedFolders,
  ) {}

  remove({ kind, path }: Target, absolute: string): void {
    if (kind === 'empty-directory') return rmdirSync(absolute);
    const to = `${this.runFolder}/${trashPath(kind, path)}`;
    // With the slash the kernel itself refuses whatever is no real folder, a symbolic link to one too (rename(2), ENOTDIR).
    renameSync(kind === 'stray-temporary-file' ? absolute : `${absolute}/`, to);
    this.touched.add(to.slice(0, to.lastIndexOf('/')));
  }
}

/** The deepest thing in a tag or an upload is four folders below it. */
const MAX_DEPTH = 5;

/** Deletes at once. Goes into real folders of the same device only, and no deeper than the layout does. */
export class DeleteRemover implements Remover {
  /** `device`: of the registry root. */
  constructor(private readonly device: number) {}

  remove({ kind }: Target, absolute: string): void {
    if (kind === 'stray-temporary-file') return unlinkSync(absolute);
    if (kind === 'empty-directory') return rmdirSync(absolute);
    this.assertFolder(absolute);
    if (kind === 'tag') this.removeTag(absolute);
    else {
      if (kind !== 'upload' && removeLone(absolute, kind === 'blob' ? DATA : LINK)) return;
      this.empty(absolute, 0);
    }
    rmdirSync(absolute);
  }

  /** History first: until its last step the tag names what it named, and one without `current/link` would be a broken one. */
  private removeTag(absolute: string): void {
    for (const name of [INDEX, CURRENT]) {
      const folder = `${absolute}/${name}`;
      if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) continue;
      this.assertFolder(folder);
      this.empty(folder, 1);
      rmdirSync(folder);
    }
  }

  private empty(folder: string, depth: number): void {
    // A link or data file goes before whatever lies beside it: it is what makes the folder one that others read.
    const entries = readdirSync(folder, { withFileTypes: true });
    entries.sort((a, b) => Number(isFirst(b.name)) - Number(isFirst(a.name)));
    for (const entry of entries) {
      const path = `${folder}/${entry.name}`;
      if (!entry.isDirectory()) {
        unlinkSync(path);
        continue;
      }
      if (depth >= MAX_DEPTH) throw refusal(path, 'lies deeper than anything of the layout', 'ENOTEMPTY');
      this.assertFolder(path);
      this.empty(path, depth + 1);
      rmdirSync(path);
    }
  }

  private assertFolder(path: string): void {
    const stats = lstatSync(path);
    if (stats.isDirectory() && stats.dev === this.device) return;
    throw refusal(path, 'is no folder of this file system', 'ENOTDIR');
  }
}

/** The file that makes a folder what it is goes first. True where it was all that was in it: the folder is gone, too. */
function removeLone(folder: string, name: string): boolean {
  try {
    unlinkSync(`${folder}/${name}`);
    rmdirSync(folder);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTEMPTY' || errno === 'EEXIST') return false;
    throw error;
  }
}

function isFirst(name: string): boolean {
  return name === LINK || name === DATA;
}

/** What the kernel would say if it knew our rules. */
function refusal(path: string, why: string, code: string): Error {
  return Object.assign(new Error(`${code}: ${path} ${why}`), { code });
}
