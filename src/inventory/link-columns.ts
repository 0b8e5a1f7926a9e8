/**
 * Links that are listed first and stat-ed later, in columns. One whose file turns out not to be there is no link: its row
 * keeps its number while building, and is left out of what is built.
 */
import { at, Column, shared, type Constructor, type NumberArray } from '../shared/columns.ts';
import type { DigestId } from './digest-table.ts';

/** What a stat says. Bytes; `time` in epoch milliseconds. */
export interface StatedFile {
  readonly bytes: number;
  readonly diskBytes: number;
  readonly time: number;
}

/** The links that are there: a row each. */
interface PresentLinks {
  readonly owner: Uint32Array;
  readonly digest: Uint32Array;
  /** NaN where the link was not stat-ed. */
  readonly time: Float64Array;
  readonly diskBytes: Float64Array;
  readonly flags: Uint8Array;
}

export class LinkColumns {
  private readonly owner: Column<Uint32Array> = new Column(Uint32Array);
  private readonly digest: Column<Uint32Array> = new Column(Uint32Array);
  private readonly time: Column<Float64Array> = new Column(Float64Array);
  private readonly diskBytes: Column<Float64Array> = new Column(Float64Array);
  private readonly flags: Column<Uint8Array> = new Column(Uint8Array);
  private readonly gone: Column<Uint8Array> = new Column(Uint8Array);

  push(owner: number, digest: DigestId, flags: number): void {
    this.owner.push(owner);
    this.digest.push(digest);
    this.time.push(NaN);
    this.diskBytes.push(NaN);
    this.flags.push(flags);
    this.gone.push(0);
  }

  addFlags(row: number, flags: number): void {
    this.flags.set(row, this.flags.at(row) | flags);
  }

  /** What a stat said of the link's file; `undefined`: there is none. */
  setState(row: number, state: StatedFile | undefined): void {
    if (state === undefined) {
      this.gone.set(row, 1);
      return;
    }
    this.time.set(row, state.time);
    this.diskBytes.set(row, state.diskBytes);
  }

  /** Shares memory with these columns where every link is there. */
  present(): PresentLinks {
    const rows = presentRows(this.gone.view());
    return {
      owner: pick(Uint32Array, this.owner.view(), rows),
      digest: pick(Uint32Array, this.digest.view(), rows),
      time: pick(Float64Array, this.time.view(), rows),
      diskBytes: pick(Float64Array, this.diskBytes.view(), rows),
      flags: pick(Uint8Array, this.flags.view(), rows),
    };
  }
}

/** The rows that are still there; `undefined`: all are. */
function presentRows(gone: Uint8Array): Uint32Array | undefined {
  if (!gone.includes(1)) return undefined;
  const rows = new Uint32Array(gone.length);
  let count = 0;
  for (let row = 0; row < gone.length; row++) if (gone[row] === 0) rows[count++] = row;
  return rows.subarray(0, count);
}

function pick<A extends NumberArray>(make: Constructor<A>, values: A, rows: Uint32Array | undefined): A {
  if (rows === undefined) return values;
  const picked = shared(make, rows.length);
  for (let row = 0; row < rows.length; row++) picked[row] = values[at(rows, row)] ?? 0;
  return picked;
}
