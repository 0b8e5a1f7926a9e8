/**
 * A plan cut into batches, for a sweep that may have to stop: each is a closed set, so whatever stays after any number of
 * them refers to nothing that went. The largest gain comes first.
 */
import { NONE, type Inventory } from '../inventory/inventory.ts';
import { at, groupRows, numberAt } from '../shared/columns.ts';
import { LEFT_OUT, packUnits, type DigestCosts, type Packed } from './batch-units.ts';
import { emptiedFolders, foldersThatGo } from './emptied-folders.ts';
import type { Graph } from './graph.ts';
import type { Plan, PlanRows } from './plan.ts';
import { Sizes } from './sizes.ts';
import { namedByTag, TagSubjects, withFollowers } from './tag-subjects.ts';

export interface BatchLimits {
  /** Allocated bytes: what would free more in all is left for a later sweep. */
  readonly maxBytes?: number;
  /** A batch that has so many actions, or frees so many bytes, takes no more: 256, and 1 GiB. */
  readonly actionsOfBatch?: number;
  readonly bytesOfBatch?: number;
}

/** Each batch is made durable class by class, which costs little where it is so large. */
const ACTIONS_OF_BATCH = 256;
const BYTES_OF_BATCH = 1024 ** 3;

/**
 * The batches of a plan, each a plan of its own. Without `limits` there is no budget, and the plan is the one batch; with
 * them the batches make up the plan, less what exceeds `maxBytes`. What belongs to no blob is in the last one.
 */
export function* batchesOf(inventory: Inventory, graph: Graph, plan: Plan, limits?: BatchLimits): Generator<Plan> {
  if (limits === undefined) yield plan;
  else yield* new Batches(inventory, graph, plan, limits).plans();
}

class Batches {
  private readonly sizes: Sizes;
  private readonly subjects: TagSubjects;
  private readonly costs: DigestCosts;
  private readonly packed: Packed;
  private readonly last: number;
  private readonly maxBytes: number;

  constructor(
    private readonly inventory: Inventory,
    graph: Graph,
    private readonly plan: Plan,
    limits: BatchLimits,
  ) {
    this.sizes = new Sizes(inventory);
    this.subjects = new TagSubjects(inventory);
    const { maxBytes = Infinity, actionsOfBatch = ACTIONS_OF_BATCH, bytesOfBatch = BYTES_OF_BATCH } = limits;
    this.maxBytes = maxBytes;
    const all = { maxBytes, actionsOfBatch, bytesOfBatch };
    this.costs = this.costsOfDigests();
    this.packed = packUnits(inventory, withFollowers(inventory, graph, plan.tags), plan, this.costs, all);
    this.last = this.packed.batches - (this.packed.lastHasRoom ? 1 : 0);
  }

  *plans(): Generator<Plan> {
    const { tagIndexEntries, revisions, signatureLinks, layerLinks } = this.inventory;
    const by = (rows: Uint32Array, digest: Uint32Array): readonly Uint32Array[] =>
      this.split(rows, (row) => this.batchOf(at(digest, row)));
    const split = {
      tags: this.split(this.plan.tags, (row) => this.batchOfTag(row)),
      tagIndexEntries: by(this.plan.tagIndexEntries, tagIndexEntries.digest),
      revisions: by(this.plan.revisions, revisions.digest),
      signatureLinks: by(this.plan.signatureLinks, signatureLinks.digest),
      layerLinks: by(this.plan.layerLinks, layerLinks.digest),
      blobs: this.split(this.plan.blobs, (id) => this.batchOf(id)),
    };
    const rest = this.rest();
    const folders = this.folders(split, rest);
    for (let batch = 0; batch <= this.last; batch++) {
      const isLast = batch === this.last;
      const part = {
        tags: partOf(split.tags, batch),
        tagIndexEntries: partOf(split.tagIndexEntries, batch),
        revisions: partOf(split.revisions, batch),
        signatureLinks: partOf(split.signatureLinks, batch),
        layerLinks: partOf(split.layerLinks, batch),
        blobs: partOf(split.blobs, batch),
        uploads: isLast ? rest.uploads : [],
        strayFiles: isLast ? rest.strayFiles : [],
        emptyFolders: isLast ? folders : [],
      };
      if (Object.values(part).some(({ length }) => length > 0)) yield part;
    }
  }

  /** What the actions about each digest cost together: a tag with whichever goes first of all that it names. */
  private costsOfDigests(): DigestCosts {
    const { revisions, layerLinks, tagIndexEntries, signatureLinks, tags, digests } = this.inventory;
    const actions = new Uint32Array(digests.size);
    const diskBytes = new Float64Array(digests.size);
    const add = (id: number, bytes: number): void => {
      actions[id] = at(actions, id) + 1;
      diskBytes[id] = numberAt(diskBytes, id) + bytes;
    };
    for (const id of this.plan.blobs) add(id, this.sizes.blob(id).diskBytes);
    for (const row of this.plan.revisions) add(at(revisions.digest, row), this.sizes.revision(row).diskBytes);
    for (const row of this.plan.layerLinks) add(at(layerLinks.digest, row), this.sizes.layerLink(row).diskBytes);
    for (const row of this.plan.tagIndexEntries) {
      add(at(tagIndexEntries.digest, row), this.sizes.tagIndexEntry(row).diskBytes);
    }
    for (const row of this.plan.signatureLinks) {
      add(at(signatureLinks.digest, row), this.sizes.signatureLink(row).diskBytes);
    }
    for (const row of this.plan.tags) {
      const bytes = this.sizes.tag(row).diskBytes;
      for (const id of new Set(namedByTag(this.inventory, row))) {
        if (id === at(tags.current, row) || at(actions, id) > 0) diskBytes[id] = numberAt(diskBytes, id) + bytes;
      }
    }
    return { actions, diskBytes };
  }

  /** The batch of what is about this digest. What belongs to no blob that goes is in the last one. */
  private batchOf(id: number): number {
    const batch = at(this.packed.batchOf, id);
    return batch >= 0 || batch === LEFT_OUT ? batch : this.last;
  }

  /**
   * Its history goes with it, so it goes with the first of all that it has ever named, be that a link alone. All that a
   * signature's tag has named is in one unit with what it is about, so that goes with it, or before.
   */
  private batchOfTag(row: number): number {
    const subject = this.subjects.of(row);
    // What it is about stays, so it does.
    if (subject !== NONE && at(this.packed.batchOf, subject) === LEFT_OUT) return LEFT_OUT;
    const current = at(this.inventory.tags.current, row);
    const named = [...namedByTag(this.inventory, row)];
    // History of which nothing goes is no reason to take the tag of an image that is left.
    const goes = (id: number): boolean => id === current || at(this.costs.actions, id) > 0;
    const batches = named.filter(goes).map((id) => this.batchOf(id));
    const first = batches.reduce((least, batch) => (batch === LEFT_OUT ? least : Math.min(least, batch)), Infinity);
    if (first !== Infinity) return first;
    return batches.length > 0 ? LEFT_OUT : this.last;
  }

  /** The rows of each batch, in their order. */
  private split(rows: Uint32Array, batchOf: (row: number) => number): readonly Uint32Array[] {
    const left = this.last + 1;
    const batch = rows.map((row) => {
      const number = batchOf(row);
      return number === LEFT_OUT ? left : number;
    });
    const { start, order } = groupRows(batch, left + 1);
    return Array.from({ length: left }, (_, index) =>
      order.subarray(at(start, index), at(start, index + 1)).map((place) => at(rows, place)),
    );
  }

  /** Uploads and strays, as far as the budget goes. */
  private rest(): Pick<PlanRows, 'uploads' | 'strayFiles'> {
    let bytes = this.packed.diskBytes;
    const fits = (size: number): boolean => {
      if (bytes + size > this.maxBytes) return false;
      bytes += size;
      return true;
    };
    return {
      uploads: this.plan.uploads.filter((index) => fits(this.sizes.upload(index).diskBytes)),
      strayFiles: this.plan.strayFiles.filter((index) => fits(this.sizes.strayFile(index).diskBytes)),
    };
  }

  /** The folders that still hold nothing when some of the plan was left out. */
  private folders(
    split: Readonly<Record<Exclude<keyof PlanRows, 'uploads' | 'strayFiles'>, readonly Uint32Array[]>>,
    rest: Pick<PlanRows, 'uploads' | 'strayFiles'>,
  ): Plan['emptyFolders'] {
    if (this.maxBytes === Infinity) return this.plan.emptyFolders;
    const rows: PlanRows = {
      tags: joined(split.tags),
      tagIndexEntries: joined(split.tagIndexEntries),
      revisions: joined(split.revisions),
      signatureLinks: joined(split.signatureLinks),
      layerLinks: joined(split.layerLinks),
      blobs: joined(split.blobs),
      ...rest,
    };
    const scope = { includesRepository: () => true, includesNamespaces: true };
    const emptied = new Set(emptiedFolders(this.inventory, rows, scope).map(({ path }) => path));
    return foldersThatGo(this.plan.emptyFolders, ({ path }) => emptied.has(path));
  }
}

function partOf(split: readonly Uint32Array[], batch: number): Uint32Array {
  return split[batch] ?? new Uint32Array(0);
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((length, part) => length + part.length, 0));
  let used = 0;
  for (const part of parts) {
    all.set(part, used);
    used += part.length;
  }
  return all;
}
