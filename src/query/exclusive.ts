/** Exclusive bytes of single roots (tags, revisions): what would go if just that one went. */
import type { Graph } from '../gc/graph.ts';
import { Closure } from '../gc/reachability.ts';
import { known } from '../gc/figures.ts';
import { BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { flagAt, numberAt, unsignedAt } from '../shared/columns.ts';
import { linkedTags } from './linked-tags.ts';

export interface RetainedSize {
  readonly bytes: number;
  readonly exclusiveBytes: number;
}

/** Of a digest: reached by no root, and by more than one. Roots are told from 1 on. */
const NO_ROOT = 0;
const SEVERAL = 0xffffffff;

/**
 * Flags (1) what more than one of the roots reaches. `roots`: digest ids of all that keeps anything, one for each tag or
 * revision; two that name the same digest both reach it. Linear in the references: what several reach is followed once more,
 * and never again.
 */
export function reachedBySeveral(graph: Graph, roots: Iterable<number>): Uint8Array {
  const reachedBy = new Uint32Array(graph.nodes);
  const open: number[] = [];
  let root = NO_ROOT;
  for (const named of roots) {
    root++;
    take(reachedBy, named, root, open);
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const { start, target } of [graph.references, graph.referrers]) {
        const end = unsignedAt(start, node + 1);
        for (let edge = unsignedAt(start, node); edge < end; edge++) {
          take(reachedBy, unsignedAt(target, edge), root, open);
        }
      }
    }
  }
  const several = new Uint8Array(graph.nodes);
  for (let id = 0; id < several.length; id++) if (unsignedAt(reachedBy, id) === SEVERAL) several[id] = 1;
  return several;
}

function take(reachedBy: Uint32Array, node: number, root: number, open: number[]): void {
  const before = unsignedAt(reachedBy, node);
  if (before === root || before === SEVERAL) return;
  reachedBy[node] = before === NO_ROOT ? root : SEVERAL;
  open.push(node);
}

/** The size of each root, and how much of it no other root reaches. */
export class RetainedSizes {
  private readonly closure: Closure;

  /** `several`: as `reachedBySeveral` gives it. */
  constructor(
    private readonly inventory: Inventory,
    graph: Graph,
    private readonly several: Uint8Array,
  ) {
    this.closure = new Closure(graph.nodes, [graph.references, graph.referrers]);
  }

  /** Of a digest: what it reaches, and what would go with it if it were one root of those, or were made none. */
  of(digest: number): RetainedSize {
    const sum = { bytes: 0, exclusiveBytes: 0 };
    this.closure.begin();
    this.closure.add([digest]);
    const { reached } = this.closure;
    for (let place = 0; place < reached.length; place++) {
      const id = unsignedAt(reached, place);
      if ((flagAt(this.inventory.blobs.flags, id) & BLOB_STORED) === 0) continue;
      const bytes = known(numberAt(this.inventory.blobs.bytes, id));
      sum.bytes += bytes;
      if (flagAt(this.several, id) === 0) sum.exclusiveBytes += bytes;
    }
    return sum;
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
