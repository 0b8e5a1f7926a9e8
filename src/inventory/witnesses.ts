/** Tells one volume from another at the same path: content-addressed files do not change, nor do their times. */
import type { Digest } from '../layout/digest.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import type { DigestId, DigestTable } from './digest-table.ts';
import { BLOB_STORED, SOUND, type Inventory, type Witness } from './inventory.ts';

const WITNESSES = 32;
/** Of so many witnesses a plan may miss two. */
const WITNESSES_THAT_STAND = 30;
/** The registry keeps times in nanoseconds, some file systems in seconds. Milliseconds. */
const SAME_TIME = 1000;

/**
 * Up to 32 manifests that were read whole: those with the lowest digests, so that the choice is always the same. For a plan
 * only those that `stays`: it must still know its volume when it has been carried out in part.
 */
export function chooseWitnesses(
  inventory: Inventory,
  stays: (id: DigestId) => boolean = () => true,
): readonly Witness[] {
  const { manifests, blobs, digests } = inventory;
  const lowest: { readonly text: string; readonly id: DigestId }[] = [];
  for (let m = 0; m < manifests.digest.length; m++) {
    const id = at(manifests.digest, m);
    const last = lowest[WITNESSES - 1];
    // A digest is spelled only where it may be one of the lowest: a million texts would be a hundred megabytes.
    if (flagAt(manifests.health, m) !== SOUND || (last !== undefined && isAbove(digests, id, last.id))) continue;
    if (!stays(id)) continue;
    const text = digests.digest(id);
    const place = lowest.findIndex((other) => text < other.text);
    lowest.splice(place === -1 ? lowest.length : place, 0, { id, text });
    lowest.length = Math.min(lowest.length, WITNESSES);
  }
  return lowest.map(({ id }) => ({ digest: id, bytes: numberAt(blobs.bytes, id), time: numberAt(blobs.time, id) }));
}

/** Whether a first look tells that one digest comes behind another. */
function isAbove(digests: DigestTable, id: DigestId, other: DigestId): boolean {
  return digests.isSha256(id) && digests.isSha256(other) && digests.firstByte(id) > digests.firstByte(other);
}

/** A witness by name, as it outlives the index that it was chosen for. */
export interface NamedWitness {
  readonly digest: Digest;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly time: number;
}

/**
 * Whether `now` may be the volume that these witnesses were chosen on: most of them still stand, as they were. No
 * witnesses tell nothing, and the volume is taken for the same.
 */
export function isSameVolume(witnesses: readonly NamedWitness[], now: Inventory): boolean {
  return countStanding(witnesses, now) * 2 >= witnesses.length;
}

/**
 * Whether a plan with these witnesses is one of this volume, wherever it is mounted: nearly all of them stand, 30 of 32. More
 * is asked than of an index, for a plan deletes. No witnesses tell nothing: what the plan expects is compared all the same.
 */
export function belongsTo(witnesses: readonly NamedWitness[], now: Inventory): boolean {
  return countStanding(witnesses, now) * WITNESSES >= witnesses.length * WITNESSES_THAT_STAND;
}

function countStanding(witnesses: readonly NamedWitness[], now: Inventory): number {
  return witnesses.filter((witness) => {
    const id = now.digests.find(witness.digest);
    if (id === undefined || (flagAt(now.blobs.flags, id) & BLOB_STORED) === 0) return false;
    const time = numberAt(now.blobs.time, id);
    const sameTime = Number.isNaN(time) || Math.abs(time - witness.time) < SAME_TIME;
    return numberAt(now.blobs.bytes, id) === witness.bytes && sameTime;
  }).length;
}
