/**
 * A column of short texts: all of them one after the other in UTF-8, and where each begins, so that a few can be read without
 * the others.
 */
import { unsignedAt } from '../shared/columns.ts';
import { damaged } from './damaged.ts';
import type { PackedColumns } from './packed-columns.ts';
import type { NamedBytes } from './pieces.ts';

/** The values that hold a column; `PackedTexts` finds them by its name. */
export function packTexts(name: string, texts: readonly string[]): readonly NamedBytes[] {
  const start = new Uint32Array(texts.length + 1);
  let bytes = 0;
  for (const [row, text] of texts.entries()) {
    bytes += Buffer.byteLength(text);
    start[row + 1] = bytes;
  }
  return [
    { name, data: Buffer.from(texts.join('')) },
    { name: startOf(name), data: new Uint8Array(start.buffer) },
  ];
}

/** Reads what `packTexts` made. Throws `index-foreign` where that is not what is there (`readIndexFile`). */
export class PackedTexts {
  constructor(
    private readonly columns: PackedColumns,
    private readonly name: string,
  ) {}

  all(): readonly string[] {
    const text = Buffer.from(this.columns.bytes(this.name).buffer);
    const start = this.columns.numbers(startOf(this.name), Uint32Array);
    const rows = start.length - 1;
    if (rows < 0 || start[0] !== 0 || start[rows] !== text.length) throw this.cutOff();
    return Array.from({ length: rows }, (_, row) =>
      text.toString('utf8', unsignedAt(start, row), this.end(unsignedAt(start, row), unsignedAt(start, row + 1))),
    );
  }

  /** Those of the given rows. */
  of(rows: Uint32Array): readonly string[] {
    const text = this.columns.paged(this.name, Uint8Array);
    const start = this.columns.paged(startOf(this.name), Uint32Array);
    return Array.from(rows, (row) => {
      const begin = start.at(row);
      const bytes = Buffer.alloc(this.end(begin, start.at(row + 1)) - begin);
      for (let place = 0; place < bytes.length; place++) bytes[place] = text.at(begin + place);
      return bytes.toString();
    });
  }

  private end(begin: number, end: number): number {
    if (end < begin) throw this.cutOff();
    return end;
  }

  private cutOff(): Error {
    return damaged(`${this.name} is cut off`);
  }
}

function startOf(name: string): string {
  return `${name}.start`;
}
