import type { ReclaimableTotals } from './totals.ts';

/** What a blob is reached from; the two modes of marking. */
export type Reach = 'revisions' | 'tags';

const BIT: Readonly<Record<Reach, number>> = { revisions: 1, tags: 2 };

/**
 * Every blob that the tree holds, under a dense id, with its bytes and with what reaches it. The generator knows both as
 * it writes, so the expected figures owe nothing to the code that they are to test.
 */
export interface Ledger {
  /** Enters a blob of `bytes` (apparent size) and returns its id. */
  readonly enter: (bytes: number) => number;
  readonly reach: (ids: readonly number[], from: Reach) => void;
  readonly count: () => number;
  readonly bytes: () => number;
  /** The blobs that nothing reaches in the mode whose roots are `from`. */
  readonly unreached: (from: Reach) => ReclaimableTotals;
}

export function createLedger(): Ledger {
  let sizes = new Float64Array(1024);
  let reached = new Uint8Array(1024);
  let count = 0;
  const grow = (): void => {
    const wider = new Float64Array(sizes.length * 2);
    wider.set(sizes);
    sizes = wider;
    const widerReached = new Uint8Array(reached.length * 2);
    widerReached.set(reached);
    reached = widerReached;
  };
  const sum = (wanted: (id: number) => boolean): ReclaimableTotals => {
    let blobs = 0;
    let bytes = 0;
    for (let id = 0; id < count; id += 1) {
      if (!wanted(id)) continue;
      blobs += 1;
      bytes += sizes[id] ?? 0;
    }
    return { blobs, bytes };
  };
  return {
    enter: (bytes) => {
      if (count === sizes.length) grow();
      sizes[count] = bytes;
      count += 1;
      return count - 1;
    },
    reach: (ids, from) => {
      for (const id of ids) reached[id] = (reached[id] ?? 0) | BIT[from];
    },
    count: () => count,
    bytes: () => sum(() => true).bytes,
    unreached: (from) => sum((id) => ((reached[id] ?? 0) & BIT[from]) === 0),
  };
}
