/**
 * Finds the repositories: every folder below `repositories` that holds `_manifests`, `_layers` or `_uploads`, whatever its
 * name. fast-glob walks, and never into one of these three: the port that we give it keeps them back. What it opened is the
 * answer, for its own list leaves out names with line breaks, and such a folder keeps blobs alive like any other.
 */
import { realpathSync, type Dirent, type readdirSync as nodeReaddirSync } from 'node:fs';
import { dirname } from 'node:path';
import fastGlob from 'fast-glob';
import { LAYERS, MANIFESTS, REPOSITORIES, UPLOADS } from '../layout/paths.ts';
import { parseRepositoryName } from '../layout/names.ts';
import { nameOf, type Reading, type RepositoryPlace } from './reading.ts';
import type { RepositoryTask } from './tasks.ts';
import type { Entry } from './volume.ts';

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

/** All repositories, by name, numbered in that order. Reports what else lies between them. */
export function discoverRepositories(reading: Reading, throughLink: boolean): readonly FoundRepository[] {
  const folders = walk(reading, '', throughLink, 0);
  const found: FoundRepository[] = [];
  for (const folder of [...folders].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
    const repository = asRepository(reading, folder, found.length);
    if (repository !== undefined) found.push(repository);
  }
  return found;
}

function walk(reading: Reading, start: string, throughLink: boolean, hops: number): readonly OpenedFolder[] {
  const opened: OpenedFolder[] = [];
  const top = start === '' ? REPOSITORIES : `${REPOSITORIES}/${start}`;
  const cwd = reading.volume.absolute(top);
  const readdirSync = (directory: string): Dirent[] => {
    const below = directory === cwd ? '' : directory.slice(cwd.length + 1);
    const name = start === '' || below === '' ? start + below : `${start}/${below}`;
    const entries = reading.entries(below === '' ? top : `${top}/${below}`);
    opened.push({ name, entries, throughLink });
    return entries.filter((entry) => isToWalk(name, entry)).map(asDirent);
  };
  // The walker calls it with `withFileTypes` alone, of all the forms that Node's own has.
  const fs = { readdirSync: readdirSync as unknown as typeof nodeReaddirSync };
  fastGlob.sync('**', { cwd, onlyDirectories: true, dot: true, followSymbolicLinks: false, unique: false, fs });
  if (!throughLink) {
    for (const { name, entries } of opened) {
      if (name === '' || entries.length > 0) continue;
      reading.findings.emptyFolder(undefined, 'namespace', `${REPOSITORIES}/${name}`);
    }
  }
  const behind = opened.flatMap((folder) => followLinks(reading, folder, hops));
  return [...opened, ...behind];
}

function isToWalk(parent: string, entry: Entry): boolean {
  return entry.type === 'folder' && !isPart(entry.name) && !isSkipped(parent, entry.name);
}

/** One of the folders that make a repository: below them nothing is one. */
function isPart(name: string): boolean {
  return PARTS.includes(name);
}

function isSkipped(parent: string, name: string): boolean {
  return name === SNAPSHOTS || (parent === '' && name === LOST_AND_FOUND);
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
function followLinks(reading: Reading, folder: OpenedFolder, hops: number): readonly OpenedFolder[] {
  const found: OpenedFolder[] = [];
  for (const entry of folder.entries) {
    if (entry.type !== 'link' || isPart(entry.name) || isSkipped(folder.name, entry.name)) continue;
    const name = folder.name === '' ? entry.name : `${folder.name}/${entry.name}`;
    const path = `${REPOSITORIES}/${name}`;
    const real = reading.volume.folderBehind(path);
    if (real === undefined) {
      reading.problem('symbolic-link', 'error', path, 'leads to no folder: the scan is incomplete');
      reading.findings.incomplete();
    } else if (isAround(real, realpathSync.native(dirname(reading.volume.absolute(path))))) {
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
      found.push(...walk(reading, name, true, hops + 1));
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
    const part = reading.asFolder(path, entry, folder.throughLink);
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
  if (entry.type === 'folder' || entry.type === 'link' || isSkipped(folder.name, entry.name)) return;
  reading.asFolder(path, entry, folder.throughLink);
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
