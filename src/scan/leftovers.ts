/** Folders that lack the file that belongs in them: whatever else is there is told, and only what holds nothing is empty. */
import type { Digest } from '../layout/digest.ts';
import { blobFolder } from '../layout/paths.ts';
import type { EmptyFolder } from '../inventory/inventory.ts';
import type { ProblemSubject } from '../shared/problem.ts';
import { nameOf, type Folder, type Reading, type RepositoryPlace } from './reading.ts';
import type { Steps } from './steps.ts';

type Place = Pick<Folder, 'path' | 'throughLink'>;

interface Leftovers {
  readonly isEmpty: boolean;
  /** What else is there has been reported. */
  readonly folders: readonly Folder[];
}

/** `undefined` where the folder is not there either, or cannot be listed; then that has been reported. */
function* readLeftovers(
  reading: Reading,
  place: Place,
  about: ProblemSubject,
  repository?: RepositoryPlace,
): Steps<Leftovers | undefined> {
  const listed = yield* reading.disk.list(place.path);
  if (!listed.ok) {
    reading.failed(place.path, listed, about);
    return undefined;
  }
  const folders: Folder[] = [];
  for (const entry of listed.entries) {
    const folder = yield* reading.asFolder(place.path, entry, place.throughLink, repository);
    if (folder !== undefined) folders.push(folder);
  }
  return { isEmpty: listed.entries.length === 0, folders };
}

/** The folder of a link without its `link`: the API's DELETE, or a sweep that was cut off, removes the file and leaves the folder. */
export function* readLinkless(
  reading: Reading,
  repository: RepositoryPlace,
  kind: Extract<EmptyFolder['kind'], 'revision' | 'layer' | 'tag-index-entry'>,
  folder: Folder,
): Steps<void> {
  const left = yield* readLeftovers(reading, folder, nameOf(repository), repository);
  for (const { path } of left?.folders ?? []) {
    reading.problem('unknown-entry', 'warning', path, 'stays in the folder of a link that is gone', nameOf(repository));
  }
  if (left?.isEmpty === true && !repository.throughLink && !folder.throughLink) {
    reading.findings.emptyFolder(repository.id, kind, folder.path);
  }
}

/** A folder of the layout in which no folder is: told where nothing else is there, either. */
export function* readFolderless(
  reading: Reading,
  repository: RepositoryPlace,
  kind: EmptyFolder['kind'],
  folder: Place,
): Steps<void> {
  if (repository.throughLink || folder.throughLink) return;
  const listed = yield* reading.disk.list(folder.path);
  if (listed.ok && listed.entries.length === 0) reading.findings.emptyFolder(repository.id, kind, folder.path);
}

/** The `current` folder of a tag without its `link`. Such a tag may have none at all. */
export function* readCurrentWithoutLink(reading: Reading, repository: RepositoryPlace, current: Place): Steps<void> {
  const about = nameOf(repository);
  const left = yield* readLeftovers(reading, current, about, repository);
  for (const { path } of left?.folders ?? []) {
    reading.problem('unknown-entry', 'warning', path, 'does not belong to the layout', about);
  }
}

/** The folder of a blob without its `data` file: it is no blob, but what is there in its place is not for us to remove. */
export function* readBlobWithoutData(reading: Reading, digest: Digest, touchable: boolean): Steps<void> {
  const path = blobFolder(digest);
  const about = { digest };
  const left = yield* readLeftovers(reading, { path, throughLink: !touchable }, about);
  if (left === undefined) return;
  reading.problem('blob-without-data', 'warning', path, 'holds no data file', about);
  for (const folder of left.folders) {
    reading.problem('unknown-entry', 'warning', folder.path, 'does not belong to a blob: never touched', about);
  }
  if (left.isEmpty && touchable) reading.findings.emptyFolder(undefined, 'blob', path);
}
