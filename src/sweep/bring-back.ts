/** Puts things back on the volume where they were. Nothing is ever overwritten: what stands there stays. */
import { lstatSync, linkSync, readdirSync, renameSync, unlinkSync, type Stats } from 'node:fs';
import { dirname } from 'node:path/posix';
import { errnoOf } from '../shared/errors.ts';
import type { TouchedFolders } from './durable.ts';
import type { SafePaths } from './safe-path.ts';
import { Way } from './way.ts';

/** `absent`: it does not lie there (any more). `stays`: of these files others stand on the volume; they stay where they are. */
export type BroughtBack = 'back' | 'absent' | { readonly stays: readonly string[] };

/** `link(2)` where the file system has none. */
export const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

export class BringBack {
  private readonly way: Way;

  constructor(
    private readonly paths: SafePaths,
    private readonly touched: TouchedFolders,
  ) {
    this.way = new Way(paths, touched);
  }

  /**
   * Moves what lies at `from` (absolute, its folders proved) to `path`, relative to `docker/registry/v2`. A folder that
   * stands there already gets the files that it lacks. Throws the errors of `fs`, and `ENOTDIR` where the way leads through
   * something that is no real folder.
   */
  bring(from: string, path: string): BroughtBack {
    const source = lstatSync(from, { throwIfNoEntry: false });
    if (source === undefined) return 'absent';
    const to = this.way.to(path);
    const stays: string[] = [];
    this.place(from, source, to, stays);
    return stays.length === 0 ? 'back' : { stays };
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
