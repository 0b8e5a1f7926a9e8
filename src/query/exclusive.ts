/** Exclusive bytes of single roots (tags, revisions): what would go if just that one went. */
import type { Graph } from '../gc/graph.ts';
import { Closure } from '../gc/reachability.ts';
import { known } from '../gc/figures.ts';
import { BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import { linkedTags } from './linked-tags.ts';

export interface RetainedSize {
  readonly bytes: number;
  readonly exclusiveBytes: number;
}

/**
 * The size of each root, and how much of it no other root reaches. `roots`: digest ids of all that keeps anything, one
 * for each tag or revision; two that name the same digest hold nothing exclusively. Linear in what the roots reach.
 */
export class RetainedSizes {
  private readonly reachedBy: Uint32Array;
  private readonly closure: Closure;

  constructor(
    private readonly inventory: Inventory,
    graph: Graph,
    roots: Iterable<number>,
  ) {
    this.reachedBy = new Uint32Array(graph.nodes);
    this.closure = new Closure(graph.nodes, [graph.references, graph.referrers]);
    for (const root of roots) {
      for (const id of this.reach(root)) this.reachedBy[id] = at(this.reachedBy, id) + 1;
    }
  }

  /** Of a digest: what it reaches, and what would go with it if it were one root of those, or were made none. */
  of(digest: number): RetainedSize {
    const sum = { bytes: 0, exclusiveBytes: 0 };
    for (const id of this.reach(digest)) {
      if ((flagAt(this.inventory.blobs.flags, id) & BLOB_STORED) === 0) continue;
      const bytes = known(numberAt(this.inventory.blobs.bytes, id));
      sum.bytes += bytes;
      if (at(this.reachedBy, id) <= 1) sum.exclusiveBytes += bytes;
    }
    return sum;
  }

  private reach(root: number): Uint32Array {
    this.closure.begin();
    this.closure.add([root]);
    return this.closure.reached;
  }
}

/** Every root of the default mode: each revision of each repository, and what a tag names that is no revision there. */
export function* revisionRoots(inventory: Inventory): Iterable<number> {
  yield* inventory.revisions.digest;
  const linked = linkedTags(inventory);
  for (const [row, current] of inventory.tags.current.entries()) if (current >= 0 && linked[row] === 0) yield current;
}

/** Every root where only tags keep: what each tag names. */
export function* tagRoots(inventory: Inventory): Iterable<number> {
  for (const current of inventory.tags.current) if (current >= 0) yield current;
}
