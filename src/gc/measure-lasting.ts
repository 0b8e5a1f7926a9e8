/** Until when a marking, and the plan that it means, are what they are now. */
import { BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import type { Lasting } from './lasting.ts';
import { UNREFERENCED, YOUNG, type Marking } from './mark.ts';
import { newestOf, type PlanOptions } from './plan.ts';

/** Of a marking with this `youngSince`, and the plan that it means with these options. */
export function lastingOf(inventory: Inventory, marking: Marking, options: PlanOptions): Lasting {
  const { youngSince } = options;
  const youngUntil = Math.min(
    youngUntilByNode(inventory, marking, youngSince),
    youngUntilByRow(inventory, marking, youngSince),
    firstFrom(youngSince, inventory.strayFiles, ({ time }) => time),
    firstFrom(youngSince, inventory.uploads, (upload) => (upload.inodes === 1 ? newestOf(upload) : Infinity)),
  );
  return { youngFrom: youngSince, youngUntil, ...uploadsOf(inventory, marking, options) };
}

/**
 * Youth decides over what nothing else keeps: what is kept without it stays kept. Of what is young `newest` tells until when,
 * whatever it has its youth from.
 */
function youngUntilByNode({ digests }: Inventory, { level, newest }: Marking, since: number): number {
  let until = Infinity;
  for (let id = 0; id < digests.size; id++) {
    const keeper = flagAt(level, id);
    if (keeper === UNREFERENCED || keeper === YOUNG) until = earlier(until, numberAt(newest, id), since);
  }
  return until;
}

/** The same of the rows, which may go where their blob stays, and of links to what is not here. */
function youngUntilByRow(inventory: Inventory, { revision, layerLink, newest }: Marking, since: number): number {
  const { revisions, layerLinks, tagIndexEntries, signatureLinks, blobs } = inventory;
  let until = Infinity;
  const take = (digest: Uint32Array, decides: (row: number, id: number) => boolean): void => {
    for (let row = 0; row < digest.length; row++) {
      const id = at(digest, row);
      if (decides(row, id)) until = earlier(until, numberAt(newest, id), since);
    }
  };
  const isOpen = (kept: number): boolean => kept === UNREFERENCED || kept === YOUNG;
  const isMissing = (_row: number, id: number): boolean => (flagAt(blobs.flags, id) & BLOB_STORED) === 0;
  take(revisions.digest, (row) => isOpen(flagAt(revision, row)));
  take(layerLinks.digest, (row) => isOpen(flagAt(layerLink, row)));
  take(tagIndexEntries.digest, isMissing);
  take(signatureLinks.digest, isMissing);
  return until;
}

/** NaN, a time that is not known, is never young. */
function earlier(until: number, time: number, since: number): number {
  return time >= since && time < until ? time : until;
}

function firstFrom<Item>(since: number, items: readonly Item[], timeOf: (item: Item) => number): number {
  return items.reduce((until, item) => earlier(until, timeOf(item), since), Infinity);
}

function uploadsOf(
  { uploads }: Inventory,
  { held }: Marking,
  { uploadsBefore, youngSince }: PlanOptions,
): Pick<Lasting, 'uploadsGo' | 'uploadsAbove' | 'uploadsUpTo'> {
  let uploadsGo = false;
  let uploadsAbove = -Infinity;
  let uploadsUpTo = Infinity;
  for (const upload of uploads) {
    if (held[upload.repository] !== 0 || upload.throughLink) continue;
    const newest = newestOf(upload);
    const isEmpty = upload.inodes === 1;
    const goes = uploadsBefore !== -Infinity && newest < (isEmpty ? youngSince : uploadsBefore);
    if (goes) uploadsGo = true;
    if (isEmpty) {
      // It would go with any other threshold but none.
      if (!goes && newest < youngSince) uploadsUpTo = -Infinity;
    } else if (goes) uploadsAbove = Math.max(uploadsAbove, newest);
    else uploadsUpTo = Math.min(uploadsUpTo, newest);
  }
  return { uploadsGo, uploadsAbove, uploadsUpTo };
}
