/** The shortest chains that keep each digest: how many there are, and some of them. */
import type { DigestId, DigestTable } from '../inventory/digest-table.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { at, flagAt, numberAt, unsignedAt } from '../shared/columns.ts';
import { least } from '../shared/lists.ts';
import { compareText } from '../shared/problem.ts';
import { reversed, type Edges, type Graph } from './graph.ts';
import { UNREFERENCED, type Marking } from './mark.ts';
import { compareLinks, type RootLink, type RootLinks } from './root-links.ts';

/** More are told as so many. */
const MOST = 2 ** 53;
const FAR = -1;

export interface Chain {
  /** Absent: the first of `digests` stays by itself. */
  readonly link?: RootLink;
  /** From what the link names (or what stays by itself) to what was asked for; one at least. */
  readonly digests: readonly DigestId[];
}

/** Over one marking. To build it is linear in the references; a question looks only at what leads to its digest. */
export class Chains {
  /** References from a root; 0 of a root, `FAR` of what nothing keeps. */
  private readonly distance: Int32Array;
  private readonly count: Float64Array;
  private readonly backwards: readonly Edges[];

  constructor(
    private readonly inventory: Inventory,
    { nodes, references, referrers }: Graph,
    private readonly marking: Marking,
    private readonly links: RootLinks,
  ) {
    this.distance = new Int32Array(nodes).fill(FAR);
    this.count = new Float64Array(nodes);
    this.follow([references, referrers]);
    this.backwards = [reversed(references, nodes), reversed(referrers, nodes)];
  }

  /** How many shortest chains keep it; no more than 2^53 are counted. */
  countOf(id: DigestId): number {
    return numberAt(this.count, id);
  }

  /** So many of them, always the same: of ways that part those that a tag begins, then those through the lesser digests. */
  of(id: DigestId, limit: number): readonly Chain[] {
    if (at(this.distance, id) === FAR) return [];
    let ways: readonly Way[] = [{ id, next: undefined }];
    for (let left = at(this.distance, id); left > 0; left--) {
      const longer: Way[] = [];
      for (const way of ways) {
        if (longer.length === limit) break;
        for (const parent of this.parentsOf(way.id, limit - longer.length)) longer.push({ id: parent, next: way });
      }
      ways = longer;
    }
    const chains: Chain[] = [];
    for (const way of ways) {
      if (chains.length === limit) break;
      const digests = digestsOf(way);
      const named = this.links.of(way.id);
      if (named.length === 0) chains.push({ digests });
      for (const link of least(named, limit - chains.length, compareLinks(this.inventory))) {
        chains.push({ link, digests });
      }
    }
    return chains;
  }

  /** What leads to it, in any chain or in none. */
  namedBy(id: DigestId): ReadonlySet<DigestId> {
    const parents = new Set<DigestId>();
    for (const { start, target } of this.backwards) {
      for (let edge = at(start, id); edge < at(start, id + 1); edge++) parents.add(at(target, edge));
    }
    return parents;
  }

  private parentsOf(id: DigestId, limit: number): readonly DigestId[] {
    const { level } = this.marking;
    const nearer: DigestId[] = [];
    for (const parent of this.namedBy(id)) {
      const isOne = at(this.distance, parent) === at(this.distance, id) - 1;
      if (isOne && flagAt(level, parent) === flagAt(level, id)) nearer.push(parent);
    }
    const byDigest = compareDigests(this.inventory.digests);
    const tagged = nearer.filter((parent) => this.links.hasTag(parent));
    const first = least(tagged, limit, byDigest);
    if (first.length === limit || tagged.length === nearer.length) return first;
    const others = nearer.filter((parent) => !this.links.hasTag(parent));
    return [...first, ...least(others, limit - first.length, byDigest)];
  }

  /**
   * In breadth, from all roots at once: what is kept at one level is reached from roots of that level through nothing of
   * another, for all that a lower one reaches is of that or of a lower one still.
   */
  private follow(edges: readonly Edges[]): void {
    const { level } = this.marking;
    const queue = new Uint32Array(level.length);
    let known = 0;
    for (let id = 0; id < level.length; id++) {
      if (flagAt(level, id) === UNREFERENCED) continue;
      const links = this.links.count(id) || (this.links.staysByItself(id) ? 1 : 0);
      if (links === 0) continue;
      this.distance[id] = 0;
      this.count[id] = links;
      queue[known++] = id;
    }
    /** From which node it was come to last: a manifest may name a blob twice, and that is one chain. */
    const from = new Int32Array(level.length).fill(FAR);
    for (let next = 0; next < known; next++) {
      const node = unsignedAt(queue, next);
      for (const { start, target } of edges) {
        const end = unsignedAt(start, node + 1);
        for (let edge = unsignedAt(start, node); edge < end; edge++) {
          const child = unsignedAt(target, edge);
          if (flagAt(level, child) !== flagAt(level, node) || at(from, child) === node) continue;
          from[child] = node;
          if (at(this.distance, child) === FAR) {
            this.distance[child] = at(this.distance, node) + 1;
            queue[known++] = child;
          }
          if (at(this.distance, child) !== at(this.distance, node) + 1) continue;
          this.count[child] = Math.min(MOST, numberAt(this.count, child) + numberAt(this.count, node));
        }
      }
    }
  }
}

interface Way {
  readonly id: DigestId;
  readonly next: Way | undefined;
}

function digestsOf(way: Way): readonly DigestId[] {
  const digests: DigestId[] = [];
  for (let step: Way | undefined = way; step !== undefined; step = step.next) digests.push(step.id);
  return digests;
}

/** By their text. */
export function compareDigests(digests: DigestTable): (a: DigestId, b: DigestId) => number {
  return (a, b) =>
    digests.isSha256(a) && digests.isSha256(b)
      ? Buffer.compare(digests.sha256(a), digests.sha256(b))
      : compareText(digests.digest(a), digests.digest(b));
}
