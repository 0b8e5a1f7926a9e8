/**
 * What lies between what is garbage anyway and all that a mode lets go: each such blob, revision, layer link and tag is an
 * item, a number. Whatever a target takes, what is kept in both stays, and what goes in both goes.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, numberAt, rowsOf } from '../shared/columns.ts';
import { addTo } from '../shared/lists.ts';
import { UNREFERENCED, type Marking } from './mark.ts';
import { entriesToGo, isPast, type PlanRows } from './plan.ts';
import { Sizes } from './sizes.ts';

export interface Between {
  readonly inventory: Inventory;
  /** The mode without a target. */
  readonly all: Marking;
  /** Every revision and every tag is a root: what goes even then is garbage. */
  readonly garbage: Marking;
  /** What that marking means. */
  readonly garbagePlan: PlanRows;
  /** Epoch milliseconds. */
  readonly youngSince: number;
}

export class TargetItems {
  /** Items are below this. */
  readonly count: number;
  /** Allocated bytes by item, without what goes by itself; NaN: it is none. Those of a tag are without its history. */
  private readonly sizes: Float64Array;
  private readonly firstLink: number;
  private readonly firstTag: number;
  private readonly nodes: number;

  constructor({ inventory, all, garbage, garbagePlan }: Between) {
    const { revisions, layerLinks, tags, blobs } = inventory;
    const sizes = new Sizes(inventory);
    this.nodes = inventory.digests.size;
    this.firstLink = this.nodes + revisions.digest.length;
    this.firstTag = this.firstLink + layerLinks.digest.length;
    this.count = this.firstTag + tags.current.length;
    this.sizes = new Float64Array(this.count).fill(NaN);
    const fill = (first: number, goes: Uint8Array, goesAnyway: Uint8Array, sizeOf: (row: number) => number): void => {
      for (let row = 0; row < goes.length; row++) {
        if (goes[row] === UNREFERENCED && goesAnyway[row] !== UNREFERENCED) this.sizes[first + row] = sizeOf(row);
      }
    };
    fill(0, all.level, garbage.level, (id) =>
      (flagAt(blobs.flags, id) & BLOB_STORED) === 0 ? NaN : sizes.blob(id).diskBytes,
    );
    const signatures = signatureBytes(inventory, sizes, garbagePlan);
    fill(
      this.nodes,
      all.revision,
      garbage.revision,
      (row) => sizes.revision(row).diskBytes - (signatures.get(row) ?? 0),
    );
    fill(this.firstLink, all.layerLink, garbage.layerLink, (row) => sizes.layerLink(row).diskBytes);
    fill(this.firstTag, all.tag, garbage.tag, (row) => sizes.tag(row).diskBytes - historyBytes(inventory, sizes, row));
  }

  has(item: number): boolean {
    return !Number.isNaN(numberAt(this.sizes, item));
  }

  /** Allocated bytes. */
  diskBytes(item: number): number {
    return numberAt(this.sizes, item);
  }

  blob(id: DigestId): number {
    return id;
  }

  revision(row: number): number {
    return this.nodes + row;
  }

  layerLink(row: number): number {
    return this.firstLink + row;
  }

  tag(row: number): number {
    return this.firstTag + row;
  }
}

/** By revision row: what goes of its signatures though it stays. */
function signatureBytes({ signatureLinks }: Inventory, sizes: Sizes, plan: PlanRows): ReadonlyMap<number, number> {
  const bytes = new Map<number, number>();
  for (const row of plan.signatureLinks) {
    const revision = at(signatureLinks.revision, row);
    bytes.set(revision, (bytes.get(revision) ?? 0) + sizes.signatureLink(row).diskBytes);
  }
  return bytes;
}

function historyBytes({ tagIndexEntries }: Inventory, sizes: Sizes, tag: number): number {
  let sum = 0;
  for (const row of rowsOf(tagIndexEntries.byTag, tag)) sum += sizes.tagIndexEntry(row).diskBytes;
  return sum;
}

/** An entry of a tag's history goes with the first of several items to go. */
export interface TargetHistory {
  /** By item: the rows of `tagIndexEntries` that go with it. */
  readonly byItem: ReadonlyMap<number, readonly number[]>;
  /** Allocated bytes of a row. */
  readonly diskBytes: (row: number) => number;
}

/** The history between the two markings. */
export function historyBetween(between: Between, items: TargetItems): TargetHistory {
  const { inventory, all, garbage, garbagePlan, youngSince } = between;
  const { tags, tagIndexEntries: entries, revisions } = inventory;
  const goes = entriesGone(inventory, all, entriesToGo(inventory, all, youngSince));
  const goesAnyway = entriesGone(inventory, garbage, garbagePlan.tagIndexEntries);
  const byItem = new Map<number, number[]>();
  const add = (item: number, row: number): void => {
    if (items.has(item)) addTo(byItem, item, row);
  };
  for (let repository = 0; repository < inventory.repositories.length; repository++) {
    const here = new Map<DigestId, number>();
    for (const row of rowsOf(revisions.byRepository, repository)) {
      here.set(at(revisions.digest, row), items.revision(row));
    }
    for (const tag of rowsOf(tags.byRepository, repository)) {
      for (const row of rowsOf(entries.byTag, tag)) {
        if (goes[row] === 0 || goesAnyway[row] === 1) continue;
        const id = at(entries.digest, row);
        add(items.tag(tag), row);
        if (!isPast(inventory, all, row, youngSince)) continue;
        add(items.blob(id), row);
        const revision = here.get(id);
        if (revision !== undefined) add(revision, row);
      }
    }
  }
  const sizes = new Sizes(inventory);
  return { byItem, diskBytes: (row) => sizes.tagIndexEntry(row).diskBytes };
}

/** One flag an entry: it goes, by itself or with its tag. */
function entriesGone(inventory: Inventory, { tag: level }: Marking, byThemselves: Uint32Array): Uint8Array {
  const gone = new Uint8Array(inventory.tagIndexEntries.digest.length);
  for (const row of byThemselves) gone[row] = 1;
  for (let tag = 0; tag < level.length; tag++) {
    if (level[tag] === UNREFERENCED) for (const row of rowsOf(inventory.tagIndexEntries.byTag, tag)) gone[row] = 1;
  }
  return gone;
}
