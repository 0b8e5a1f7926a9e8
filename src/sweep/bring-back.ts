/** Puts things back on the volume where they were. Nothing is ever overwritten: what stands there stays. */
import { chownSync, lstatSync, linkSync, mkdirSync, readdirSync, renameSync, unlinkSync, type Stats } from 'node:fs';
import { dirname } from 'node:path/posix';
import { errnoOf } from '../shared/errors.ts';
import type { TouchedFolders } from './durable.ts';
import type { SafePaths } from './safe-path.ts';

/** `absent`: it does not lie there (any more). `stays`: of these files others stand on the volume; they stay where they are. */
export type BroughtBack = 'back' | 'absent' | { readonly stays: readonly string[] };

/** `link(2)` where the file system has none. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

export class BringBack {
  constructor(
    private readonly paths: SafePaths,
    private readonly touched: TouchedFolders,
  ) {}

  /**
   * Moves what lies at `from` (absolute, its folders proved) to `path`, relative to `docker/registry/v2`. A folder that
   * stands there already gets the files that it lacks. Throws the errors of `fs`, and `ENOTDIR` where the way leads through
   * something that is no real folder.
   */
  bring(from: string, path: string): BroughtBack {
    const source = lstatSync(from, { throwIfNoEntry: false });
    if (source === undefined) return 'absent';
    const to = this.makeWay(path);
    const stays: string[] = [];
    this.place(from, source, to, stays);
    return stays.length === 0 ? 'back' : { stays };
  }

  /** The absolute path, with all folders above it: those that are missing are made as the ones above them are. */
  makeWay(path: string): string {
    const proved = this.paths.prove(path);
    if (proved.ok) return proved.absolute;
    if (!proved.gone) throw Object.assign(new Error(`${proved.why}: nothing is put there`), { code: 'ENOTDIR' });
    const folder = dirname(path);
    if (folder === '.') throw Object.assign(new Error(`${this.paths.absolute('')} is not there`), { code: 'ENOENT' });
    this.makeFolder(this.makeWay(folder));
    return this.makeWay(path);
  }

  private makeFolder(absolute: string): void {
    const above = dirname(absolute);
    const { mode, uid, gid } = lstatSync(above);
    mkdirSync(absolute, { mode: mode & 0o7777 });
    own(absolute, uid, gid);
    this.touched.add(above);
  }

  private place(from: string, source: Stats, to: string, stays: string[]): void {
    if (source.isDirectory()) {
      if (lstatSync(to, { throwIfNoEntry: false }) === undefined) this.move(`${from}/`, to, from);
      else if (this.paths.proveFolder(to).ok) this.merge(from, to, stays);
      else stays.push(from);
    } else if (!source.isFile() || !this.linkOver(from, to)) stays.push(from);
  }

  private merge(from: string, to: string, stays: string[]): void {
    for (const name of readdirSync(from)) {
      this.place(`${from}/${name}`, lstatSync(`${from}/${name}`), `${to}/${name}`, stays);
    }
  }

  /** False where something stands there. A rename would replace it: a second name and the end of the first do not. */
  private linkOver(from: string, to: string): boolean {
    try {
      linkSync(from, to);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false;
      if (!NO_LINKS.has(errnoOf(error)) || lstatSync(to, { throwIfNoEntry: false }) !== undefined) throw error;
      this.move(from, to, from);
      return true;
    }
    unlinkSync(from);
    this.touch(from, to);
    return true;
  }

  private move(from: string, to: string, source: string): void {
    renameSync(from, to);
    this.touch(source, to);
  }

  private touch(from: string, to: string): void {
    this.touched.add(dirname(from));
    this.touched.add(dirname(to));
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
