/** Which repositories use what, over a tree of their names. */
import { NONE } from '../inventory/inventory.ts';
import { at, numberAt, unsignedAt } from '../shared/columns.ts';
import { lowestCommon } from './name-tree.ts';

/**
 * Takes what each node of a name tree uses, in the order of the nodes. Of each digest the first and the last node that use it
 * say all: the lowest node above both is above all between them.
 */
export class Users {
  /** Of each digest the first and the last of its users, side by side: both are asked for at once, at random places. */
  private readonly ends: Int32Array;

  constructor(
    private readonly parent: Int32Array,
    digests: number,
  ) {
    this.ends = new Int32Array(digests * 2).fill(NONE);
  }

  /** `used`: digest ids. Nodes come in ascending order; one may come several times on end. */
  take(node: number, used: Uint32Array): void {
    for (let place = 0; place < used.length; place++) this.takeOne(node, unsignedAt(used, place));
  }

  /** The last node that used it before this one; `NONE` where none did. */
  takeOne(node: number, id: number): number {
    const before = at(this.ends, id * 2 + 1);
    this.ends[id * 2 + 1] = node;
    if (before === NONE) this.ends[id * 2] = node;
    return before;
  }

  /** Whoever uses `from` uses `to`: asked once all nodes were taken. */
  pass(from: number, to: number): void {
    const [first, last] = [at(this.ends, from * 2), at(this.ends, from * 2 + 1)];
    if (first === NONE) return;
    const before = at(this.ends, to * 2);
    if (before === NONE || first < before) this.ends[to * 2] = first;
    if (last > at(this.ends, to * 2 + 1)) this.ends[to * 2 + 1] = last;
  }

  isUsed(id: number): boolean {
    return at(this.ends, id * 2) !== NONE;
  }

  isUsedBySeveral(id: number): boolean {
    return at(this.ends, id * 2) !== at(this.ends, id * 2 + 1);
  }

  /** The lowest node that has all below it that use `id`; the volume (0) where none does. */
  above(id: number): number {
    const first = at(this.ends, id * 2);
    return first === NONE ? 0 : lowestCommon(this.parent, first, at(this.ends, id * 2 + 1));
  }
}

/** As `Users`, with the bytes of what nodes use: of a node and all below it each digest once. */
export class MeasuredUsers extends Users {
  /** By node, to be added up. */
  readonly bytes: Float64Array;

  /** `size`: bytes, by digest id. */
  constructor(
    private readonly nodes: Int32Array,
    private readonly size: Float64Array,
  ) {
    super(nodes, size.length);
    this.bytes = new Float64Array(nodes.length);
  }

  override takeOne(node: number, id: number): number {
    const before = super.takeOne(node, id);
    if (before === node) return before;
    const bytes = numberAt(this.size, id);
    this.bytes[node] = numberAt(this.bytes, node) + bytes;
    if (before === NONE) return before;
    // From the node above both on it was counted before.
    const above = lowestCommon(this.nodes, before, node);
    this.bytes[above] = numberAt(this.bytes, above) - bytes;
    return before;
  }
}
