import { digestOf, isSha256, type Digest } from '../layout/digest.ts';
import { LINK } from '../layout/paths.ts';
import { LINK_UNCERTAIN, ROW_UNTOUCHABLE } from '../inventory/inventory.ts';
import { readLinkless } from './leftovers.ts';
import { nameOf, type Folder, type Reading, type RepositoryPlace } from './reading.ts';
import { linkFlagsOf } from './revisions.ts';
import type { Steps } from './steps.ts';

/**
 * Reads one layer link. A sha256 link's digest is its path, and a report trusts that; before a sweep it is read all the
 * same. Links of other algorithms are aliases: the registry stores the blob under its sha256 and writes that into the link
 * (distribution, `registry/storage/linkedblobstore.go`, `linkBlob`), so their content is always read.
 */
export function* readLayer(
  reading: Reading,
  repository: RepositoryPlace,
  algorithm: string,
  folder: Folder,
): Steps<void> {
  const digest = digestOf(algorithm, folder.name);
  if (digest === undefined) {
    reading.problem('unknown-entry', 'warning', folder.path, 'is not named by a digest', nameOf(repository));
    return;
  }
  if (algorithm !== 'sha256' || reading.links.readsLayerLinks)
    return yield* readContent(reading, repository, digest, folder, linkFlagsOf(repository, algorithm, folder));
  reading.findings.layerLink(repository.id, digest, linkFlagsOf(repository, algorithm, folder));
}

function* readContent(
  reading: Reading,
  repository: RepositoryPlace,
  digest: Digest,
  folder: Folder,
  flags: number,
): Steps<void> {
  const path = `${folder.path}/${LINK}`;
  const about = { ...nameOf(repository), digest };
  const link = yield* reading.link(path, repository);
  if (link.state === 'missing') return yield* readLinkless(reading, repository, 'layer', folder);
  const tells = isSha256(digest) || (link.found && link.digest !== undefined);
  const uncertain = tells ? 0 : LINK_UNCERTAIN;
  // A sweep never opens what is no file, and so never removes it.
  const untouchable = link.found ? 0 : ROW_UNTOUCHABLE;
  reading.findings.layerLink(repository.id, digest, flags | uncertain | untouchable);
  if (link.state === 'empty')
    reading.problem('link-empty', 'warning', path, 'is empty; it counts by its folder', about);
  if (link.state === 'malformed' || link.state === 'not-a-file') {
    reading.problem('link-malformed', 'warning', path, 'is no digest as the registry writes it', about);
  }
  if (!link.found || link.digest === undefined || link.digest === digest) return;
  reading.findings.alias(digest, link.digest);
  if (!isSha256(digest)) return;
  reading.problem('link-mismatch', 'error', path, `names ${link.digest}, its folder another; both are kept`, about);
}
