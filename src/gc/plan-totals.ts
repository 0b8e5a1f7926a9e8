/** What a plan frees, class by class. One computation for whoever shows or carries out a plan. */
import { BLOB_STATED, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import { known } from './figures.ts';
import type { Plan } from './plan.ts';

/** Sizes are bytes: apparent, and allocated on disk. */
interface ClassTotal {
  readonly count: number;
  readonly bytes: number;
  readonly diskBytes: number;
}

export interface PlanTotals {
  readonly blobs: ClassTotal;
  readonly uploads: ClassTotal;
  readonly revisions: ClassTotal;
  readonly tags: ClassTotal;
  readonly tagIndexEntries: ClassTotal;
  readonly layerLinks: ClassTotal;
  readonly emptyDirectories: { readonly count: number };
  readonly total: { readonly bytes: number; readonly diskBytes: number; readonly inodes: number };
}

/** A blob is its folder and its `data`, a link its folder and its file. */
const INODES_OF_PAIR = 2;
/** `sha256:` and 64 digits. */
const SHA256_LINK_BYTES = 71;
const NOTHING: ClassTotal = { count: 0, bytes: 0, diskBytes: 0 };

export function planTotals(inventory: Inventory, plan: Plan): PlanTotals {
  const blobs = totalOf(plan.blobs, (id) => blobSize(inventory, id));
  const { revisions, tagIndexEntries, layerLinks } = inventory;
  const linksOf = (rows: Uint32Array, digest: Uint32Array, disk: Float64Array): ClassTotal =>
    totalOf(rows, (row) => ({ bytes: linkBytes(inventory, at(digest, row)), diskBytes: known(numberAt(disk, row)) }));
  const classes = {
    blobs,
    uploads: totalOf(plan.uploads, (index) => inventory.uploads[index] ?? NOTHING),
    revisions: linksOf(plan.revisions, revisions.digest, revisions.diskBytes),
    tags: NOTHING,
    tagIndexEntries: linksOf(plan.tagIndexEntries, tagIndexEntries.digest, tagIndexEntries.diskBytes),
    layerLinks: linksOf(plan.layerLinks, layerLinks.digest, layerLinks.diskBytes),
  };
  const all = Object.values(classes);
  const pairs = all.reduce((sum, one) => sum + one.count, 0) - classes.uploads.count;
  const uploadInodes = plan.uploads.reduce((sum, index) => sum + (inventory.uploads[index]?.inodes ?? 0), 0);
  return {
    ...classes,
    emptyDirectories: { count: plan.emptyFolders.length },
    total: {
      bytes: all.reduce((sum, one) => sum + one.bytes, 0),
      diskBytes: all.reduce((sum, one) => sum + one.diskBytes, 0),
      inodes: pairs * INODES_OF_PAIR + uploadInodes + plan.emptyFolders.length,
    },
  };
}

interface Size {
  readonly bytes: number;
  readonly diskBytes: number;
}

function totalOf(rows: Uint32Array | readonly number[], sizeOf: (row: number) => Size): ClassTotal {
  let bytes = 0;
  let diskBytes = 0;
  for (const row of rows) {
    const size = sizeOf(row);
    bytes += size.bytes;
    diskBytes += size.diskBytes;
  }
  return { count: rows.length, bytes, diskBytes };
}

function blobSize(inventory: Inventory, id: number): Size {
  const { flags, bytes, diskBytes } = inventory.blobs;
  const stated = (flagAt(flags, id) & BLOB_STATED) !== 0;
  return { bytes: known(numberAt(bytes, id)), diskBytes: stated ? known(numberAt(diskBytes, id)) : 0 };
}

/** A link is the digest and nothing else. */
function linkBytes(inventory: Inventory, id: number): number {
  return inventory.digests.isSha256(id) ? SHA256_LINK_BYTES : inventory.digests.digest(id).length;
}
