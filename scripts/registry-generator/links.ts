import * as paths from '../../src/layout/paths.ts';
import type { Ledger, Reach } from './ledger.ts';
import type { HeldRevision, PushedManifest, RepositoryState } from './state.ts';
import type { RepositoryTotals } from './totals.ts';
import type { Volume } from './volume.ts';

function reachAll(ledger: Ledger, manifest: PushedManifest, from: Reach): void {
  ledger.reach(manifest.blobs, from);
  for (const child of manifest.children) reachAll(ledger, child, from);
}

function writeRevision(volume: Volume, repository: string, revision: HeldRevision): void {
  const { digest } = revision.manifest;
  if (revision.present) volume.link(paths.revisionLink(repository, digest), digest, revision.time);
  else volume.folder(paths.revisionFolder(repository, digest));
}

/**
 * Writes all links of a repository as the registry would, and enters what they reach.
 *
 * Returns the counts of what was written; `tagIndexEntries` and `deletedRevisions` besides.
 */
export function writeRepository(
  state: RepositoryState,
  volume: Volume,
  ledger: Ledger,
): RepositoryTotals & { readonly tagIndexEntries: number; readonly deletedRevisions: number } {
  const { name } = state;
  let markingLines = 0;
  let revisions = 0;
  let tagIndexEntries = 0;
  for (const revision of state.revisions) {
    writeRevision(volume, name, revision);
    if (!revision.present) continue;
    revisions += 1;
    markingLines += 1 + revision.manifest.descriptors;
    reachAll(ledger, revision.manifest, 'revisions');
  }
  for (const tag of state.tags) {
    const { digest } = tag.current.manifest;
    for (const entry of tag.entries) {
      const named = entry.manifest.digest;
      volume.link(paths.tagIndexEntryLink(name, tag.name, named), named, entry.time);
    }
    tagIndexEntries += tag.entries.length;
    volume.link(paths.tagCurrentLink(name, tag.name), digest, tag.current.time);
    reachAll(ledger, tag.current.manifest, 'tags');
  }
  for (const [digest, time] of state.layerLinks) volume.link(paths.layerLink(name, digest), digest, time);
  // The registry leaves the folder behind when an upload ends.
  volume.folder(`${paths.repositoryFolder(name)}/${paths.UPLOADS}`);
  return {
    repository: name,
    tags: state.tags.length,
    revisions,
    layerLinks: state.layerLinks.size,
    markingLines,
    tagIndexEntries,
    deletedRevisions: state.revisions.length - revisions,
  };
}
