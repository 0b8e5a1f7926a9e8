/** What is left of a repository that goes whole: uploads, strays, and the folders that then hold nothing. */
import { dirname } from 'node:path/posix';
import type { EmptyFolder, Inventory } from '../inventory/inventory.ts';
import { digestAlgorithm } from '../layout/digest.ts';
import {
  layerFolder,
  LAYERS,
  MANIFESTS,
  REPOSITORIES,
  repositoryFolder,
  revisionFolder,
  REVISIONS,
  tagFolder,
  TAGS,
  uploadFolder,
  UPLOADS,
} from '../layout/paths.ts';
import { at } from '../shared/columns.ts';
import { compareText } from '../shared/problem.ts';
import { rowsOf } from './mark.ts';

/** Where the registry puts nearly all of its links. */
const USUAL_ALGORITHM = 'sha256';

export interface RemovedFolders {
  /** Indexes into `uploads`. */
  readonly uploads: readonly number[];
  /** Indexes into `strayFiles`: those that do not go with the folder of a link, a tag or an upload. */
  readonly strayFiles: readonly number[];
  /** Deepest first. */
  readonly emptyFolders: readonly EmptyFolder[];
}

/** `whole`: one flag a repository. Some of the folders need not be there: the scan tells only those that hold something. */
export function removedFolders(inventory: Inventory, whole: Uint8Array): RemovedFolders {
  const isWhole = (repository: number | undefined): boolean => repository !== undefined && whole[repository] === 1;
  const uploads = indexesOf(inventory.uploads, ({ repository }) => isWhole(repository));
  const strayFiles = straysOf(inventory, whole);
  const folders = new Map<string, EmptyFolder>();
  const add = (kind: EmptyFolder['kind'], repository: number | undefined, path: string): void => {
    if (!folders.has(path)) folders.set(path, { kind, repository, path });
  };
  for (const folder of inventory.emptyFolders) {
    if (isWhole(folder.repository)) add(folder.kind, folder.repository, folder.path);
  }
  for (const index of strayFiles) {
    const stray = inventory.strayFiles[index];
    const path = dirname(stray?.path ?? '');
    if (stray !== undefined) add(path.includes(`/${LAYERS}/`) ? 'layer' : 'revision', stray.repository, path);
  }
  for (const [repository, { name }] of inventory.repositories.entries()) {
    if (isWhole(repository)) addRepository(inventory, repository, name, add);
  }
  addNamespaces(inventory, whole, add);
  const depth = ({ path }: EmptyFolder): number => path.split('/').length;
  const emptyFolders = [...folders.values()].sort((a, b) => depth(b) - depth(a) || compareText(a.path, b.path));
  return { uploads, strayFiles, emptyFolders };
}

type Add = (kind: EmptyFolder['kind'], repository: number | undefined, path: string) => void;

function addRepository(inventory: Inventory, repository: number, name: string, add: Add): void {
  const folder = repositoryFolder(name);
  const { hasManifests = false, hasLayers = false, hasUploads = false } = inventory.repositories[repository] ?? {};
  const algorithmsOf = (of: Inventory['revisions'] | Inventory['layerLinks']): ReadonlySet<string> => {
    const algorithms = new Set([USUAL_ALGORITHM]);
    for (const row of rowsOf(of.byRepository, repository)) {
      algorithms.add(digestAlgorithm(inventory.digests.digest(at(of.digest, row))));
    }
    return algorithms;
  };
  for (const { kind, repository: owner, path } of inventory.emptyFolders) {
    if (owner === repository && (kind === 'revision' || kind === 'layer')) add('algorithm', repository, dirname(path));
  }
  if (hasManifests) {
    for (const algorithm of algorithmsOf(inventory.revisions)) {
      add('algorithm', repository, `${folder}/${REVISIONS}/${algorithm}`);
    }
    add('revisions', repository, `${folder}/${REVISIONS}`);
    add('tags', repository, `${folder}/${TAGS}`);
    add('manifests', repository, `${folder}/${MANIFESTS}`);
  }
  if (hasLayers) {
    for (const algorithm of algorithmsOf(inventory.layerLinks)) {
      add('algorithm', repository, `${folder}/${LAYERS}/${algorithm}`);
    }
    add('layers', repository, `${folder}/${LAYERS}`);
  }
  if (hasUploads) add('uploads', repository, `${folder}/${UPLOADS}`);
}

/** The repositories' own folders and those above them, where no repository that stays lies below. */
function addNamespaces(inventory: Inventory, whole: Uint8Array, add: Add): void {
  const needed = new Set<string>();
  for (const [repository, { name }] of inventory.repositories.entries()) {
    if (whole[repository] === 1) continue;
    for (let path = repositoryFolder(name); path !== REPOSITORIES && !needed.has(path); path = dirname(path)) {
      needed.add(path);
    }
  }
  for (const [repository, { name }] of inventory.repositories.entries()) {
    if (whole[repository] !== 1) continue;
    const own = repositoryFolder(name);
    for (let path = own; path !== REPOSITORIES && !needed.has(path); path = dirname(path)) {
      if (path === own) add('repository', repository, path);
      else add('namespace', undefined, path);
    }
  }
}

function straysOf(inventory: Inventory, whole: Uint8Array): readonly number[] {
  const strays = indexesOf(
    inventory.strayFiles,
    ({ repository }) => repository !== undefined && whole[repository] === 1,
  );
  const going = new Set<string>();
  for (const repository of new Set(strays.map((index) => inventory.strayFiles[index]?.repository ?? 0))) {
    addGoingFolders(inventory, repository, going);
  }
  return strays.filter((index) => {
    let path = inventory.strayFiles[index]?.path ?? '';
    while (path !== '.' && !going.has(path)) path = dirname(path);
    return path === '.';
  });
}

function addGoingFolders(inventory: Inventory, repository: number, folders: Set<string>): void {
  const { digests, revisions, layerLinks, tags, uploads } = inventory;
  const name = inventory.repositories[repository]?.name ?? '';
  for (const row of rowsOf(tags.byRepository, repository)) folders.add(tagFolder(name, tags.name[row] ?? ''));
  for (const row of rowsOf(revisions.byRepository, repository)) {
    folders.add(revisionFolder(name, digests.digest(at(revisions.digest, row))));
  }
  for (const row of rowsOf(layerLinks.byRepository, repository)) {
    folders.add(layerFolder(name, digests.digest(at(layerLinks.digest, row))));
  }
  for (const upload of uploads) if (upload.repository === repository) folders.add(uploadFolder(name, upload.name));
}

function indexesOf<T>(list: readonly T[], wanted: (one: T) => boolean): readonly number[] {
  return [...list.keys()].filter((index) => {
    const one = list[index];
    return one !== undefined && wanted(one);
  });
}
