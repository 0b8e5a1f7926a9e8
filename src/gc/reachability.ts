/** Reachability over numbered nodes. It knows nothing of registries: the domain comes in as roots and edges. */
import { flagAt, unsignedAt } from '../shared/columns.ts';
import type { Edges } from './graph.ts';

/**
 * Gives `value` to every root whose `level` is 0, and to all that they reach through any of the edges. `level`: one a node,
 * of all that was reached before. Memory: eight bytes for each node that is reached and not yet followed.
 */
export function reach(level: Uint8Array, roots: Iterable<number>, value: number, edges: readonly Edges[]): void {
  const open: number[] = [];
  for (const root of roots) {
    if (flagAt(level, root) !== 0) continue;
    level[root] = value;
    open.push(root);
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const one of edges) openChildren(level, node, value, one, open);
    }
  }
}

/** Gives `value` to what a node leads to and puts it on `open`. A function of its own: what is called often is compiled well long before a loop is that runs once. */
function openChildren(level: Uint8Array, node: number, value: number, { start, target }: Edges, open: number[]): void {
  const end = unsignedAt(start, node + 1);
  for (let edge = unsignedAt(start, node); edge < end; edge++) {
    const child = unsignedAt(target, edge);
    if (flagAt(level, child) !== 0) continue;
    level[child] = value;
    open.push(child);
  }
}

const FIRST_CAPACITY = 1024;
/** A word has 32 bits. */
const WORD = 5;

/**
 * What a group of roots reaches, for one group after the other over the same graph: starting a new group costs nothing,
 * so thousands of repositories cost as much as what they reach together.
 */
export class Closure {
  /** One bit a node, set for those reached: of a million they fit into a processor's cache, where numbers would not. */
  private readonly bits: Uint32Array;
  /** The nodes reached since `begin`, in the order in which they were. */
  private nodes = new Uint32Array(FIRST_CAPACITY);
  private count = 0;
  private expanded = 0;

  constructor(
    size: number,
    private readonly edges: readonly Edges[],
  ) {
    this.bits = new Uint32Array((size >>> WORD) + 1);
  }

  begin(): void {
    for (let place = 0; place < this.count; place++) this.bits[unsignedAt(this.nodes, place) >>> WORD] = 0;
    this.count = 0;
    this.expanded = 0;
  }

  has(node: number): boolean {
    return (unsignedAt(this.bits, node >>> WORD) & (1 << node)) !== 0;
  }

  /** Adds roots with all that they reach. */
  add(roots: Iterable<number>): void {
    for (const root of roots) this.addRoot(root);
    this.expand();
  }

  /** Adds a root without what it reaches, which `expand` does for all of them. */
  addRoot(node: number): void {
    const word = unsignedAt(this.bits, node >>> WORD);
    if ((word & (1 << node)) !== 0) return;
    this.bits[node >>> WORD] = word | (1 << node);
    if (this.count === this.nodes.length) this.grow();
    this.nodes[this.count++] = node;
  }

  expand(): void {
    const { edges } = this;
    for (; this.expanded < this.count; this.expanded++) {
      const node = unsignedAt(this.nodes, this.expanded);
      for (const one of edges) this.follow(node, one);
    }
  }

  private follow(node: number, { start, target }: Edges): void {
    const end = unsignedAt(start, node + 1);
    for (let edge = unsignedAt(start, node); edge < end; edge++) this.addRoot(unsignedAt(target, edge));
  }

  /** How many nodes are reached. */
  get size(): number {
    return this.count;
  }

  /** The nodes: a view, good until the next one is added. */
  get reached(): Uint32Array {
    return this.nodes.subarray(0, this.count);
  }

  private grow(): void {
    const larger = new Uint32Array(this.nodes.length * 2);
    larger.set(this.nodes);
    this.nodes = larger;
  }
}
