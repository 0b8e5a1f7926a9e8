/** Exclusive bytes of roots (tags, revisions): what would go if just that one went, or a set of them. */
import { known } from '../gc/figures.ts';
import { edgesWithout, type Graph } from '../gc/graph.ts';
import { Closure, reach } from '../gc/reachability.ts';
import { allRoots, type Roots } from '../gc/roots.ts';
import { BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, numberAt, rowsOf, unsignedAt } from '../shared/columns.ts';
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

/** Rows of an inventory that go together. */
export interface RootSet {
  readonly tags?: Iterable<number>;
  /** With the tags of their repository that name them. */
  readonly revisions?: Iterable<number>;
  /** With all their tags and revisions. */
  readonly repositories?: Iterable<number>;
}

/**
 * What is referenced, and would not be if all of the set went at once: how many blobs, and their apparent bytes. `roots`: those of
 * a mode, by which a tag alone lets nothing go where its revision is a root; or as `ownRoots` gives them, by which that goes with
 * its last tag, as with `rm`. A referrer is kept for its subject while it is a revision of any repository. Linear in the references.
 */
export function exclusiveOfSet(
  inventory: Inventory,
  graph: Graph,
  roots: Roots,
  set: RootSet,
): { readonly blobs: number; readonly bytes: number } {
  const going = flagsOf(inventory, set);
  const stays = (flags: Uint8Array, gone: Uint8Array): Uint8Array =>
    flags.map((flag, row) => (gone[row] === 1 ? 0 : flag));
  const rest = { ...roots, tags: stays(roots.tags, going.tags), revisions: stays(roots.revisions, going.revisions) };
  const before = new Uint8Array(graph.nodes);
  reach(before, allRoots(inventory, roots), 1, [graph.references, graph.referrers]);
  const after = new Uint8Array(graph.nodes);
  // What was no revision before is a referrer by the name of its tag, and stays or goes with its subject alone.
  const isLost = lostRevisions(inventory, going.revisions);
  const referrers = isLost === undefined ? graph.referrers : edgesWithout(graph.referrers, graph.nodes, isLost);
  reach(after, allRoots(inventory, rest), 1, [graph.references, referrers]);
  const freed = { blobs: 0, bytes: 0 };
  for (let id = 0; id < before.length; id++) {
    if (flagAt(before, id) === 0 || flagAt(after, id) === 1) continue;
    if ((flagAt(inventory.blobs.flags, id) & BLOB_STORED) === 0) continue;
    freed.blobs++;
    freed.bytes += known(numberAt(inventory.blobs.bytes, id));
  }
  return freed;
}

function flagsOf({ tags, revisions }: Inventory, set: RootSet): { tags: Uint8Array; revisions: Uint8Array } {
  const flags = { tags: new Uint8Array(tags.current.length), revisions: new Uint8Array(revisions.digest.length) };
  for (const row of set.tags ?? []) flags.tags[row] = 1;
  const named = new Map<number, Set<number>>();
  for (const row of set.revisions ?? []) {
    flags.revisions[row] = 1;
    const repository = at(revisions.repository, row);
    const digests = named.get(repository) ?? new Set();
    named.set(repository, digests.add(at(revisions.digest, row)));
  }
  for (const [repository, digests] of named) {
    for (const row of rowsOf(tags.byRepository, repository)) {
      if (digests.has(at(tags.current, row))) flags.tags[row] = 1;
    }
  }
  for (const repository of set.repositories ?? []) {
    for (const row of rowsOf(tags.byRepository, repository)) flags.tags[row] = 1;
    for (const row of rowsOf(revisions.byRepository, repository)) flags.revisions[row] = 1;
  }
  return flags;
}

/** Flags the digests of which every revision goes; `undefined`: there is none. */
function lostRevisions({ revisions, digests }: Inventory, going: Uint8Array): Uint8Array | undefined {
  if (!going.includes(1)) return undefined;
  const lost = new Uint8Array(digests.size);
  for (let row = 0; row < going.length; row++) if (going[row] === 1) lost[at(revisions.digest, row)] = 1;
  for (let row = 0; row < going.length; row++) if (going[row] === 0) lost[at(revisions.digest, row)] = 0;
  return lost;
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
