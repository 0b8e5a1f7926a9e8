/** How many blobs there are of each kind, and how large they are. */
import { BLOB_STATED, BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { flagAt, numberAt } from '../shared/columns.ts';
import { known } from './figures.ts';

/** Blobs. Sizes are bytes. */
export interface Amount {
  readonly blobs: number;
  /** Apparent. */
  readonly bytes: number;
  /** Allocated on disk; null where one of them was not stat-ed. */
  readonly diskBytes: number | null;
}

/**
 * How many stored blobs there are in each of the groups that `group` puts digests into, and their bytes. Allocated bytes
 * are null where one of them was not stat-ed.
 */
export function amountsBy(inventory: Inventory, group: Uint8Array, groups: number): readonly Amount[] {
  const { flags, bytes, diskBytes } = inventory.blobs;
  const count = new Float64Array(groups);
  const apparent = new Float64Array(groups);
  const disk = new Float64Array(groups);
  for (let id = 0; id < group.length; id++) {
    const flag = flagAt(flags, id);
    if ((flag & BLOB_STORED) === 0) continue;
    const of = flagAt(group, id);
    count[of] = numberAt(count, of) + 1;
    apparent[of] = numberAt(apparent, of) + known(numberAt(bytes, id));
    disk[of] = numberAt(disk, of) + ((flag & BLOB_STATED) === 0 ? NaN : numberAt(diskBytes, id));
  }
  return Array.from(count, (blobs, of) => {
    const allocated = numberAt(disk, of);
    return { blobs, bytes: numberAt(apparent, of), diskBytes: Number.isNaN(allocated) ? null : allocated };
  });
}

/** Amounts of different blobs, as one. */
export function together(amounts: readonly Amount[]): Amount {
  const sum = { blobs: 0, bytes: 0, diskBytes: 0 };
  for (const { blobs, bytes, diskBytes } of amounts) {
    sum.blobs += blobs;
    sum.bytes += bytes;
    sum.diskBytes += diskBytes ?? NaN;
  }
  return { ...sum, diskBytes: Number.isNaN(sum.diskBytes) ? null : sum.diskBytes };
}
