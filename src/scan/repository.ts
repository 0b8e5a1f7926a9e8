/** Reads one repository: its revisions, tags, layer links and uploads, or a part of one of these. */
import { splitSha256 } from '../layout/digest.ts';
import { LAYERS, MANIFESTS, REVISIONS, TAGS, UPLOADS } from '../layout/paths.ts';
import { readLayer } from './layers.ts';
import { readFolderless } from './leftovers.ts';
import { nameOf, type Folder, type Reading, type RepositoryPlace } from './reading.ts';
import { flagsOf, readRevision } from './revisions.ts';
import { readTag } from './tags.ts';
import { PART_SIZE, pieces, type PartTask, type RepositoryTask, type Task } from './tasks.ts';
import { readUpload } from './uploads.ts';

/** Reads a repository, and returns what is left to read where it is large. */
export function readRepository(reading: Reading, repository: RepositoryTask): readonly Task[] {
  const more: Task[] = [];
  if (repository.hasManifests) {
    const manifests = readManifestsFolder(reading, repository);
    if (manifests.revisions !== undefined) {
      readByAlgorithm(reading, repository, 'revisions', manifests.revisions, more);
    }
    if (manifests.tags !== undefined) {
      const tags = reading.folders(manifests.tags.path, manifests.tags.throughLink, repository);
      if (tags.length === 0) readFolderless(reading, repository, 'tags', manifests.tags);
      readFolders(
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
    readByAlgorithm(reading, repository, 'layers', layers, more);
  }
  if (repository.hasUploads) readUploads(reading, repository);
  return more;
}

/** Reads a part of a large repository. */
export function readPart(reading: Reading, part: PartTask): void {
  for (const name of part.names) {
    readOne(reading, part, { name, path: `${part.path}/${name}`, throughLink: part.repository.throughLink });
  }
}

/** `revisions` and `tags` below `_manifests`, where they are. */
function readManifestsFolder(reading: Reading, repository: RepositoryPlace): { revisions?: Folder; tags?: Folder } {
  const found: { revisions?: Folder; tags?: Folder } = {};
  const path = `${repository.folder}/${MANIFESTS}`;
  const folders = reading.folders(path, repository.throughLink, repository);
  if (folders.length === 0) readFolderless(reading, repository, 'manifests', { path, throughLink: false });
  for (const folder of folders) {
    if (folder.path === `${repository.folder}/${REVISIONS}`) found.revisions = folder;
    else if (folder.path === `${repository.folder}/${TAGS}`) found.tags = folder;
    else reading.problem('unknown-entry', 'warning', folder.path, 'does not belong to the layout', nameOf(repository));
  }
  return found;
}

function readByAlgorithm(
  reading: Reading,
  repository: RepositoryPlace,
  section: 'revisions' | 'layers',
  parent: Folder,
  more: Task[],
): void {
  const algorithms = reading.folders(parent.path, parent.throughLink, repository);
  if (algorithms.length === 0) readFolderless(reading, repository, section, parent);
  for (const algorithm of algorithms) {
    const part = { kind: 'part', section, repository, path: algorithm.path, algorithm: algorithm.name } as const;
    const { path, throughLink } = algorithm;
    const folders =
      algorithm.name === 'sha256'
        ? reading.digestFolders(path, throughLink, repository)
        : reading.folders(path, throughLink, repository);
    if (folders.length === 0) readFolderless(reading, repository, 'algorithm', algorithm);
    if (typeof folders !== 'string') readFolders(reading, part, folders, more);
    // What their path tells is all that there is to read of them.
    else if (section === 'layers' && !reading.readsLayerLinks)
      reading.findings.layerLinks(repository.id, folders, flagsOf(repository, algorithm));
    else if (throughLink) for (const folder of foldersIn(algorithm, folders)) readOne(reading, part, folder);
    else readNames(reading, part, splitSha256(folders), more);
  }
}

/** Reads the first folders now and leaves the rest as parts. Those behind a symbolic link are always read now. */
function readFolders(reading: Reading, part: Omit<PartTask, 'names'>, folders: readonly Folder[], more: Task[]): void {
  const plain: string[] = [];
  for (const folder of folders) {
    if (folder.throughLink) readOne(reading, part, folder);
    else plain.push(folder.name);
  }
  readNames(reading, part, plain, more);
}

function foldersIn({ path, throughLink }: Folder, hex: string): readonly Folder[] {
  return splitSha256(hex).map((name) => ({ name, path: `${path}/${name}`, throughLink }));
}

function readNames(reading: Reading, part: Omit<PartTask, 'names'>, folders: readonly string[], more: Task[]): void {
  for (const [index, names] of pieces(folders, PART_SIZE).entries()) {
    if (index === 0) readPart(reading, { ...part, names });
    else more.push({ ...part, names });
  }
}

function readOne(reading: Reading, part: Omit<PartTask, 'names'>, folder: Folder): void {
  if (part.section === 'revisions') readRevision(reading, part.repository, part.algorithm, folder);
  else if (part.section === 'tags') readTag(reading, part.repository, folder);
  else readLayer(reading, part.repository, part.algorithm, folder);
}

function readUploads(reading: Reading, repository: RepositoryPlace): void {
  const path = `${repository.folder}/${UPLOADS}`;
  const entries = reading.entries(path, nameOf(repository));
  for (const entry of entries) {
    const folder = reading.asFolder(path, entry, repository.throughLink, repository);
    if (folder !== undefined) readUpload(reading, repository, folder);
  }
  if (entries.length === 0 && !repository.throughLink) reading.findings.emptyFolder(repository.id, 'uploads', path);
}
