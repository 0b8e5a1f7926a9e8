/**
 * The order in which documents go: whatever names others goes before them. Height is the longest way down through
 * documents; in a tree of manifests, descending height puts indexes before manifests, and those before the rest.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import { INDEX_KIND, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, groupRows, itemAt } from '../shared/columns.ts';
import { Documents } from './documents.ts';

/** What is no document, a manifest that names no other, an index of plain blobs. */
const HEIGHT_OF_BLOB = 0;
const HEIGHT_OF_MANIFEST = 1;
const HEIGHT_OF_INDEX = 2;

/** Heights of the documents that `from` are or name. Cycles, which no digest can make, end somewhere. */
export function documentHeights(inventory: Inventory, from: readonly Uint32Array[]): Uint32Array {
  const heights = new Heights(inventory);
  for (const digests of from) for (const id of digests) heights.visit(id);
  return heights.height;
}

/** The heights of all documents, for whoever makes plan after plan of one inventory. */
export function allHeights(inventory: Inventory): Uint32Array {
  return documentHeights(inventory, [
    inventory.manifests.digest,
    Uint32Array.from(inventory.aliases, ({ from }) => from),
  ]);
}

/** Puts what is highest first, and leaves what is equally high in its order. */
export function highestFirst(rows: Uint32Array, heightOf: (row: number) => number): Uint32Array {
  let highest = 0;
  for (const row of rows) highest = Math.max(highest, heightOf(row));
  if (highest === 0) return rows;
  const depth = rows.map((row) => highest - heightOf(row));
  return groupRows(depth, highest + 1).order.map((index) => at(rows, index));
}

class Heights {
  readonly height: Uint32Array;
  /** 0: not seen, 1: its parts are being looked at, 2: done. */
  private readonly state: Uint8Array;
  private readonly documents: Documents;

  constructor(private readonly inventory: Inventory) {
    this.height = new Uint32Array(inventory.digests.size);
    this.state = new Uint8Array(inventory.digests.size);
    this.documents = new Documents(inventory);
  }

  visit(start: DigestId): void {
    // All else is of height 0.
    if (!this.documents.isDocument(start)) return;
    const stack = [start];
    while (stack.length > 0) {
      const id = itemAt(stack, stack.length - 1);
      const state = flagAt(this.state, id);
      if (state !== 0) {
        stack.pop();
        if (state === 1) this.height[id] = this.heightOf(id);
        this.state[id] = 2;
        continue;
      }
      this.state[id] = 1;
      for (const parts of this.parts(id)) {
        for (const part of parts) if (this.state[part] === 0 && this.documents.isDocument(part)) stack.push(part);
      }
    }
  }

  private heightOf(id: DigestId): number {
    let height = this.ownHeight(id);
    for (const parts of this.parts(id)) {
      for (const part of parts) height = Math.max(height, at(this.height, part) + 1);
    }
    return height;
  }

  private ownHeight(id: DigestId): number {
    const row = this.documents.rowOf(id);
    if (row === undefined) return HEIGHT_OF_BLOB;
    return flagAt(this.inventory.manifests.kind, row) === INDEX_KIND ? HEIGHT_OF_INDEX : HEIGHT_OF_MANIFEST;
  }

  /** What it names, what it stands for, what it is about. */
  private parts(id: DigestId): readonly (readonly DigestId[])[] {
    return [this.documents.namedBy(id), this.documents.subjectsOf(id)];
  }
}
