/**
 * Puts on the volume what a repair makes: folders, and links. A link is written whole in the trash of the run, and comes to its
 * place by one call. Where one stands there already it gets a second name in the trash first: so at every moment the old link is
 * there, or the new one.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  futimesSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path/posix';
import type { Action, Expectation } from '../gc/action.ts';
import { parseDigest, type Digest } from '../layout/digest.ts';
import { parsePath } from '../layout/parse.ts';
import { blobData, revisionLink } from '../layout/paths.ts';
import { matchesDigest } from '../manifest/integrity.ts';
import { MAX_MANIFEST_BYTES } from '../manifest/model.ts';
import { errnoOf } from '../shared/errors.ts';
import { NO_LINKS } from './bring-back.ts';
import { checkLinkFile } from './check.ts';
import type { Checked } from './checked.ts';
import type { TouchedFolders } from './durable.ts';
import { trashPath } from './run-folder.ts';
import type { SafePaths } from './safe-path.ts';
import { own, Way } from './way.ts';

/** The permissions of a file, of those of the folder that it is in: what the umask of the registry left of both. */
const OF_FILES = 0o666;

export class Mender {
  private readonly way: Way;

  constructor(
    private readonly paths: SafePaths,
    private readonly runFolder: string,
    private readonly touched: TouchedFolders,
  ) {
    this.way = new Way(paths, touched);
  }

  /** Whether all is as this action expects it, what the link is to name with it. Throws the errors of `fs`. */
  check({ kind, path, expect, digest }: Action): Checked {
    const absolute = this.paths.absolute(path);
    if ('absent' in expect) {
      if (lstatSync(absolute, { throwIfNoEntry: false }) !== undefined)
        return { changed: 'something stands there by now' };
    } else {
      const checked = checkLinkFile(expect, absolute);
      if (checked !== 'as-expected') return checked;
    }
    if (kind !== 'write-link') return 'as-expected';
    const checked = this.checkTarget(path, digest);
    return checked === 'as-expected' ? this.checkOther(path, expect, digest) : checked;
  }

  /** Throws the errors of `fs`. */
  mend({ kind, path, expect, digest, time }: Action): void {
    if (kind === 'make-folder') return this.way.makeFolder(path);
    if (digest === undefined) throw new RangeError(`${path} is to be written, and no digest is known`);
    const to = this.way.to(path);
    const old = 'absent' in expect ? undefined : lstatSync(to);
    const written = this.write(digest, old ?? lstatSync(dirname(to)), time);
    if (old === undefined) this.place(written, to);
    else this.replace(written, to, `${this.runFolder}/${trashPath(kind, path)}`);
    this.touched.add(dirname(to));
  }

  /** A link says what its path says; only `current` says what else is known. And it names what is there, whole. */
  private checkTarget(path: string, digest: Digest | undefined): Checked {
    const place = parsePath(path);
    const says = 'digest' in place ? place.digest : digest;
    if (digest === undefined || says !== digest) return { changed: 'is to name another digest than its path does' };
    const data = this.paths.absolute(blobData(digest));
    const stats = lstatSync(data, { throwIfNoEntry: false });
    if (stats?.isFile() !== true) return { changed: 'its blob is not here any more' };
    if (place.kind === 'layer-link' || place.kind === 'tag-index-entry-link') return 'as-expected';
    return isManifestOf(data, digest) ? 'as-expected' : { changed: 'its manifest is not what its digest says' };
  }

  /** What a revision link has named in the place of its own manifest has to be linked by now: else nothing would know of it. */
  private checkOther(path: string, expect: Expectation, digest: Digest | undefined): Checked {
    const place = parsePath(path);
    const link = 'link' in expect && expect.link !== null ? parseDigest(expect.link) : undefined;
    if (place.kind !== 'revision-link' || link === undefined || link === digest) return 'as-expected';
    const isHere = (one: string): boolean =>
      lstatSync(this.paths.absolute(one), { throwIfNoEntry: false })?.isFile() === true;
    if (!isHere(blobData(link)) || isHere(revisionLink(place.repository, link))) return 'as-expected';
    return { changed: `names ${link}, which is not linked` };
  }

  /** With the mode and the owner of its neighbour. */
  private write(digest: Digest, like: Stats, time: string | undefined): string {
    // In the trash: whatever becomes of it, a purge frees it.
    const path = `${this.runFolder}/trash/link.new`;
    // An action that failed may have left one.
    rmSync(path, { force: true });
    const file = openSync(path, 'wx', 0o600);
    try {
      writeFileSync(file, digest);
      if (time !== undefined) futimesSync(file, secondsOf(time), secondsOf(time));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    own(path, like.uid, like.gid);
    chmodSync(path, like.mode & OF_FILES);
    return path;
  }

  /** Never over anything. */
  private place(from: string, to: string): void {
    try {
      linkSync(from, to);
    } catch (error) {
      if (!NO_LINKS.has(errnoOf(error)) || lstatSync(to, { throwIfNoEntry: false }) !== undefined) throw error;
      return renameSync(from, to);
    }
    unlinkSync(from);
  }

  private replace(from: string, to: string, trash: string): void {
    try {
      linkSync(to, trash);
    } catch (error) {
      if (!NO_LINKS.has(errnoOf(error))) throw error;
      renameSync(to, trash);
    }
    this.touched.add(dirname(trash));
    renameSync(from, to);
  }
}

const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

function isManifestOf(path: string, digest: Digest): boolean {
  const file = openSync(path, OPEN_FLAGS);
  try {
    const { size } = fstatSync(file);
    if (size > MAX_MANIFEST_BYTES) return false;
    const content = Buffer.alloc(size);
    for (let filled = 0; filled < size;) {
      const got = readSync(file, content, filled, size - filled, null);
      if (got === 0) return false;
      filled += got;
    }
    return matchesDigest(content, digest) === true;
  } finally {
    closeSync(file);
  }
}

/** A little more than the millisecond: what the system cuts off may be all that the nearest double lies below it. */
export function secondsOf(time: string): number {
  return (Date.parse(time) + 0.001) / 1000;
}
