import type { Inventory } from '../inventory/inventory.ts';
import { BLOB_STATED, BLOB_STORED } from '../inventory/inventory.ts';
import { known } from '../gc/figures.ts';
import type { Amount, Totals } from '../report/model.ts';
import { flagAt, numberAt } from '../shared/columns.ts';

/** How many stored blobs `counts`, and their bytes. Allocated bytes are null where one of them was not stat-ed. */
export function amountOf(inventory: Inventory, counts: (digest: number) => boolean): Amount {
  const { flags, bytes, diskBytes } = inventory.blobs;
  const sum = { blobs: 0, bytes: 0, disk: 0 };
  for (let id = 0; id < inventory.digests.size; id++) {
    const flag = flagAt(flags, id);
    if ((flag & BLOB_STORED) === 0 || !counts(id)) continue;
    sum.blobs++;
    sum.bytes += known(numberAt(bytes, id));
    sum.disk += (flag & BLOB_STATED) === 0 ? NaN : numberAt(diskBytes, id);
  }
  return { blobs: sum.blobs, bytes: sum.bytes, diskBytes: Number.isNaN(sum.disk) ? null : sum.disk };
}

export function totalsOf(inventory: Inventory): Totals {
  const { blobs, bytes, diskBytes } = amountOf(inventory, () => true);
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
