/**
 * Finds the repositories: every folder below `repositories` that holds `_manifests`, `_layers` or `_uploads`, whatever its
 * name. fast-glob walks, and never into one of these three: the port that we give it keeps them back. What it opened is the
 * answer, for its own list leaves out names with line breaks, and such a folder keeps blobs alive like any other.
 */
import { realpathSync, type Dirent, type readdir as nodeReaddir, type readdirSync as nodeReaddirSync } from 'node:fs';
import { dirname } from 'node:path';
import fastGlob from 'fast-glob';
import { LAYERS, MANIFESTS, REPOSITORIES, UPLOADS } from '../layout/paths.ts';
import { parseRepositoryName } from '../layout/names.ts';
import { nameOf, type Reading, type RepositoryPlace } from './reading.ts';
import type { RepositoryTask } from './tasks.ts';
import type { Entry, Listed, Volume } from './volume.ts';
import type { Disk } from './disk.ts';
import { interruption } from './interruption.ts';
import { compareText } from '../shared/problem.ts';
import { runLater, runNow } from './steps.ts';

export interface FoundRepository extends RepositoryTask {
  /** Only under a legal name, and never behind a symbolic link, is anything deleted. */
  readonly deletable: boolean;
}

/** What makes a folder a repository. */
const PARTS: readonly string[] = [MANIFESTS, LAYERS, UPLOADS];
/** A chain of symbolic links, each found behind the one before, is followed so far. */
const MAX_LINK_HOPS = 8;
/** Snapshots of the storage below, and what a file system check left: not the registry's. */
const SNAPSHOTS = '.snapshot';
const LOST_AND_FOUND = 'lost+found';

interface OpenedFolder {
  /** Below `repositories`; empty for itself. */
  readonly name: string;
  readonly entries: readonly Entry[];
  readonly throughLink: boolean;
}

/** Where repositories are looked for, and how. */
interface Search {
  /** Answers now: reports what else lies between the repositories. */
  readonly reading: Reading;
  readonly volume: Volume;
  /** Lists folders where the volume answers late; else they are listed one after the other. */
  readonly later: Disk | undefined;
  readonly signal: AbortSignal;
}

/** All repositories, by name, numbered in that order. Reports what else lies between them. */
export async function discoverRepositories(search: Search, throughLink: boolean): Promise<readonly FoundRepository[]> {
  const folders = await walk(search, '', throughLink, 0);
  const found: FoundRepository[] = [];
  for (const folder of [...folders].sort((a, b) => compareText(a.name, b.name))) {
    const repository = asRepository(search.reading, folder, found.length);
    if (repository !== undefined) found.push(repository);
  }
  return found;
}

async function walk(
  search: Search,
  start: string,
  throughLink: boolean,
  hops: number,
): Promise<readonly OpenedFolder[]> {
  const { reading } = search;
  const top = start === '' ? REPOSITORIES : `${REPOSITORIES}/${start}`;
  const opened: OpenedFolder[] = [];
  for (const { below, listed } of await listAll(search, start, top)) {
    const path = below === '' ? top : `${top}/${below}`;
    if (!listed.ok) reading.failed(path, listed);
    const name = start === '' || below === '' ? start + below : `${start}/${below}`;
    opened.push({ name, entries: listed.ok ? listed.entries : [], throughLink });
  }
  if (!throughLink) {
    for (const { name, entries } of opened) {
      if (name === '' || entries.length > 0) continue;
      reading.findings.emptyFolder(undefined, 'namespace', `${REPOSITORIES}/${name}`);
    }
  }
  const behind: OpenedFolder[] = [];
  for (const folder of opened) behind.push(...(await followLinks(search, folder, hops)));
  return [...opened, ...behind];
}

interface ListedFolder {
  /** The path from where the walk began; empty for that. */
  readonly below: string;
  readonly listed: Listed;
}

/** Every folder from `top` on that is no part of a repository, by path. */
async function listAll(
  { volume, later, signal }: Search,
  start: string,
  top: string,
): Promise<readonly ListedFolder[]> {
  const cwd = volume.absolute(top);
  const pathOf = (directory: string): string => directory.slice(volume.base.length + 1);
  const all: ListedFolder[] = [];
  const take = (directory: string, listed: Listed): Dirent[] => {
    const below = directory === cwd ? '' : directory.slice(cwd.length + 1);
    all.push({ below, listed });
    const isTop = start === '' && below === '';
    return (listed.ok ? listed.entries : []).filter((entry) => isToWalk(isTop, entry)).map(asDirent);
  };
  const options = { cwd, onlyDirectories: true, dot: true, followSymbolicLinks: false, unique: false };
  // The walker calls these with `withFileTypes` alone, of all the forms that Node's own have.
  if (later === undefined) {
    const readdirSync = (directory: string): Dirent[] => take(directory, volume.list(pathOf(directory)));
    fastGlob.sync('**', { ...options, fs: { readdirSync: readdirSync as unknown as typeof nodeReaddirSync } });
  } else {
    const readdir = (directory: string, _options: object, done: (error: Error | null, found: Dirent[]) => void): void =>
      runLater(
        later.list(pathOf(directory)),
        (listed) => done(null, take(directory, listed)),
        (failure) => done(failure, []),
      );
    const walked = fastGlob('**', {
      ...options,
      concurrency: Infinity,
      fs: { readdir: readdir as unknown as typeof nodeReaddir },
    });
    await Promise.race([walked, interruption(signal)]);
  }
  return all.sort((a, b) => compareText(a.below, b.below));
}

function isToWalk(isTop: boolean, entry: Entry): boolean {
  return entry.type === 'folder' && !isPart(entry.name) && !isSkipped(isTop, entry.name);
}

/** One of the folders that make a repository: below them nothing is one. */
function isPart(name: string): boolean {
  return PARTS.includes(name);
}

/** `isTop`: it lies in `repositories` itself. */
function isSkipped(isTop: boolean, name: string): boolean {
  return name === SNAPSHOTS || (isTop && name === LOST_AND_FOUND);
}

/** What the walker asks of a directory entry; all that it is given are folders. */
function asDirent(entry: Entry): Dirent {
  const no = (): boolean => false;
  const dirent: Pick<
    Dirent,
    'name' | 'isDirectory' | 'isFile' | 'isSymbolicLink' | 'isFIFO' | 'isSocket' | 'isBlockDevice' | 'isCharacterDevice'
  > = {
    name: entry.name,
    isDirectory: () => true,
    isFile: no,
    isSymbolicLink: no,
    isFIFO: no,
    isSocket: no,
    isBlockDevice: no,
    isCharacterDevice: no,
  };
  return dirent as Dirent;
}

/** Namespaces and repositories behind symbolic links: the registry follows them, so we mark from there. */
async function followLinks(search: Search, folder: OpenedFolder, hops: number): Promise<readonly OpenedFolder[]> {
  const { reading, volume } = search;
  const found: OpenedFolder[] = [];
  for (const entry of folder.entries) {
    if (entry.type !== 'link' || isPart(entry.name) || isSkipped(folder.name === '', entry.name)) continue;
    const name = folder.name === '' ? entry.name : `${folder.name}/${entry.name}`;
    const path = `${REPOSITORIES}/${name}`;
    const real = volume.folderBehind(path);
    if (real === undefined) {
      reading.problem('symbolic-link', 'error', path, 'leads to no folder: the scan is incomplete');
      reading.findings.incomplete();
    } else if (isAround(real, realpathSync.native(dirname(volume.absolute(path))))) {
      reading.problem('symbolic-link', 'error', path, 'leads back to a folder around it: not followed');
    } else if (hops === MAX_LINK_HOPS) {
      reading.problem('symbolic-link', 'error', path, 'is one of too many in a chain: the scan is incomplete');
      reading.findings.incomplete();
    } else {
      reading.problem(
        'symbolic-link',
        'warning',
        path,
        'is a symbolic link: read through it, nothing behind it is deleted',
      );
      found.push(...(await walk(search, name, true, hops + 1)));
    }
  }
  return found;
}

/** Whether `outer` is `inner` or holds it. Both are real paths. */
function isAround(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
}

function asRepository(reading: Reading, folder: OpenedFolder, id: number): FoundRepository | undefined {
  const path = folder.name === '' ? REPOSITORIES : `${REPOSITORIES}/${folder.name}`;
  const parts = new Map<string, boolean>();
  let throughLink = folder.throughLink;
  for (const entry of folder.entries) {
    if (!entry.name.startsWith('_')) {
      reportOther(reading, folder, path, entry);
      continue;
    }
    if (!isPart(entry.name)) {
      reportUnderscore(reading, `${path}/${entry.name}`, entry);
      continue;
    }
    const part = runNow(reading.asFolder(path, entry, folder.throughLink));
    if (part === undefined) continue;
    throughLink ||= part.throughLink;
    parts.set(entry.name, true);
  }
  if (parts.size === 0) return undefined;
  const legal = parseRepositoryName(folder.name) !== undefined;
  const repository: RepositoryPlace = { id, name: folder.name, folder: path, throughLink };
  if (!legal) {
    const message = 'is no legal repository name: what it names is kept, nothing in it is deleted';
    reading.problem('repository-name-invalid', 'warning', path, message, nameOf(repository));
  }
  return {
    ...repository,
    deletable: legal && !throughLink,
    hasManifests: parts.has(MANIFESTS),
    hasLayers: parts.has(LAYERS),
    hasUploads: parts.has(UPLOADS),
  };
}

function reportOther(reading: Reading, folder: OpenedFolder, path: string, entry: Entry): void {
  if (entry.type === 'folder' || entry.type === 'link' || isSkipped(folder.name === '', entry.name)) return;
  runNow(reading.asFolder(path, entry, folder.throughLink));
}

function reportUnderscore(reading: Reading, path: string, entry: Entry): void {
  if (entry.type === 'folder') {
    reading.problem(
      'unknown-entry',
      'warning',
      path,
      'does not belong to the layout, and the registry skips it: what it names is kept, nothing in it is deleted',
    );
    return;
  }
  const message = 'hides what sorts after it from the collector of 2.8, which then deletes their images';
  reading.problem('unknown-entry', 'error', path, message);
}
