/**
 * What each repository reaches: its referenced bytes, and how many of them would go with it. A blob that one repository
 * alone reaches is exclusive to it, so counting the repositories that reach each blob is exact.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STATED, BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';

export interface ReachFigures {
  /** Apparent bytes of the blobs reached, by owner. */
  readonly bytes: Float64Array;
  readonly exclusiveBytes: Float64Array;
  /** Allocated bytes; NaN where not every blob reached was stat-ed. */
  readonly diskBytes: Float64Array;
}

/** No owner, and more than one. */
const NOBODY = -1;
const SEVERAL = -2;

/** Takes what each owner (a repository, or a namespace of them) reaches, one after the other. */
export class FigureCollector {
  private readonly bytes: Float64Array;
  private readonly diskBytes: Float64Array;
  private readonly owner: Int32Array;

  constructor(
    private readonly inventory: Inventory,
    private readonly owners: number,
  ) {
    this.bytes = new Float64Array(owners);
    this.diskBytes = new Float64Array(owners);
    this.owner = new Int32Array(inventory.digests.size).fill(NOBODY);
  }

  /** `reached`: distinct digest ids. Each owner comes once. */
  take(owner: number, reached: readonly DigestId[]): void {
    const { flags, bytes, diskBytes } = this.inventory.blobs;
    let sum = 0;
    let disk = 0;
    for (const id of reached) {
      const flag = flagAt(flags, id);
      if ((flag & BLOB_STORED) === 0) continue;
      this.owner[id] = at(this.owner, id) === NOBODY ? owner : SEVERAL;
      sum += known(numberAt(bytes, id));
      disk += (flag & BLOB_STATED) === 0 ? NaN : numberAt(diskBytes, id);
    }
    this.bytes[owner] = sum;
    this.diskBytes[owner] = disk;
  }

  figures(): ReachFigures {
    const exclusiveBytes = new Float64Array(this.owners);
    for (let id = 0; id < this.owner.length; id++) {
      const owner = at(this.owner, id);
      if (owner >= 0)
        exclusiveBytes[owner] = numberAt(exclusiveBytes, owner) + known(numberAt(this.inventory.blobs.bytes, id));
    }
    return { bytes: this.bytes, exclusiveBytes, diskBytes: this.diskBytes };
  }
}

/** A size that nothing tells counts as none. */
export function known(bytes: number): number {
  return Number.isNaN(bytes) ? 0 : bytes;
}
