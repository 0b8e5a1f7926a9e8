/**
 * The folders that hold nothing, or nothing once the rest of a plan is done. A repository that keeps anything keeps the
 * four folders that the registry and its collector look for; one that keeps nothing goes whole, and with it the namespace
 * that it was the last of. What is known of folders is complete: each holds a row, a problem, a stray, or is told as empty.
 */
import { dirname } from 'node:path/posix';
import { isLegalPlace } from '../layout/legal.ts';
import { parsePath, type Place } from '../layout/parse.ts';
import { LAYERS, MANIFESTS, pathOf, REPOSITORIES, repositoryFolder, UPLOADS } from '../layout/paths.ts';
import type { EmptyFolder, Inventory } from '../inventory/inventory.ts';
import { at, type Groups, rowsOf } from '../shared/columns.ts';
import { compareText, type ProblemCode } from '../shared/problem.ts';
import { emptiedPrefixes } from './emptied-prefixes.ts';
import type { PlanRows } from './plan.ts';

/** What a plan may touch at all. */
export interface FolderScope {
  readonly includesRepository: (repository: number) => boolean;
  /** Whether namespaces go that held nothing already: they belong to no repository. */
  readonly includesNamespaces: boolean;
}

type Kind = EmptyFolder['kind'];

/** These go only with all of their repository. */
const OF_WHOLE_REPOSITORY: ReadonlySet<Kind> = new Set<Kind>([
  'manifests',
  'revisions',
  'tags',
  'layers',
  'algorithm',
  'repository',
]);

const KIND_OF_PLACE: Partial<Record<Place['kind'], Kind>> = {
  'manifests-folder': 'manifests',
  'revisions-folder': 'revisions',
  'revisions-algorithm-folder': 'algorithm',
  'revision-folder': 'revision',
  'tags-folder': 'tags',
  'tag-index-entry-folder': 'tag-index-entry',
  'layers-folder': 'layers',
  'layers-algorithm-folder': 'algorithm',
  'layer-folder': 'layer',
  'uploads-folder': 'uploads',
  'blob-folder': 'blob',
};

/** Problems of something that has no row of its own, and stays. */
const OF_WHAT_STAYS: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'unknown-entry',
  'symbolic-link',
  'permission-denied',
  'io-error',
]);

/** The folders that are empty once these rows are gone, the deepest first. */
export function emptiedFolders(inventory: Inventory, going: PlanRows, scope: FolderScope): readonly EmptyFolder[] {
  return new Emptied(inventory, going, scope).folders();
}

/**
 * Of the folders of a plan those that still go where only some of them `go`: none that holds another which stays, and none
 * of a repository that keeps one of its own.
 */
export function foldersThatGo(
  folders: readonly EmptyFolder[],
  goes: (folder: EmptyFolder) => boolean,
): readonly EmptyFolder[] {
  const held = new Set<string>();
  const keeping = new Set<number>();
  for (const { path, kind, repository } of folders.filter((folder) => !goes(folder))) {
    holdAbove(held, path);
    if (repository !== undefined && OF_WHOLE_REPOSITORY.has(kind)) keeping.add(repository);
  }
  const stays = ({ path, kind, repository }: EmptyFolder): boolean =>
    held.has(path) || (repository !== undefined && OF_WHOLE_REPOSITORY.has(kind) && keeping.has(repository));
  for (const folder of folders) if (goes(folder) && stays(folder)) holdAbove(held, folder.path);
  return folders.filter((folder) => goes(folder) && !stays(folder));
}

/** Something stays at `path`: so do all folders around it. */
function holdAbove(held: Set<string>, path: string): void {
  for (let folder = dirname(path); folder !== '.' && !held.has(folder); folder = dirname(folder)) held.add(folder);
}

class Emptied {
  /** Folders with something below them that stays. */
  private readonly held = new Set<string>();
  /** Folders with something right in them that stays and belongs to nobody. */
  private readonly strewn = new Set<string>();
  /** Empty folders of a name or an algorithm that the registry refuses. */
  private readonly notOurs = new Set<string>();
  private readonly emptied = new Map<string, EmptyFolder>();
  private readonly keeps: Uint8Array;

  constructor(
    private readonly inventory: Inventory,
    private readonly going: PlanRows,
    private readonly scope: FolderScope,
  ) {
    this.hold();
    this.keeps = this.repositoriesThatKeep();
  }

  folders(): readonly EmptyFolder[] {
    for (const folder of this.inventory.emptyFolders) if (!this.notOurs.has(folder.path)) this.addFound(folder);
    for (const index of this.going.strayFiles) this.addAroundStray(index);
    this.addUploads();
    for (let id = 0; id < this.keeps.length; id++) if (this.keeps[id] === 0) this.addRepository(id);
    for (const path of emptiedPrefixes(this.inventory, this.going.blobs, this.emptied.values(), this.held)) {
      this.add('blob-prefix', undefined, path);
    }
    const depth = (path: string): number => path.split('/').length;
    const found = [...this.emptied.values()].map((folder) => ({ folder, depth: depth(folder.path) }));
    found.sort((a, b) => b.depth - a.depth || compareText(a.folder.path, b.folder.path));
    return found.map(({ folder }) => folder);
  }

  private hold(): void {
    const { problems, strayFiles, emptyFolders } = this.inventory;
    for (const { code, path } of problems) if (OF_WHAT_STAYS.has(code) && !isInUpload(path)) this.strew(path);
    const goes = new Set(this.going.strayFiles);
    for (const [index, { path }] of strayFiles.entries()) if (!goes.has(index)) this.strew(path);
    for (const { path } of emptyFolders) {
      if (isLegalPlace(parsePath(path))) continue;
      this.notOurs.add(path);
      this.strew(path);
    }
    if (this.scope.includesNamespaces) return;
    for (const { kind, path } of emptyFolders) if (kind === 'namespace') holdAbove(this.held, path);
  }

  private strew(path: string): void {
    this.strewn.add(dirname(path));
    holdAbove(this.held, path);
  }

  private repositoriesThatKeep(): Uint8Array {
    const { repositories, revisions, layerLinks, tags, uploads } = this.inventory;
    const left = new Int32Array(repositories.length);
    const count = (repository: number, by: number): void => void (left[repository] = at(left, repository) + by);
    for (let id = 0; id < left.length; id++) {
      for (const { byRepository } of [revisions, layerLinks, tags]) count(id, sizeOf(byRepository, id));
    }
    for (const row of this.going.revisions) count(at(revisions.repository, row), -1);
    for (const row of this.going.layerLinks) count(at(layerLinks.repository, row), -1);
    for (const row of this.going.tags) count(at(tags.repository, row), -1);
    for (const upload of uploads) count(upload.repository, 1);
    for (const index of this.going.uploads) count(uploads[index]?.repository ?? 0, -1);
    const keeps = new Uint8Array(repositories.length);
    for (const [id, { name, deletable }] of repositories.entries()) {
      const folder = repositoryFolder(name);
      const strewn =
        this.strewn.has(folder) || [MANIFESTS, LAYERS, UPLOADS].some((part) => this.held.has(`${folder}/${part}`));
      if (deletable && at(left, id) === 0 && !strewn && this.scope.includesRepository(id)) continue;
      keeps[id] = 1;
      holdAbove(this.held, `${folder}/${MANIFESTS}`);
    }
    return keeps;
  }

  private add(kind: Kind, repository: number | undefined, path: string): void {
    if (!this.emptied.has(path)) this.emptied.set(path, { kind, repository, path });
  }

  private addFound(folder: EmptyFolder): void {
    const { kind, repository, path } = folder;
    if (kind === 'namespace') {
      if (this.scope.includesNamespaces) this.addNamespaces(path);
    } else if (repository === undefined) {
      // Without a folder in it, but with something that is none.
      if (!this.held.has(path)) this.emptied.set(path, folder);
    } else if (this.keeps[repository] === 0) {
      this.emptied.set(path, folder);
      this.addUpTo(dirname(path), repository);
    } else if (this.scope.includesRepository(repository) && !OF_WHOLE_REPOSITORY.has(kind)) {
      this.emptied.set(path, folder);
    }
  }

  /** A stray was found because the link or the `data` beside it is missing: with it, its folder goes. */
  private addAroundStray(index: number): void {
    const stray = this.inventory.strayFiles[index];
    if (stray === undefined) return;
    const path = dirname(stray.path);
    if (stray.repository !== undefined && this.keeps[stray.repository] === 0) {
      this.addUpTo(path, stray.repository);
      return;
    }
    const kind = KIND_OF_PLACE[parsePath(path).kind];
    const isLinkless = kind === 'revision' || kind === 'layer' || kind === 'blob';
    if (isLinkless && !this.held.has(path)) this.add(kind, stray.repository, path);
  }

  /** Every folder from `path` up to the repository that goes whole, which is added elsewhere. */
  private addUpTo(path: string, repository: number): void {
    const top = repositoryFolder(this.inventory.repositories[repository]?.name ?? '');
    for (let folder = path; folder.length > top.length && !this.emptied.has(folder); folder = dirname(folder)) {
      const kind = KIND_OF_PLACE[parsePath(folder).kind];
      if (kind !== undefined) this.add(kind, repository, folder);
    }
  }

  private addUploads(): void {
    const goes = new Set(this.going.uploads);
    const stays = new Map<number, boolean>();
    for (const [index, { repository }] of this.inventory.uploads.entries()) {
      stays.set(repository, (stays.get(repository) ?? false) || !goes.has(index));
    }
    for (const [repository, kept] of stays) {
      const path = `${repositoryFolder(this.inventory.repositories[repository]?.name ?? '')}/${UPLOADS}`;
      const mayGo = this.scope.includesRepository(repository) && !this.held.has(path);
      if (!kept && mayGo) this.add('uploads', repository, path);
    }
  }

  private addRepository(id: number): void {
    const { repositories, revisions, layerLinks, tags, digests } = this.inventory;
    const repository = repositories[id];
    if (repository === undefined) return;
    const where = { repository: repository.name, legalName: undefined };
    const algorithms = (of: { readonly byRepository: Groups; readonly digest: Uint32Array }): Set<string> =>
      new Set(Array.from(rowsOf(of.byRepository, id), (row) => digests.algorithm(at(of.digest, row))));
    for (const algorithm of algorithms(revisions)) {
      this.addUpTo(pathOf({ kind: 'revisions-algorithm-folder', ...where, algorithm }), id);
    }
    for (const algorithm of algorithms(layerLinks)) {
      this.addUpTo(pathOf({ kind: 'layers-algorithm-folder', ...where, algorithm }), id);
    }
    if (sizeOf(tags.byRepository, id) > 0) this.addUpTo(pathOf({ kind: 'tags-folder', ...where }), id);
    const folder = repositoryFolder(repository.name);
    if (repository.hasManifests) this.addUpTo(`${folder}/${MANIFESTS}`, id);
    if (repository.hasLayers) this.addUpTo(`${folder}/${LAYERS}`, id);
    if (repository.hasUploads) this.addUpTo(`${folder}/${UPLOADS}`, id);
    if (this.held.has(folder)) return;
    // A namespace above another repository may have been added before it was known to be one itself.
    this.emptied.set(folder, { kind: 'repository', repository: id, path: folder });
    this.addNamespaces(dirname(folder));
  }

  /** `path` and the folders above it, as far as nothing in them stays. */
  private addNamespaces(path: string): void {
    for (let folder = path; folder !== REPOSITORIES && !this.held.has(folder); folder = dirname(folder)) {
      this.add('namespace', undefined, folder);
    }
  }
}

/** What lies in an upload goes or stays with that. */
function isInUpload(path: string): boolean {
  const place = parsePath(path);
  if ('upload' in place) return place.kind !== 'upload-folder';
  const mark = path.indexOf(`/${UPLOADS}/`);
  return mark !== -1 && path.indexOf('/', mark + UPLOADS.length + 2) !== -1;
}

function sizeOf(groups: Groups, owner: number): number {
  return at(groups.start, owner + 1) - at(groups.start, owner);
}
