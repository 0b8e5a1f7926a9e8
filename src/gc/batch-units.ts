/**
 * The smallest sets of blobs that can go by themselves: a blob with everything that goes and refers to it, its signatures
 * and other referrers, and whatever nothing else refers to then. The blob that gives most comes first, so a budget that runs
 * out has been spent well.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, groupRows, itemAt, numberAt, rowsOf, type Groups } from '../shared/columns.ts';
import type { Edges, Graph } from './graph.ts';
import type { PlanRows } from './plan.ts';
import { Closure, reach } from './reachability.ts';
import { namedByTag } from './tag-subjects.ts';

/** Of a digest: in no unit yet; in one that was left out. */
const UNASSIGNED = -1;
export const LEFT_OUT = -2;

/** Levels: in a batch; left out, or needed by what is. */
const GOES = 1;
const STAYS = 2;

export interface UnitLimits {
  /** Of all units together, allocated bytes. */
  readonly maxBytes: number;
  /** A batch that has so many actions, or frees so many bytes, takes no further unit. */
  readonly actionsOfBatch: number;
  readonly bytesOfBatch: number;
}

/** What the actions about each digest cost: their number, and what they free on disk. */
export interface DigestCosts {
  readonly actions: Uint32Array;
  readonly diskBytes: Float64Array;
}

export interface Packed {
  /** Of each digest the number of its batch, from 0; `UNASSIGNED` or `LEFT_OUT`. */
  readonly batchOf: Int32Array;
  /** How many batches hold a unit. */
  readonly batches: number;
  /** Whether the last of them would take more. */
  readonly lastHasRoom: boolean;
  readonly diskBytes: number;
}

/**
 * Packs all blobs that go into batches, and links and tags that go about blobs that stay. `graph`: with the followers of the
 * tags that go (`withFollowers`). Linear in the references among them, beside sorting the blobs by size.
 */
export function packUnits(
  inventory: Inventory,
  graph: Graph,
  plan: Pick<PlanRows, 'blobs' | 'revisions' | 'tags'>,
  costs: DigestCosts,
  limits: UnitLimits,
): Packed {
  const relations = relationsAmong(inventory, graph, plan);
  const { diskBytes } = inventory.blobs;
  const largestFirst = plan.blobs.slice().sort((a, b) => numberAt(diskBytes, b) - numberAt(diskBytes, a) || a - b);
  const packer = new Packer(relations, costs, limits);
  for (const id of largestFirst) packer.add(id);
  // Links and tags alone go about blobs that stay. They count, too.
  for (const [id, bytes] of costs.diskBytes.entries()) if (bytes > 0 || at(costs.actions, id) > 0) packer.add(id);
  packer.leaveWhatIsNeeded(graph);
  return packer.packed();
}

/** Who refers to whom among what goes, is not there, or loses a link: pairs of parent and child. */
interface Relations {
  readonly parent: Uint32Array;
  readonly child: Uint32Array;
  readonly byParent: Groups;
  readonly byChild: Groups;
}

function relationsAmong(
  inventory: Inventory,
  graph: Graph,
  { blobs, revisions, tags }: Pick<PlanRows, 'blobs' | 'revisions' | 'tags'>,
): Relations {
  const inPlay = new Uint8Array(graph.nodes);
  for (let id = 0; id < inPlay.length; id++) {
    if ((flagAt(inventory.blobs.flags, id) & BLOB_STORED) === 0) inPlay[id] = 1;
  }
  for (const id of blobs) inPlay[id] = 1;
  // An image may go as a revision or a tag alone: neither its signatures nor links below it must go before that.
  const images = new Closure(graph.nodes, [graph.references]);
  images.begin();
  images.add(revisions.map((row) => at(inventory.revisions.digest, row)));
  for (const tag of tags) images.add(namedByTag(inventory, tag));
  for (const id of images.reached) inPlay[id] = 1;
  const parents: number[] = [];
  const children: number[] = [];
  const take = ({ start, target }: Edges, add: (from: DigestId, to: DigestId) => void): void => {
    for (let id = 0; id < inPlay.length; id++) {
      if (inPlay[id] === 0) continue;
      for (let edge = at(start, id); edge < at(start, id + 1); edge++) {
        if (inPlay[at(target, edge)] === 1) add(id, at(target, edge));
      }
    }
  };
  const add = (from: DigestId, to: DigestId): void => {
    parents.push(from);
    children.push(to);
  };
  take(graph.references, add);
  // A referrer names its subject, and a subject that stays keeps its referrers: neither goes without the other.
  take(graph.referrers, (subject, referrer) => {
    add(referrer, subject);
    add(subject, referrer);
  });
  const parent = Uint32Array.from(parents);
  const child = Uint32Array.from(children);
  return { parent, child, byParent: groupRows(parent, graph.nodes), byChild: groupRows(child, graph.nodes) };
}

class Packer {
  private readonly batchOf: Int32Array;
  /** Of each digest how many references to it come from what is in no unit yet. */
  private readonly open: Uint32Array;
  private current = 0;
  private actions = 0;
  private bytes = 0;
  private total = 0;

  constructor(
    private readonly relations: Relations,
    private readonly costs: DigestCosts,
    private readonly limits: UnitLimits,
  ) {
    const { start } = relations.byChild;
    this.batchOf = new Int32Array(start.length - 1).fill(UNASSIGNED);
    this.open = Uint32Array.from(this.batchOf, (_, id) => at(start, id + 1) - at(start, id));
  }

  add(blob: DigestId): void {
    if (at(this.batchOf, blob) !== UNASSIGNED) return;
    const members = [blob];
    this.batchOf[blob] = this.current;
    // What was left out stays, and so does whatever it refers to.
    const stays = this.addReferrers(members);
    this.addSetFree(members);
    let actions = 0;
    let bytes = 0;
    for (const id of members) {
      actions += at(this.costs.actions, id);
      bytes += numberAt(this.costs.diskBytes, id);
    }
    if (stays || this.total + bytes > this.limits.maxBytes) {
      this.leaveOut(members);
      return;
    }
    this.total += bytes;
    this.actions += actions;
    this.bytes += bytes;
    if (this.actions >= this.limits.actionsOfBatch || this.bytes >= this.limits.bytesOfBatch) {
      this.current++;
      this.actions = 0;
      this.bytes = 0;
    }
  }

  /** What stays for want of budget needs its links, also those to blobs that stay anyway and are in no unit. */
  leaveWhatIsNeeded({ nodes, references, referrers }: Graph): void {
    const level = new Uint8Array(nodes);
    const leftOut: DigestId[] = [];
    for (const [id, batch] of this.batchOf.entries()) {
      if (batch === LEFT_OUT) leftOut.push(id);
      else if (batch !== UNASSIGNED) level[id] = GOES;
    }
    reach(level, leftOut, STAYS, [references, referrers]);
    for (let id = 0; id < nodes; id++) if (level[id] === STAYS) this.batchOf[id] = LEFT_OUT;
  }

  packed(): Packed {
    const lastHasRoom = this.actions > 0;
    const batches = this.current + (lastHasRoom ? 1 : 0);
    return { batchOf: this.batchOf, batches, lastHasRoom, diskBytes: this.total };
  }

  /** Returns whether one of them was left out before. */
  private addReferrers(members: DigestId[]): boolean {
    const { parent, byChild } = this.relations;
    let stays = false;
    for (let next = 0; next < members.length; next++) {
      for (const pair of rowsOf(byChild, itemAt(members, next))) {
        const id = at(parent, pair);
        if (at(this.batchOf, id) === LEFT_OUT) stays = true;
        if (at(this.batchOf, id) !== UNASSIGNED) continue;
        this.batchOf[id] = this.current;
        members.push(id);
      }
    }
    return stays;
  }

  /** They go on referring to what is below them, which therefore is never set free. */
  private leaveOut(members: readonly DigestId[]): void {
    const { child, byParent } = this.relations;
    for (const member of members) {
      this.batchOf[member] = LEFT_OUT;
      for (const pair of rowsOf(byParent, member)) this.open[at(child, pair)] = at(this.open, at(child, pair)) + 1;
    }
  }

  private addSetFree(members: DigestId[]): void {
    const { child, byParent } = this.relations;
    for (let next = 0; next < members.length; next++) {
      for (const pair of rowsOf(byParent, itemAt(members, next))) {
        const id = at(child, pair);
        const open = at(this.open, id) - 1;
        this.open[id] = open;
        if (open > 0 || at(this.batchOf, id) !== UNASSIGNED) continue;
        this.batchOf[id] = this.current;
        members.push(id);
      }
    }
  }
}
