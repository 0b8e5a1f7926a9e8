/**
 * Dominators over numbered nodes: one node dominates another where every way from the roots to that leads through it, so
 * that without it the other is not reached. It knows nothing of registries. Semi-NCA with path compression (Georgiadis,
 * "Linear-Time Algorithms for Dominators and Related Problems", 2005, chapter 2): near linear, and without recursion.
 */
import { at, itemAt, numberAt, startsOf } from '../shared/columns.ts';
import { walkDepthFirst, type Walk } from './depth-first.ts';
import type { Edges } from './graph.ts';

/** Above every root; and what was not reached has none. */
export const VIRTUAL_ROOT = -1;
export const UNREACHED = -2;

export interface DominatorTree {
  /** Of each node the nearest that dominates it, `VIRTUAL_ROOT` or `UNREACHED`. */
  readonly parent: Int32Array;
  /** The nodes that are reached, each behind what dominates it. */
  readonly order: Uint32Array;
}

/** The tree of what the roots reach; they hang on a virtual root. Cycles, and edges to itself, may be. */
export function dominatorTree(nodes: number, roots: readonly number[], edges: readonly Edges[]): DominatorTree {
  const walk = walkDepthFirst(nodes, roots, edges);
  const count = walk.order.length;
  // From here on nodes are places in the order of the walk, from 1 on, and 0 is the virtual root.
  const above = new Int32Array(count + 1);
  for (let place = 0; place < count; place++) above[place + 1] = at(walk.parent, place) + 1;
  above[0] = -1;
  const dominator = above.slice();
  const semi = semidominators(above, entering(walk, roots, edges));
  const parent = new Int32Array(nodes).fill(UNREACHED);
  for (let place = 1; place <= count; place++) {
    let candidate = at(dominator, place);
    while (candidate > at(semi, place)) candidate = at(dominator, candidate);
    dominator[place] = candidate;
    parent[at(walk.order, place - 1)] = candidate === 0 ? VIRTUAL_ROOT : at(walk.order, candidate - 1);
  }
  return { parent, order: walk.order };
}

/** Of each node the sum of what `weightOf` says of it and of all that it dominates. */
export function sumsBelow({ parent, order }: DominatorTree, weightOf: (node: number) => number): Float64Array {
  const sums = new Float64Array(parent.length);
  for (let place = order.length - 1; place >= 0; place--) {
    const node = at(order, place);
    const sum = numberAt(sums, node) + weightOf(node);
    sums[node] = sum;
    const above = at(parent, node);
    if (above >= 0) sums[above] = numberAt(sums, above) + sum;
  }
  return sums;
}

/** Backwards: of each place those that lead to it. */
function entering({ order, place }: Walk, roots: readonly number[], edges: readonly Edges[]): Edges {
  const count = new Uint32Array(order.length + 1);
  const each = (take: (from: number, to: number) => void): void => {
    for (const root of roots) take(0, at(place, root) + 1);
    for (let from = 0; from < order.length; from++) {
      const node = at(order, from);
      for (const { start, target } of edges) {
        const end = at(start, node + 1);
        for (let edge = at(start, node); edge < end; edge++) take(from + 1, at(place, at(target, edge)) + 1);
      }
    }
  };
  each((_, to) => void (count[to] = at(count, to) + 1));
  const start = startsOf(count);
  const target = new Uint32Array(at(start, order.length + 1));
  each((from, to) => {
    const left = at(count, to);
    target[at(start, to + 1) - left] = from;
    count[to] = left - 1;
  });
  return { start, target };
}

function semidominators(above: Int32Array, { start, target }: Edges): Int32Array {
  const semi = Int32Array.from(above, (_, place) => place);
  const forest = new Forest(above.slice(), semi);
  for (let place = above.length - 1; place > 0; place--) {
    let least = at(above, place);
    for (let edge = at(start, place); edge < at(start, place + 1); edge++) {
      least = Math.min(least, at(semi, forest.least(at(target, edge), place + 1)));
    }
    semi[place] = least;
  }
  return semi;
}

/** The tree of the walk as far as it is done, from its leaves on; ways up it are cut short as they are gone. */
class Forest {
  private readonly label: Int32Array;

  constructor(
    private readonly above: Int32Array,
    private readonly semi: Int32Array,
  ) {
    this.label = semi.slice();
  }

  /** On the way from `place` up to the last that is done (`done` and what is behind it): the one of the least semidominator. */
  least(place: number, done: number): number {
    if (at(this.above, place) < done) return at(this.label, place);
    const way: number[] = [];
    let top = place;
    for (; at(this.above, top) >= done; top = at(this.above, top)) way.push(top);
    for (let step = way.length - 1; step >= 0; step--) {
      const below = itemAt(way, step);
      if (at(this.semi, at(this.label, top)) < at(this.semi, at(this.label, below))) {
        this.label[below] = at(this.label, top);
      }
      this.above[below] = at(this.above, top);
      top = below;
    }
    return at(this.label, place);
  }
}
