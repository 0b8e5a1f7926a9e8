/** Reads one repository: its revisions, tags, layer links and uploads, or a part of one of these. */
import { splitSha256 } from '../layout/digest.ts';
import { LAYERS, MANIFESTS, REVISIONS, TAGS, UPLOADS } from '../layout/paths.ts';
import { readLayer } from './layers.ts';
import { readFolderless } from './leftovers.ts';
import { nameOf, type Folder, type Reading, type RepositoryPlace } from './reading.ts';
import { flagsOf, readRevision } from './revisions.ts';
import type { Steps } from './steps.ts';
import { readTag } from './tags.ts';
import { PART_SIZE, pieces, type PartTask, type RepositoryTask, type Task } from './tasks.ts';
import { readUpload } from './uploads.ts';

/** Reads a repository, and returns what is left to read where it is large. */
export function* readRepository(reading: Reading, repository: RepositoryTask): Steps<readonly Task[]> {
  const more: Task[] = [];
  if (repository.hasManifests) {
    const manifests = yield* readManifestsFolder(reading, repository);
    if (manifests.revisions !== undefined) {
      yield* readByAlgorithm(reading, repository, 'revisions', manifests.revisions, more);
    }
    if (manifests.tags !== undefined) {
      const tags = yield* reading.folders(manifests.tags.path, manifests.tags.throughLink, repository);
      if (tags.length === 0) yield* readFolderless(reading, repository, 'tags', manifests.tags);
      yield* readFolders(
        reading,
        { kind: 'part', section: 'tags', repository, path: manifests.tags.path, algorithm: '' },
        tags,
        more,
      );
    }
  }
  if (repository.hasLayers) {
    const path = `${repository.folder}/${LAYERS}`;
    const layers: Folder = { name: LAYERS, path, throughLink: repository.throughLink };
    yield* readByAlgorithm(reading, repository, 'layers', layers, more);
  }
  if (repository.hasUploads) yield* readUploads(reading, repository);
  return more;
}

/** Reads a part of a large repository. */
export function* readPart(reading: Reading, part: PartTask): Steps<void> {
  const { throughLink } = part.repository;
  yield* reading.each(part.names, (branch, name) =>
    readOne(branch, part, { name, path: `${part.path}/${name}`, throughLink }),
  );
}

/** `revisions` and `tags` below `_manifests`, where they are. */
function* readManifestsFolder(
  reading: Reading,
  repository: RepositoryPlace,
): Steps<{ revisions?: Folder; tags?: Folder }> {
  const found: { revisions?: Folder; tags?: Folder } = {};
  const path = `${repository.folder}/${MANIFESTS}`;
  const folders = yield* reading.folders(path, repository.throughLink, repository);
  if (folders.length === 0) yield* readFolderless(reading, repository, 'manifests', { path, throughLink: false });
  for (const folder of folders) {
    if (folder.path === `${repository.folder}/${REVISIONS}`) found.revisions = folder;
    else if (folder.path === `${repository.folder}/${TAGS}`) found.tags = folder;
    else reading.problem('unknown-entry', 'warning', folder.path, 'does not belong to the layout', nameOf(repository));
  }
  return found;
}

function* readByAlgorithm(
  reading: Reading,
  repository: RepositoryPlace,
  section: 'revisions' | 'layers',
  parent: Folder,
  more: Task[],
): Steps<void> {
  const algorithms = yield* reading.folders(parent.path, parent.throughLink, repository);
  if (algorithms.length === 0) yield* readFolderless(reading, repository, section, parent);
  for (const algorithm of algorithms) {
    const part = { kind: 'part', section, repository, path: algorithm.path, algorithm: algorithm.name } as const;
    const { path, throughLink } = algorithm;
    const folders =
      algorithm.name === 'sha256'
        ? yield* reading.digestFolders(path, throughLink, repository)
        : yield* reading.folders(path, throughLink, repository);
    if (folders.length === 0) yield* readFolderless(reading, repository, 'algorithm', algorithm);
    if (typeof folders !== 'string') yield* readFolders(reading, part, folders, more);
    // What their path tells is all that there is to read of them.
    else if (section === 'layers' && !reading.links.readsLayerLinks)
      reading.findings.layerLinks(repository.id, folders, flagsOf(repository, algorithm));
    else if (throughLink) for (const folder of foldersIn(algorithm, folders)) yield* readOne(reading, part, folder);
    else yield* readNames(reading, part, splitSha256(folders), more);
  }
}

/** Reads the first folders now and leaves the rest as parts. Those behind a symbolic link are always read now. */
function* readFolders(
  reading: Reading,
  part: Omit<PartTask, 'names'>,
  folders: readonly Folder[],
  more: Task[],
): Steps<void> {
  const plain: string[] = [];
  for (const folder of folders) {
    if (folder.throughLink) yield* readOne(reading, part, folder);
    else plain.push(folder.name);
  }
  yield* readNames(reading, part, plain, more);
}

function foldersIn({ path, throughLink }: Folder, hex: string): readonly Folder[] {
  return splitSha256(hex).map((name) => ({ name, path: `${path}/${name}`, throughLink }));
}

function* readNames(
  reading: Reading,
  part: Omit<PartTask, 'names'>,
  folders: readonly string[],
  more: Task[],
): Steps<void> {
  for (const [index, names] of pieces(folders, PART_SIZE).entries()) {
    if (index === 0) yield* readPart(reading, { ...part, names });
    else more.push({ ...part, names });
  }
}

function readOne(reading: Reading, part: Omit<PartTask, 'names'>, folder: Folder): Steps<void> {
  if (part.section === 'revisions') return readRevision(reading, part.repository, part.algorithm, folder);
  if (part.section === 'tags') return readTag(reading, part.repository, folder);
  return readLayer(reading, part.repository, part.algorithm, folder);
}

function* readUploads(reading: Reading, repository: RepositoryPlace): Steps<void> {
  const path = `${repository.folder}/${UPLOADS}`;
  const entries = yield* reading.entries(path, nameOf(repository));
  yield* reading.each(entries, function* (branch, entry) {
    const folder = yield* branch.asFolder(path, entry, repository.throughLink, repository);
    if (folder !== undefined) yield* readUpload(branch, repository, folder);
  });
  if (entries.length === 0 && !repository.throughLink) reading.findings.emptyFolder(repository.id, 'uploads', path);
}
