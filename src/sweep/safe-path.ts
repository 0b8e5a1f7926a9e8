/**
 * Proves a path component by component: each folder on the way from the registry root down is a real folder, never a
 * symbolic link, and on the root's own file system. Only then is anything below it touched.
 */
import { lstatSync } from 'node:fs';
import { LAYOUT_FOLDER } from '../layout/paths.ts';
import { errnoOf } from '../shared/errors.ts';
import { mountPointsBelow } from './mounts.ts';

/** `gone`: something on the way is not there. `why` says what stands in the way. */
export type Unproved =
  | { readonly ok: false; readonly gone: true }
  | { readonly ok: false; readonly gone: false; readonly why: string; readonly errno?: string };
export type Proved = { readonly ok: true; readonly absolute: string } | Unproved;

const GONE: Unproved = { ok: false, gone: true };

export class SafePaths {
  /** Device of the folder that everything has to be on. */
  readonly device: number;
  private readonly base: string;
  private mounts: readonly string[] = [];
  /** The folders that were proved last, from the top: consecutive actions share most of them. */
  private proved: string[] = [];
  private parent: string | undefined;

  /**
   * `root` is a real path. `below` is what paths are relative to: `docker/registry/v2`, which is proved with the rest.
   * Throws the error of `lstat` where the root cannot be looked at.
   */
  constructor(
    private readonly root: string,
    private readonly below: string = LAYOUT_FOLDER,
  ) {
    this.device = lstatSync(root).dev;
    this.base = `${root}/${below}`;
    this.renew();
  }

  /** Forgets what was proved, and looks again at what is mounted: the world may have changed since. */
  renew(): void {
    this.proved = [];
    this.parent = undefined;
    this.mounts = mountPointsBelow(this.root);
  }

  /** Not proved. */
  absolute(path: string): string {
    return `${this.base}/${path}`;
  }

  /** The absolute path of `path`, once all folders above it are proved. What it leads to itself is for the caller to check. */
  prove(path: string): Proved {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const absolute = this.absolute(path);
    if (parent !== this.parent) {
      const failure = this.walk(`${this.below}/${parent}`.split('/').filter((part) => part !== ''));
      if (failure !== undefined) return failure;
      this.parent = parent;
    }
    if (this.mounts.length > 0 && this.touchesMount(absolute)) {
      return { ok: false, gone: false, why: 'a file system is mounted there' };
    }
    return { ok: true, absolute };
  }

  /** Whether what lies there, where a proved path led, is a real folder on the same file system. */
  proveFolder(absolute: string): Proved {
    try {
      const stats = lstatSync(absolute, { throwIfNoEntry: false });
      if (stats === undefined) return GONE;
      if (!stats.isDirectory()) return { ok: false, gone: false, why: `${absolute} is not a real folder` };
      if (stats.dev !== this.device || this.mounts.includes(absolute)) {
        return { ok: false, gone: false, why: `${absolute} is on another file system` };
      }
      return { ok: true, absolute };
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      return { ok: false, gone: false, why: `${absolute} cannot be looked at`, errno };
    }
  }

  private walk(parts: readonly string[]): Unproved | undefined {
    let shared = 0;
    while (shared < parts.length && this.proved[shared] === parts[shared]) shared++;
    this.proved.length = shared;
    this.parent = undefined;
    let absolute = [this.root, ...parts.slice(0, shared)].join('/');
    for (const part of parts.slice(shared)) {
      absolute += `/${part}`;
      const proved = this.proveFolder(absolute);
      if (!proved.ok) return proved;
      this.proved.push(part);
    }
    return undefined;
  }

  private touchesMount(absolute: string): boolean {
    return this.mounts.some((point) => point === absolute || point.startsWith(`${absolute}/`));
  }
}
