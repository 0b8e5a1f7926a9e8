/**
 * An inventory as it lies in memory, beside the tables that SQL asks: read back row by row, an index takes as long to load as a
 * volume that is cached takes to scan. The large columns are each one value, all the rest is one value together.
 */
import type Database from 'better-sqlite3';
import { SHA256_WORDS, type DigestId, type PackedDigestTable } from '../inventory/digest-table.ts';
import { NONE, type Inventory } from '../inventory/inventory.ts';
import { parseDigest, type Digest } from '../layout/digest.ts';
import { at, flagAt, unsignedAt } from '../shared/columns.ts';
import { VERSION } from '../shared/version.ts';
import { damaged } from './damaged.ts';
import { packTexts, PackedTexts } from './packed-texts.ts';
import { PagedColumn } from './paged-column.ts';
import { Pieces, writePieces, type NamedBytes } from './pieces.ts';
import type { Into } from './rows.ts';

const TABLES = [
  'blobs',
  'revisions',
  'tags',
  'tagIndexEntries',
  'layerLinks',
  'signatureLinks',
  'manifests',
  'configs',
] as const;

/** Lists that each are one value: not all who read an index want them. */
const LISTS = ['words', 'emptyFolders'] as const;

/** What of an inventory is no large column and no such list. */
type Rest = Omit<Inventory, (typeof TABLES)[number] | (typeof LISTS)[number] | 'digests'>;

const BY_THEMSELVES: ReadonlySet<string> = new Set([...TABLES, ...LISTS, 'digests']);

/** Numbers lie in the order of bytes of the machine that wrote them: this one tells which that is. */
const ORDER = Uint32Array.of(0x01020304);
const ORDER_NAME = 'order';
const PROGRAM_NAME = 'program';

/** Writes values into the table `packed_column`. */
export function fillPieces(into: Into, values: readonly NamedBytes[]): void {
  const column = into('packed_column', 'name', 'piece', 'data', 'sha256');
  for (const value of values) writePieces(column, value);
  column.finish();
}

/** Writes an inventory into the table `packed_column`. */
export function fillPackedColumns(into: Into, inventory: Inventory): void {
  const values: NamedBytes[] = [];
  const add = (name: string, { buffer, byteOffset, byteLength }: ArrayBufferView): void => {
    values.push({ name, data: new Uint8Array(buffer, byteOffset, byteLength) });
  };
  const addText = (name: string, value: unknown): void => add(name, Buffer.from(JSON.stringify(value)));
  add(ORDER_NAME, ORDER);
  add(PROGRAM_NAME, Buffer.from(VERSION));
  const { words, others } = inventory.digests.pack();
  add('digests.words', words);
  addText('digests.others', others);
  for (const list of LISTS) addText(list, inventory[list]);
  values.push(...packTexts('tags.name', inventory.tags.name));
  for (const table of TABLES) {
    for (const [name, values] of Object.entries(inventory[table])) {
      if (ArrayBuffer.isView(values)) add(`${table}.${name}`, values);
    }
  }
  addText('rest', Object.fromEntries(Object.entries(inventory).filter(([name]) => !BY_THEMSELVES.has(name))));
  fillPieces(into, values);
}

type Constructor<A> = (new (buffer: ArrayBuffer) => A) & { readonly BYTES_PER_ELEMENT: number };

/** Reads what `fillPackedColumns` wrote. Throws `index-foreign` where that is not what is there (`readIndexFile`). */
export class PackedColumns {
  private readonly pieces: Pieces;

  constructor(database: Database.Database) {
    this.pieces = new Pieces(database);
    if (this.numbers(ORDER_NAME, Uint32Array)[0] !== ORDER[0]) {
      throw damaged('a machine with another order of bytes wrote it');
    }
  }

  digests(): PackedDigestTable {
    const words = this.numbers('digests.words', Uint32Array);
    const size = words.length / SHA256_WORDS;
    if (!Number.isInteger(size)) throw damaged('a digest is cut off');
    return { size, words, others: this.otherDigests(size) };
  }

  /** Those digests that are not of sha256, with their ids, which are below `size`. */
  otherDigests(size: number): PackedDigestTable['others'] {
    return this.list('digests.others').map((other): readonly [DigestId, Digest] => {
      const [id, text] = Array.isArray(other) ? (other as readonly unknown[]) : [];
      const digest = typeof text === 'string' ? parseDigest(text) : undefined;
      if (typeof id !== 'number' || !(id < size) || digest === undefined) throw damaged('a digest is none');
      return [id, digest];
    });
  }

  /** Whether this version of the program wrote it: another may have seen less in a document. */
  get isOfThisProgram(): boolean {
    return this.text(PROGRAM_NAME) === VERSION;
  }

  rest(): Rest {
    return JSON.parse(this.text('rest')) as Rest;
  }

  /** The columns of a table, all of one length, be it given or not. */
  table(name: (typeof TABLES)[number], length?: number): PackedTable {
    return new PackedTable(this, name, length);
  }

  words(): readonly string[] {
    return this.list('words').map((word) => {
      if (typeof word !== 'string') throw damaged('a word is no text');
      return word;
    });
  }

  emptyFolders(): Inventory['emptyFolders'] {
    return this.list('emptyFolders') as Inventory['emptyFolders'];
  }

  tagNames(): PackedTexts {
    return new PackedTexts(this, 'tags.name');
  }

  numbers<A>(name: string, make: Constructor<A>): A {
    const { buffer, byteLength } = this.bytes(name);
    if (byteLength % make.BYTES_PER_ELEMENT !== 0) throw damaged(`${name} is cut off`);
    return new make(buffer);
  }

  bytes(name: string): Uint8Array<ArrayBuffer> {
    return this.pieces.read(name);
  }

  /** The bytes of a value; `undefined` where there is none of that name. */
  find(name: string): Uint8Array | undefined {
    return this.pieces.find(name);
  }

  /** A column of which little is wanted; what it holds is checked by whoever takes it. */
  paged<A extends Uint8Array | Uint32Array | Int32Array | Float64Array>(
    name: string,
    make: Constructor<A>,
  ): PagedColumn<A> {
    return new PagedColumn(this.pieces, name, make);
  }

  private list(name: string): readonly unknown[] {
    const list: unknown = JSON.parse(this.text(name));
    if (!Array.isArray(list)) throw damaged(`${name} is no list`);
    return list;
  }

  /** Text in UTF-8. */
  text(name: string): string {
    return Buffer.from(this.bytes(name).buffer).toString();
  }
}

/** The columns of one table. Ids are checked once, here: whoever follows them later finds what they name. */
export class PackedTable {
  constructor(
    private readonly columns: PackedColumns,
    private readonly name: string,
    private length: number | undefined,
  ) {}

  /** Epoch milliseconds or bytes; NaN where they are not known. */
  numbers(column: string): Float64Array {
    return this.sameLength(column, this.columns.numbers(this.nameOf(column), Float64Array));
  }

  /** Flags, or codes that are below `bound`. */
  bytes(column: string, bound = 0x100): Uint8Array {
    const values = this.columns.numbers(this.nameOf(column), Uint8Array);
    if (bound <= 0xff) {
      for (let row = 0; row < values.length; row++) this.checkBelow(column, flagAt(values, row), bound);
    }
    return this.sameLength(column, values);
  }

  /** Ids below `bound`. */
  ids(column: string, bound: number): Uint32Array {
    const values = this.columns.numbers(this.nameOf(column), Uint32Array);
    for (let row = 0; row < values.length; row++) this.checkBelow(column, unsignedAt(values, row), bound);
    return this.sameLength(column, values);
  }

  /** Ids below `bound`, or `NONE`. */
  idsOrNone(column: string, bound: number): Int32Array {
    const values = this.columns.numbers(this.nameOf(column), Int32Array);
    for (let row = 0; row < values.length; row++) {
      const value = at(values, row);
      if (value < NONE || value >= bound) throw this.outOfBounds(column, value, bound);
    }
    return this.sameLength(column, values);
  }

  /** Where the rows of each owner begin, and where the last ones end: 0 … `rows`. One longer than the owners are. */
  starts(column: string, rows: number): Uint32Array {
    const values = this.columns.numbers(this.nameOf(column), Uint32Array);
    let before = 0;
    for (const value of values) {
      if (value < before) throw damaged(`${this.nameOf(column)} goes back`);
      before = value;
    }
    if (values[0] !== 0 || before !== rows) throw damaged(`${this.nameOf(column)} does not begin or end with its rows`);
    return this.sameLength(column, values);
  }

  private sameLength<A extends { readonly length: number }>(column: string, values: A): A {
    this.length ??= values.length;
    if (values.length !== this.length) throw damaged(`${this.nameOf(column)} has another length than its table`);
    return values;
  }

  private checkBelow(column: string, value: number, bound: number): void {
    if (value >= bound) throw this.outOfBounds(column, value, bound);
  }

  private outOfBounds(column: string, value: number, bound: number): Error {
    return damaged(`${this.nameOf(column)} holds ${value}, and there are ${bound}`);
  }

  private nameOf(column: string): string {
    return `${this.name}.${column}`;
  }
}
