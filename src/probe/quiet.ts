/**
 * Whether the volume has been quiet: no file below `docker/registry/v2` that the scan knows a time of is younger than a few
 * minutes. Where words alone say that nobody writes, the volume must not say otherwise.
 */
import { BLOB_STATED, type Inventory } from '../inventory/inventory.ts';
import { blobData, layerLink, revisionLink, tagCurrentLink, tagIndexEntryLink, uploadFolder } from '../layout/paths.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import type { Refusal } from '../shared/refusal.ts';

/** A pause in which even a slow client sends another piece of its push. */
const LONGEST_QUIET_SECONDS = 5 * 60;

/**
 * A refusal where something was written within min(`minAgeSeconds`, 5 min) before the scan, while it ran, or at a time
 * that is still to come. `minAgeSeconds` 0 turns it off.
 */
export function refuseUnlessQuiet(inventory: Inventory, minAgeSeconds: number): readonly Refusal[] {
  const seconds = Math.min(minAgeSeconds, LONGEST_QUIET_SECONDS);
  const newest = newestFile(inventory);
  if (seconds === 0 || newest === undefined || newest.time <= inventory.scannedAt - seconds * 1000) return [];
  const age = Math.floor((inventory.scannedAt - newest.time) / 1000);
  const when = age >= 0 ? `${age} s before the scan` : 'after the scan began, if its time is true';
  const later = isoTime(newest.time + seconds * 1000 + 1);
  return [
    {
      code: 'not-quiet',
      message: `somebody may be writing: ${newest.path} was written ${when} (${isoTime(newest.time)})`,
      hint: `nothing may be younger than ${seconds} s: try again after ${later}; --min-age 0 turns this off`,
    },
  ];
}

/** A volume may hold times that no calendar has. */
function isoTime(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString();
}

interface TimedFile {
  /** Relative to `docker/registry/v2`. */
  readonly path: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Of all files whose time the scan knows the newest. */
function newestFile(inventory: Inventory): TimedFile | undefined {
  let newest: TimedFile | undefined;
  for (const found of [newestBlob, newestRevision, newestTag, newestEntry, newestLayerLink]) {
    newest = newer(newest, found(inventory));
  }
  for (const upload of inventory.uploads) {
    const time = Math.max(upload.newestAt, upload.startedAt ?? -Infinity);
    newest = newer(newest, { path: uploadFolder(nameOf(inventory, upload.repository), upload.name), time });
  }
  for (const file of inventory.strayFiles) newest = newer(newest, file);
  return newest;
}

function newer(known: TimedFile | undefined, found: TimedFile | undefined): TimedFile | undefined {
  if (found === undefined || Number.isNaN(found.time)) return known;
  return known === undefined || found.time > known.time ? { path: found.path, time: found.time } : known;
}

/** The row with the greatest number, or -1. NaN, a time that is not known, is never greater. */
function greatest(times: Float64Array, counts: (row: number) => boolean = () => true): number {
  let best = -1;
  for (let row = 0; row < times.length; row++) {
    const time = numberAt(times, row);
    if (Number.isNaN(time) || !counts(row)) continue;
    if (best < 0 || time > numberAt(times, best)) best = row;
  }
  return best;
}

function newestBlob({ blobs, digests }: Inventory): TimedFile | undefined {
  const id = greatest(blobs.time, (row) => (flagAt(blobs.flags, row) & BLOB_STATED) !== 0);
  return id < 0 ? undefined : { path: blobData(digests.digest(id)), time: numberAt(blobs.time, id) };
}

function newestRevision(inventory: Inventory): TimedFile | undefined {
  const { time, repository, digest } = inventory.revisions;
  const row = greatest(time);
  if (row < 0) return undefined;
  const revision = inventory.digests.digest(at(digest, row));
  return { path: revisionLink(nameOf(inventory, at(repository, row)), revision), time: numberAt(time, row) };
}

function newestTag(inventory: Inventory): TimedFile | undefined {
  const { time, repository, name } = inventory.tags;
  const row = greatest(time);
  if (row < 0) return undefined;
  const path = tagCurrentLink(nameOf(inventory, at(repository, row)), name[row] ?? '');
  return { path, time: numberAt(time, row) };
}

function newestEntry(inventory: Inventory): TimedFile | undefined {
  const { time, tag, digest } = inventory.tagIndexEntries;
  const row = greatest(time);
  if (row < 0) return undefined;
  const owner = at(tag, row);
  const repository = nameOf(inventory, at(inventory.tags.repository, owner));
  const entry = inventory.digests.digest(at(digest, row));
  return {
    path: tagIndexEntryLink(repository, inventory.tags.name[owner] ?? '', entry),
    time: numberAt(time, row),
  };
}

function newestLayerLink(inventory: Inventory): TimedFile | undefined {
  const { time, repository, digest } = inventory.layerLinks;
  const row = greatest(time);
  if (row < 0) return undefined;
  const layer = inventory.digests.digest(at(digest, row));
  return { path: layerLink(nameOf(inventory, at(repository, row)), layer), time: numberAt(time, row) };
}

function nameOf(inventory: Inventory, repository: number): string {
  return inventory.repositories[repository]?.name ?? '';
}
