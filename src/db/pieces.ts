/**
 * Values of regsweep's own in an index, each in pieces of one size, with a sum each: so that whoever needs a little of a large
 * column can read, and check, the pieces that it lies in.
 */
import { hash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { BulkInsert } from './bulk-insert.ts';
import { damaged } from './damaged.ts';

/** Bytes of every piece but the last of a value, which has fewer, be it none: so that no end can be missing unseen. */
export const PIECE_BYTES = 0x10000;

/** A value that is to be written. */
export interface NamedBytes {
  readonly name: string;
  readonly data: Uint8Array;
}

/** Writes a value into an open `packed_column` (name, piece, data, sha256). */
export function writePieces(column: BulkInsert, { name, data }: NamedBytes): void {
  const pieces = Math.floor(data.length / PIECE_BYTES);
  for (let piece = 0; piece <= pieces; piece++) {
    const part = data.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES);
    column.add(name, piece, part, sha256(part));
  }
}

interface PieceRow {
  readonly piece: number;
  readonly data: Buffer;
  readonly sha256: Buffer;
}

/** Reads what `writePieces` wrote. Throws `index-foreign` where that is not what is there (`readIndexFile`). */
export class Pieces {
  private readonly all: Database.Statement<[string], PieceRow>;
  private readonly one: Database.Statement<[string, number], PieceRow>;

  constructor(database: Database.Database) {
    const sql = 'SELECT piece, data, sha256 FROM packed_column WHERE name = ? ORDER BY piece';
    this.all = database.prepare(sql);
    this.one = database.prepare('SELECT piece, data, sha256 FROM packed_column WHERE name = ? AND piece = ?');
  }

  /** One piece, in memory of its own. Throws `index-foreign` where there is none. */
  piece(name: string, piece: number): Uint8Array<ArrayBuffer> {
    const row = this.one.get(name, piece);
    if (row === undefined) throw damaged(`${name} has a gap`);
    return new Uint8Array(checked(name, row));
  }

  /** A whole value, in memory of its own; `undefined` where there is none of that name. */
  find(name: string): Uint8Array<ArrayBuffer> | undefined {
    const rows = this.all.all(name);
    if (rows.length === 0) return undefined;
    const whole = new Uint8Array(rows.reduce((sum, { data }) => sum + data.length, 0));
    for (const [place, row] of rows.entries()) {
      const isLast = place === rows.length - 1;
      if (row.piece !== place || row.data.length < PIECE_BYTES !== isLast) throw damaged(`${name} has a gap`);
      whole.set(checked(name, row), place * PIECE_BYTES);
    }
    return whole;
  }

  /** As `find`; throws `index-foreign` where there is none. */
  read(name: string): Uint8Array<ArrayBuffer> {
    const value = this.find(name);
    if (value === undefined) throw damaged(`${name} is missing`);
    return value;
  }
}

function checked(name: string, row: PieceRow): Uint8Array {
  // A bit that fell would be a reference that nobody made, or none where one was: blobs go by these values.
  if (!sha256(row.data).equals(row.sha256)) throw damaged(`${name} is not what was written`);
  return row.data;
}

function sha256(data: Uint8Array): Buffer {
  return hash('sha256', data, 'buffer');
}
