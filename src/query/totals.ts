import { amountsBy, together } from '../gc/amounts.ts';
import { BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import type { Totals } from '../report/model.ts';
import { flagAt } from '../shared/columns.ts';

export function totalsOf(inventory: Inventory): Totals {
  const { blobs, bytes, diskBytes } = together(amountsBy(inventory, new Uint8Array(inventory.digests.size), 1));
  return {
    repositories: inventory.repositories.length,
    tags: inventory.tags.name.length,
    revisions: inventory.revisions.digest.length,
    layerLinks: inventory.layerLinks.digest.length,
    tagIndexEntries: inventory.tagIndexEntries.digest.length,
    uploads: inventory.uploads.length,
    manifests: inventory.manifests.digest.filter((id) => (flagAt(inventory.blobs.flags, id) & BLOB_STORED) !== 0)
      .length,
    blobs,
    bytes,
    diskBytes,
  };
}
