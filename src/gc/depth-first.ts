/** A walk in depth over numbered nodes, without recursion: documents may be nested as deep as somebody likes. */
import { at, flagAt } from '../shared/columns.ts';
import type { Edges } from './graph.ts';

export interface Walk {
  /** The nodes that were reached, in the order in which they were. */
  readonly order: Uint32Array;
  /** Of each node its place in `order`; -1 where it was not reached. */
  readonly place: Int32Array;
  /** By place: that of the node from which it was reached first; -1 of a root. */
  readonly parent: Int32Array;
  /** By node: when all that it reaches had been followed, from 0 on. What names another node ends after that, but in a cycle. */
  readonly ended: Uint32Array;
}

/** Follows the roots one after the other, through every list of edges. Linear in nodes and edges. */
export function walkDepthFirst(nodes: number, roots: Iterable<number>, edges: readonly Edges[]): Walk {
  const order = new Uint32Array(nodes);
  const place = new Int32Array(nodes).fill(-1);
  const parent = new Int32Array(nodes).fill(-1);
  const ended = new Uint32Array(nodes);
  const stack = new Uint32Array(nodes);
  /** Of each node on the stack: which list comes next, and which of its edges, counted from the first. */
  const list = new Uint8Array(nodes);
  const next = new Uint32Array(nodes);
  let reached = 0;
  let left = 0;
  for (const root of roots) {
    if (at(place, root) !== -1) continue;
    let depth = 0;
    const enter = (node: number, from: number): void => {
      place[node] = reached;
      parent[reached] = from;
      order[reached++] = node;
      stack[depth++] = node;
    };
    enter(root, -1);
    while (depth > 0) {
      const node = at(stack, depth - 1);
      const one = edges[flagAt(list, node)];
      if (one === undefined) {
        ended[node] = left++;
        depth--;
        continue;
      }
      const edge = at(one.start, node) + at(next, node);
      if (edge >= at(one.start, node + 1)) {
        list[node] = flagAt(list, node) + 1;
        next[node] = 0;
        continue;
      }
      next[node] = at(next, node) + 1;
      const child = at(one.target, edge);
      if (at(place, child) === -1) enter(child, at(place, node));
    }
  }
  return { order: order.subarray(0, reached), place, parent: parent.subarray(0, reached), ended };
}
