import type { PastScan } from '../db/history.ts';
import type { Analysis } from '../gc/analysis.ts';
import { known } from '../gc/figures.ts';
import { REFERENCED } from '../gc/mark.ts';
import { BLOB_STORED } from '../inventory/inventory.ts';
import type { Space } from '../scan/space.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';

/** What an index keeps of a scan once it is replaced by the next one's. */
export function scanTotals(analysis: Analysis, space: Space): Omit<PastScan, 'lost'> {
  const { inventory, revisions, untagged } = analysis;
  const { blobs, digests, repositories, tags } = inventory;
  const sum = { blobs: 0, bytes: 0, referencedBytes: 0, taggedBytes: 0 };
  for (let id = 0; id < digests.size; id++) {
    if ((flagAt(blobs.flags, id) & BLOB_STORED) === 0) continue;
    const bytes = known(numberAt(blobs.bytes, id));
    sum.blobs++;
    sum.bytes += bytes;
    if (revisions.marking.level[id] === REFERENCED) sum.referencedBytes += bytes;
    if (untagged.marking.level[id] === REFERENCED) sum.taggedBytes += bytes;
  }
  const countOf = (start: Uint32Array, owner: number): number => at(start, owner + 1) - at(start, owner);
  const orphaned = orphanedBytes(analysis);
  return {
    ...sum,
    ...space,
    scannedAt: inventory.scannedAt,
    repositories: repositories.length,
    tags: tags.name.length,
    revisions: inventory.revisions.digest.length,
    perRepository: repositories.map(({ name }, id) => ({
      name,
      tags: countOf(tags.byRepository.start, id),
      revisions: countOf(inventory.revisions.byRepository.start, id),
      referencedBytes: numberAt(revisions.reach.bytes, id),
      taggedBytes: numberAt(untagged.reach.bytes, id),
      orphanedBytes: numberAt(orphaned, id),
    })),
  };
}

/** Of each repository the bytes of its orphaned layers where every revision is a root. */
function orphanedBytes({ inventory: { blobs, layerLinks, repositories }, revisions }: Analysis): Float64Array {
  const orphaned = new Float64Array(repositories.length);
  for (let row = 0; row < layerLinks.digest.length; row++) {
    const id = at(layerLinks.digest, row);
    if (revisions.marking.layerLink[row] === REFERENCED || (flagAt(blobs.flags, id) & BLOB_STORED) === 0) continue;
    const owner = at(layerLinks.repository, row);
    orphaned[owner] = numberAt(orphaned, owner) + known(numberAt(blobs.bytes, id));
  }
  return orphaned;
}
