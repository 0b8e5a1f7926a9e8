import { digestOf, type Digest } from '../layout/digest.ts';
import { LINK } from '../layout/paths.ts';
import { LINK_UNCERTAIN } from '../inventory/inventory.ts';
import { readLinkless } from './leftovers.ts';
import { nameOf, type Folder, type Reading, type RepositoryPlace } from './reading.ts';
import { flagsOf } from './revisions.ts';

/**
 * Reads one layer link. A sha256 link's digest is its path. Links of other algorithms are aliases: the registry stores
 * the blob under its sha256 and writes that into the link (distribution, `registry/storage/linkedblobstore.go`,
 * `linkBlob`), so their content is always read.
 */
export function readLayer(reading: Reading, repository: RepositoryPlace, algorithm: string, folder: Folder): void {
  const digest = digestOf(algorithm, folder.name);
  if (digest === undefined) {
    reading.problem('unknown-entry', 'warning', folder.path, 'is not named by a digest', nameOf(repository));
    return;
  }
  if (algorithm !== 'sha256') return readAlias(reading, repository, digest, folder);
  reading.findings.layerLink(repository.id, digest, flagsOf(repository, folder));
}

function readAlias(reading: Reading, repository: RepositoryPlace, digest: Digest, folder: Folder): void {
  const path = `${folder.path}/${LINK}`;
  const about = { ...nameOf(repository), digest };
  const link = reading.link(path, repository);
  if (link.state === 'missing') return readLinkless(reading, repository, 'layer', folder);
  const uncertain = link.found && link.digest !== undefined ? 0 : LINK_UNCERTAIN;
  reading.findings.layerLink(repository.id, digest, flagsOf(repository, folder) | uncertain);
  if (link.state === 'empty')
    reading.problem('link-empty', 'warning', path, 'is empty; it counts by its folder', about);
  if (link.state === 'malformed' || link.state === 'not-a-file') {
    reading.problem('link-malformed', 'warning', path, 'is no digest as the registry writes it', about);
  }
  if (link.found && link.digest !== undefined && link.digest !== digest) reading.findings.alias(digest, link.digest);
}
