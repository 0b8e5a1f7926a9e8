/**
 * What each repository reaches: its referenced bytes, and how many of them would go with it. A blob that one repository
 * alone reaches is exclusive to it, so counting the repositories that reach each blob is exact.
 */
import { BLOB_STATED, BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { flagAt, numberAt, unsignedAt } from '../shared/columns.ts';

export interface ReachFigures {
  /** Apparent bytes of the blobs reached, by owner. */
  readonly bytes: Float64Array;
  readonly exclusiveBytes: Float64Array;
  /** Allocated bytes; NaN where not every blob reached was stat-ed. */
  readonly diskBytes: Float64Array;
}

/** No owner, and more than one. Owners are told from 1 on. */
const NOBODY = 0;
const SEVERAL = 0xffffffff;

/** Takes what each owner (a repository, or a namespace of them) reaches, one after the other. */
export class FigureCollector {
  private readonly bytes: Float64Array;
  private readonly diskBytes: Float64Array;
  private readonly owner: Uint32Array;

  constructor(
    private readonly inventory: Inventory,
    private readonly owners: number,
  ) {
    this.bytes = new Float64Array(owners);
    this.diskBytes = new Float64Array(owners);
    this.owner = new Uint32Array(inventory.digests.size);
  }

  /**
   * `reached`: distinct digest ids; the first `taken` of them are what `fewer` took of the same owner. Each owner comes
   * once.
   */
  take(owner: number, reached: Uint32Array, taken = 0, fewer?: FigureCollector): void {
    for (const id of reached) this.owner[id] = unsignedAt(this.owner, id) === NOBODY ? owner + 1 : SEVERAL;
    const { flags, bytes, diskBytes } = this.inventory.blobs;
    let sum = fewer === undefined ? 0 : numberAt(fewer.bytes, owner);
    let disk = fewer === undefined ? 0 : numberAt(fewer.diskBytes, owner);
    for (let place = taken; place < reached.length; place++) {
      const id = unsignedAt(reached, place);
      const flag = flagAt(flags, id);
      if ((flag & BLOB_STORED) === 0) continue;
      sum += known(numberAt(bytes, id));
      // Once one of them is not known the sum is none.
      if (!Number.isNaN(disk)) disk += (flag & BLOB_STATED) === 0 ? NaN : numberAt(diskBytes, id);
    }
    this.bytes[owner] = sum;
    this.diskBytes[owner] = disk;
  }

  figures(): ReachFigures {
    const { flags, bytes } = this.inventory.blobs;
    const exclusiveBytes = new Float64Array(this.owners);
    for (let id = 0; id < this.owner.length; id++) {
      const owner = unsignedAt(this.owner, id);
      if (owner === NOBODY || owner === SEVERAL || (flagAt(flags, id) & BLOB_STORED) === 0) continue;
      exclusiveBytes[owner - 1] = numberAt(exclusiveBytes, owner - 1) + known(numberAt(bytes, id));
    }
    return { bytes: this.bytes, exclusiveBytes, diskBytes: this.diskBytes };
  }
}

/** A size that nothing tells counts as none. */
export function known(bytes: number): number {
  return Number.isNaN(bytes) ? 0 : bytes;
}
