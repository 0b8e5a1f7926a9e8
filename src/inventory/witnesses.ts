/** Tells one volume from another at the same path: content-addressed files do not change, nor do their times. */
import type { Digest } from '../layout/digest.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import { BLOB_STORED, SOUND, type Inventory, type Witness } from './inventory.ts';

const WITNESSES = 32;
/** The registry keeps times in nanoseconds, some file systems in seconds. Milliseconds. */
const SAME_TIME = 1000;

/** Up to 32 manifests that were read whole: those with the lowest digests, so that the choice is always the same. */
export function chooseWitnesses(inventory: Inventory): readonly Witness[] {
  const { manifests, blobs, digests } = inventory;
  const sound: { readonly text: string; readonly id: number }[] = [];
  for (let m = 0; m < manifests.digest.length; m++) {
    const id = at(manifests.digest, m);
    if (flagAt(manifests.health, m) === SOUND) sound.push({ id, text: digests.digest(id) });
  }
  sound.sort((a, b) => (a.text < b.text ? -1 : 1));
  return sound
    .slice(0, WITNESSES)
    .map(({ id }) => ({ digest: id, bytes: numberAt(blobs.bytes, id), time: numberAt(blobs.time, id) }));
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
  const standing = witnesses.filter((witness) => {
    const id = now.digests.find(witness.digest);
    if (id === undefined || (flagAt(now.blobs.flags, id) & BLOB_STORED) === 0) return false;
    const time = numberAt(now.blobs.time, id);
    const sameTime = Number.isNaN(time) || Math.abs(time - witness.time) < SAME_TIME;
    return numberAt(now.blobs.bytes, id) === witness.bytes && sameTime;
  });
  return standing.length * 2 >= witnesses.length;
}
