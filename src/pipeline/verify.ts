/** Hashes the blobs of a registry that was just scanned, and remembers in its index what was found right. */
import { storeVerified } from '../db/verified.ts';
import type { BlobCheck } from '../inventory/blob-checks.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { bytesOf, hashable, oddSizes, selectBlobs, type Subset } from '../inventory/selection.ts';
import { LAYOUT_FOLDER } from '../layout/paths.ts';
import { hashBlobs, type HashingRequest } from '../scan/hashing.ts';
import { numberAt } from '../shared/columns.ts';
import type { IndexPorts, OpenedIndex } from './open-index.ts';

export interface DataRequest {
  readonly subset: Subset;
  /** Ends after so long, whatever is left. */
  readonly maxDurationSeconds?: number;
}

/** What was hashed, and how far that got. */
export interface HashedData {
  /** Of the subset. */
  readonly selected: { readonly blobs: number; readonly bytes: number };
  readonly hashed: { readonly blobs: number; readonly bytes: number };
  /** False where a signal or the time ended it. */
  readonly finished: boolean;
  readonly seconds: number;
  /** Of all blobs that can be hashed, now: those that nobody has found right yet, and the time of the one longest ago. */
  readonly neverVerified: number;
  /** Epoch milliseconds; absent where none was. */
  readonly longestAgo?: number;
}

export interface VerifiedData {
  /** What came of each blob that was hashed, if it is not what its digest says. */
  readonly bad: ReadonlyMap<DigestId, BlobCheck>;
  /** Where data was asked for. */
  readonly data?: HashedData;
}

/** So often, while it hashes, the index learns what was done. Milliseconds. */
const REMEMBERED_EVERY = 600_000;

/**
 * Hashes what `data` asks for, and without it only blobs of another size than a manifest says. A signal ends it early, and is no
 * failure. Throws `index-failed`, and `scan-failed` where a thread fails.
 */
export async function verifyData(
  opened: OpenedIndex,
  data: DataRequest | undefined,
  ports: IndexPorts,
): Promise<VerifiedData> {
  const { inventory } = opened;
  // What is found right goes into the index, so that must be in its place.
  await opened.stored;
  const memory = new Memory(opened, ports.now);
  const odd = oddSizes(inventory);
  if (data === undefined) {
    await hash(inventory, odd, {}, memory, ports);
    memory.store();
    return { bad: memory.bad };
  }
  const selected = selectBlobs(inventory, data.subset, opened.verifiedAt);
  const among = new Set(selected);
  const startedAt = ports.now();
  const limit = data.maxDurationSeconds;
  const until = limit === undefined ? {} : { until: startedAt + limit * 1000 };
  const ids = [...odd.filter((id) => !among.has(id)), ...selected];
  const finished = await hash(inventory, ids, until, memory, ports);
  memory.store();
  const figures = { selected: amount(inventory, selected), hashed: memory.hashed, finished };
  const seconds = (ports.now() - startedAt) / 1000;
  return { bad: memory.bad, data: { ...figures, seconds, ...memory.coverage() } };
}

function hash(
  inventory: Inventory,
  ids: readonly DigestId[],
  until: Pick<HashingRequest, 'until'>,
  memory: Memory,
  { progress, signal, now, pace }: IndexPorts,
): Promise<boolean> {
  if (ids.length === 0) return Promise.resolve(true);
  const base = `${inventory.root}/${LAYOUT_FOLDER}`;
  const { digests } = inventory;
  const request = { base, digests, ids, bytesOf: (id: DigestId) => bytesOf(inventory, id), threads: pace?.concurrency };
  return hashBlobs({ ...request, ...until }, { progress, signal, now, take: (id, check) => memory.take(id, check) });
}

function amount(inventory: Inventory, ids: readonly DigestId[]): { blobs: number; bytes: number } {
  return { blobs: ids.length, bytes: ids.reduce((sum, id) => sum + bytesOf(inventory, id), 0) };
}

/** What was hashed so far, and what of it the index does not know yet. */
class Memory {
  readonly bad = new Map<DigestId, BlobCheck>();
  readonly hashed = { blobs: 0, bytes: 0 };
  private readonly verifiedAt: Float64Array;
  private unstored = new Map<DigestId, number>();
  private storedAt: number;

  constructor(
    private readonly opened: OpenedIndex,
    private readonly now: () => number,
  ) {
    const { verifiedAt, inventory } = opened;
    this.verifiedAt = verifiedAt ?? new Float64Array(inventory.digests.size).fill(NaN);
    this.storedAt = now();
  }

  take(id: DigestId, check: BlobCheck): void {
    const time = this.now();
    this.hashed.blobs++;
    this.hashed.bytes += check.bytes;
    if (check.state !== 'right') this.bad.set(id, check);
    this.verifiedAt[id] = check.state === 'right' ? time : NaN;
    this.unstored.set(id, numberAt(this.verifiedAt, id));
    // A day's work should not hang on whether the machine stays up.
    if (time - this.storedAt >= REMEMBERED_EVERY) this.store();
  }

  /** Throws `index-failed`. */
  store(): void {
    this.storedAt = this.now();
    if (this.unstored.size === 0) return;
    const { inventory, database } = this.opened;
    storeVerified(database, { root: inventory.root, digests: inventory.digests, checked: this.unstored });
    this.unstored = new Map();
  }

  coverage(): Pick<HashedData, 'neverVerified' | 'longestAgo'> {
    let neverVerified = 0;
    let longestAgo = Infinity;
    for (const id of hashable(this.opened.inventory)) {
      const time = numberAt(this.verifiedAt, id);
      if (Number.isNaN(time)) neverVerified++;
      else longestAgo = Math.min(longestAgo, time);
    }
    return longestAgo === Infinity ? { neverVerified } : { neverVerified, longestAgo };
  }
}
