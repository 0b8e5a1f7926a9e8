import { digestOf, isRegisteredAlgorithm, type Digest } from '../layout/digest.ts';
import { LINK } from '../layout/paths.ts';
import { ROW_UNTOUCHABLE } from '../inventory/inventory.ts';
import { readLinkless } from './leftovers.ts';
import { nameOf, type Folder, type Reading, type RepositoryPlace } from './reading.ts';
import type { Steps } from './steps.ts';

/** What is known of a link that could not be read as a file. */
const UNREAD = { time: NaN, diskBytes: NaN };

/**
 * Reads one revision folder. Only a folder with its `link` is a revision: the API's DELETE removes the file and leaves
 * the folder. A link that says nothing counts by its folder's name, one that says something else keeps both.
 */
export function* readRevision(
  reading: Reading,
  repository: RepositoryPlace,
  algorithm: string,
  folder: Folder,
): Steps<void> {
  const digest = digestOf(algorithm, folder.name);
  const path = `${folder.path}/${LINK}`;
  const link = yield* reading.link(path, repository);
  if (digest === undefined) {
    readMisnamed(reading, repository, folder, link.found ? link.digest : undefined);
    return;
  }
  if (link.state === 'missing') return yield* readLinkless(reading, repository, 'revision', folder);
  const about = { ...nameOf(repository), digest };
  const flags = linkFlagsOf(repository, algorithm, folder, link.found && link.file.throughLink);
  if (!link.found) {
    const message = 'is no regular file where a revision link belongs; it counts by its folder';
    if (link.state === 'not-a-file') reading.problem('link-malformed', 'error', path, message, about);
    // A sweep never opens what is no file, and so never removes it.
    reading.findings.revision(repository.id, digest, { ...UNREAD, flags: ROW_UNTOUCHABLE });
    return;
  }
  if (link.file.throughLink) reading.linkedFile(path, about);
  reading.findings.revision(repository.id, digest, { time: link.file.time, diskBytes: link.file.diskBytes, flags });
  if (link.state === 'empty') {
    reading.problem('link-empty', 'error', path, 'is empty; it counts by its folder', about);
  } else if (link.state === 'malformed') {
    reading.problem(
      'link-malformed',
      'error',
      path,
      'is no digest as the registry writes it; it counts by its folder',
      about,
    );
  }
  if (link.digest !== undefined && link.digest !== digest) {
    reading.problem('link-mismatch', 'error', path, `names ${link.digest}, its folder another; both are kept`, about);
    reading.findings.alias(digest, link.digest);
  }
}

export function flagsOf(repository: RepositoryPlace, folder: Folder, linkedFile = false): number {
  return repository.throughLink || folder.throughLink || linkedFile ? ROW_UNTOUCHABLE : 0;
}

/** As `flagsOf`, for a link by its digest: under an algorithm that the registry refuses nothing is ours to delete. */
export function linkFlagsOf(
  repository: RepositoryPlace,
  algorithm: string,
  folder: Folder,
  linkedFile = false,
): number {
  return isRegisteredAlgorithm(algorithm) ? flagsOf(repository, folder, linkedFile) : ROW_UNTOUCHABLE;
}

/** A folder whose name is no digest; what its link names is kept all the same. */
function readMisnamed(reading: Reading, repository: RepositoryPlace, folder: Folder, named: Digest | undefined): void {
  reading.problem('unknown-entry', 'warning', folder.path, 'is not named by a digest', nameOf(repository));
  if (named !== undefined) {
    reading.findings.revision(repository.id, named, { ...UNREAD, flags: ROW_UNTOUCHABLE });
  }
}
