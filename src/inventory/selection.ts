/** Which blobs a verification hashes, and in which order. */
import { digestHex, isRegisteredAlgorithm } from '../layout/digest.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import type { DigestId, DigestTable } from './digest-table.ts';
import { BLOB_STATED, BLOB_STORED, SOUND, type Inventory } from './inventory.ts';

/**
 * `percent` of all bytes: those that were not verified for longest, so that runs which follow each other cover all. `slice` of
 * `of`: those whose digests fall into it, always the same ones, so that a run of each covers all without remembering anything.
 */
export type Subset =
  | { readonly kind: 'all' }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'slice'; readonly slice: number; readonly of: number };

/** Stored blobs that can be hashed: the registry knows their algorithm. */
export function hashable({ digests, blobs }: Inventory): readonly DigestId[] {
  const found: DigestId[] = [];
  for (let id = 0; id < digests.size; id++) {
    if ((flagAt(blobs.flags, id) & BLOB_STORED) === 0) continue;
    if (isRegisteredAlgorithm(digests.algorithm(id))) found.push(id);
  }
  return found;
}

/**
 * The blobs of a subset, those first that were never verified, then those that were not for longest. `verifiedAt`: by digest
 * id, NaN for never; absent: never any.
 */
export function selectBlobs(inventory: Inventory, subset: Subset, verifiedAt: Float64Array | undefined): DigestId[] {
  const { digests } = inventory;
  const all = hashable(inventory);
  const some =
    subset.kind === 'slice' ? all.filter((id) => sliceOf(digests, id, subset.of) === subset.slice) : [...all];
  if (verifiedAt !== undefined) {
    const age = (id: DigestId): number => {
      const time = numberAt(verifiedAt, id);
      return Number.isNaN(time) ? -Infinity : time;
    };
    some.sort((a, b) => compareNumbers(age(a), age(b)) || a - b);
  }
  return subset.kind === 'percent' ? upTo(inventory, some, subset.percent) : some;
}

/** As many as hold so much of all bytes; one at least. */
function upTo(inventory: Inventory, ids: readonly DigestId[], percent: number): DigestId[] {
  const wanted = (ids.reduce((sum, id) => sum + bytesOf(inventory, id), 0) * percent) / 100;
  let bytes = 0;
  let count = 0;
  while (count < ids.length && (count === 0 || bytes < wanted)) bytes += bytesOf(inventory, ids[count++] ?? 0);
  return ids.slice(0, count);
}

/** Bytes of a blob; 0 where nobody knows. */
export function bytesOf({ blobs }: Inventory, id: DigestId): number {
  const bytes = numberAt(blobs.bytes, id);
  return Number.isNaN(bytes) ? 0 : bytes;
}

/** From 1 to `of`: digests are spread evenly, and so are these. */
function sliceOf(digests: DigestTable, id: DigestId, of: number): number {
  const first = Number.parseInt(digestHex(digests.digest(id)).slice(0, 8), 16);
  return Math.floor((first * of) / 0x1_0000_0000) + 1;
}

function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Blobs that have another size than a manifest says: only their content tells which of the two is wrong. */
export function oddSizes(inventory: Inventory): readonly DigestId[] {
  const { manifests, blobs } = inventory;
  const odd = new Set<DigestId>();
  for (let m = 0; m < manifests.digest.length; m++) {
    if (flagAt(manifests.health, m) !== SOUND) continue;
    for (let edge = at(manifests.referenceStart, m); edge < at(manifests.referenceStart, m + 1); edge++) {
      const id = at(manifests.referenceTarget, edge);
      const stated = numberAt(manifests.referenceBytes, edge);
      const isKnown = (flagAt(blobs.flags, id) & (BLOB_STORED | BLOB_STATED)) === (BLOB_STORED | BLOB_STATED);
      if (isKnown && !Number.isNaN(stated) && stated !== numberAt(blobs.bytes, id)) odd.add(id);
    }
  }
  const known = new Set(hashable(inventory));
  return [...odd].filter((id) => known.has(id)).sort((a, b) => a - b);
}
