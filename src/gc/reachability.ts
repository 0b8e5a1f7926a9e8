/** Reachability over numbered nodes. It knows nothing of registries: the domain comes in as roots and edges. */
import { at, flagAt, itemAt } from '../shared/columns.ts';
import type { Edges } from './graph.ts';

/** The parent of a root, and of what was not reached. */
const NO_PARENT = -1;

export interface Reachability {
  /** Of each node the level at which it was first reached; 0: it was not. */
  readonly level: Uint8Array;
  /** Of each node the one through which it was first reached, for explaining. */
  readonly parent: Int32Array;
}

export function newReachability(nodes: number): Reachability {
  return { level: new Uint8Array(nodes), parent: new Int32Array(nodes).fill(NO_PARENT) };
}

/**
 * Gives `level` to every root that has none yet, and to all that they reach through any of the edges. Breadth first, so
 * parents lie on shortest chains. Memory: four bytes a node that is newly reached.
 */
export function reach(reached: Reachability, roots: Iterable<number>, level: number, edges: readonly Edges[]): void {
  const queue: number[] = [];
  for (const root of roots) {
    if (flagAt(reached.level, root) !== 0) continue;
    reached.level[root] = level;
    queue.push(root);
  }
  for (let next = 0; next < queue.length; next++) {
    const node = itemAt(queue, next);
    for (const { start, target } of edges) {
      const end = at(start, node + 1);
      for (let edge = at(start, node); edge < end; edge++) {
        const child = at(target, edge);
        if (flagAt(reached.level, child) !== 0) continue;
        reached.level[child] = level;
        reached.parent[child] = node;
        queue.push(child);
      }
    }
  }
}

/**
 * What a group of roots reaches, for one group after the other over the same graph: starting a new group costs nothing,
 * so thousands of repositories cost as much as what they reach together.
 */
export class Closure {
  private readonly stamp: Uint32Array;
  private current = 0;
  /** The nodes reached since `begin`, in the order in which they were. */
  private nodes: number[] = [];
  private expanded = 0;

  constructor(
    size: number,
    private readonly edges: readonly Edges[],
  ) {
    this.stamp = new Uint32Array(size);
  }

  begin(): void {
    this.current++;
    this.nodes = [];
    this.expanded = 0;
  }

  has(node: number): boolean {
    return this.stamp[node] === this.current;
  }

  /** Adds roots with all that they reach. */
  add(roots: Iterable<number>): void {
    for (const root of roots) this.visit(root);
    for (; this.expanded < this.nodes.length; this.expanded++) {
      const node = itemAt(this.nodes, this.expanded);
      for (const { start, target } of this.edges) {
        const end = at(start, node + 1);
        for (let edge = at(start, node); edge < end; edge++) this.visit(at(target, edge));
      }
    }
  }

  get reached(): readonly number[] {
    return this.nodes;
  }

  private visit(node: number): void {
    if (this.stamp[node] === this.current) return;
    this.stamp[node] = this.current;
    this.nodes.push(node);
  }
}
