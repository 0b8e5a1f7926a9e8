/** What a plan frees, class by class. One computation for whoever shows or carries out a plan. */
import { BLOB_STATED, type Inventory } from '../inventory/inventory.ts';
import { flagAt, numberAt, rowsOf } from '../shared/columns.ts';
import type { Plan } from './plan.ts';
import { Sizes, type Size } from './sizes.ts';

/** Sizes are bytes: apparent, and allocated on disk. */
interface ClassTotal extends Size {
  readonly count: number;
}

export interface PlanTotals {
  readonly tags: ClassTotal;
  readonly tagIndexEntries: ClassTotal;
  readonly revisions: ClassTotal;
  readonly signatureLinks: ClassTotal;
  readonly layerLinks: ClassTotal;
  readonly blobs: ClassTotal;
  readonly uploads: ClassTotal;
  readonly strayFiles: ClassTotal;
  readonly emptyDirectories: ClassTotal;
  /** `count`: of actions. */
  readonly total: ClassTotal;
  /** Of how many the scan did not stat the file: they count as nothing on disk. None where it scanned for this plan. */
  readonly unstated: { readonly blobs: number; readonly links: number };
}

export function planTotals(inventory: Inventory, plan: Plan): PlanTotals {
  const sizes = new Sizes(inventory);
  const classes = {
    tags: totalOf(plan.tags, (row) => sizes.tag(row)),
    tagIndexEntries: totalOf(plan.tagIndexEntries, (row) => sizes.tagIndexEntry(row)),
    revisions: totalOf(plan.revisions, (row) => sizes.revision(row)),
    signatureLinks: totalOf(plan.signatureLinks, (row) => sizes.signatureLink(row)),
    layerLinks: totalOf(plan.layerLinks, (row) => sizes.layerLink(row)),
    blobs: totalOf(plan.blobs, (id) => sizes.blob(id)),
    uploads: totalOf(plan.uploads, (index) => sizes.upload(index)),
    strayFiles: totalOf(plan.strayFiles, (index) => sizes.strayFile(index)),
    emptyDirectories: totalOf(plan.emptyFolders, () => sizes.emptyFolder()),
  };
  const total = { count: 0, bytes: 0, diskBytes: 0, inodes: 0 };
  for (const one of Object.values(classes)) {
    total.count += one.count;
    total.bytes += one.bytes;
    total.diskBytes += one.diskBytes;
    total.inodes += one.inodes;
  }
  return { ...classes, total, unstated: unstatedOf(inventory, plan) };
}

function unstatedOf({ blobs, layerLinks, tagIndexEntries }: Inventory, plan: Plan): PlanTotals['unstated'] {
  const missing = (rows: Iterable<number>, diskBytes: Float64Array): number => {
    let count = 0;
    for (const row of rows) if (Number.isNaN(numberAt(diskBytes, row))) count++;
    return count;
  };
  let links = missing(plan.layerLinks, layerLinks.diskBytes) + missing(plan.tagIndexEntries, tagIndexEntries.diskBytes);
  for (const tag of plan.tags) links += missing(rowsOf(tagIndexEntries.byTag, tag), tagIndexEntries.diskBytes);
  return { blobs: plan.blobs.filter((id) => (flagAt(blobs.flags, id) & BLOB_STATED) === 0).length, links };
}

function totalOf<Row>(rows: Iterable<Row> & { readonly length: number }, sizeOf: (row: Row) => Size): ClassTotal {
  const total = { count: rows.length, bytes: 0, diskBytes: 0, inodes: 0 };
  for (const row of rows) {
    const size = sizeOf(row);
    total.bytes += size.bytes;
    total.diskBytes += size.diskBytes;
    total.inodes += size.inodes;
  }
  return total;
}
