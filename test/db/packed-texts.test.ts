import fc from 'fast-check';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { BulkInsert } from '../../src/db/bulk-insert.ts';
import { fillPieces, PackedColumns } from '../../src/db/packed-columns.ts';
import { packTexts, PackedTexts } from '../../src/db/packed-texts.ts';
import type { NamedBytes } from '../../src/db/pieces.ts';
import { TABLES } from '../../src/db/schema.ts';

const ORDER: NamedBytes = { name: 'order', data: new Uint8Array(Uint32Array.of(0x01020304).buffer) };

function packed(...values: readonly NamedBytes[]): PackedTexts {
  const database = new Database(':memory:');
  database.exec(TABLES.find(({ name }) => name === 'packed_column')?.sql ?? '');
  fillPieces((name, ...columns) => new BulkInsert(database, name, columns), [ORDER, ...values]);
  return new PackedTexts(new PackedColumns(database), 'names');
}

test('texts of any characters and length come back, all of them or a few', () => {
  const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { maxLength: 40 });
  fc.assert(
    fc.property(texts, fc.array(fc.nat(39)), (given, rows) => {
      const read = packed(...packTexts('names', given));
      expect(read.all()).toEqual(given);
      const there = Uint32Array.from(rows.filter((row) => row < given.length));
      expect(read.of(there)).toEqual(Array.from(there, (row) => given[row]));
    }),
    { numRuns: 50 },
  );
});

test('a text may lie in two pieces', () => {
  const given = ['a'.repeat(0xffff), 'überall', 'b'];
  expect(packed(...packTexts('names', given)).of(Uint32Array.of(1, 2))).toEqual(['überall', 'b']);
});

test.each([
  ['the texts are too short', 'ab', [0, 1, 3]],
  ['the texts are too long', 'abcd', [0, 1, 3]],
  ['one ends before it begins', 'abc', [0, 2, 1, 3]],
  ['nothing says where they begin', 'abc', []],
] as const)('where %s, the index is refused', (_case, text, start) => {
  const read = packed(
    { name: 'names', data: Buffer.from(text) },
    { name: 'names.start', data: new Uint8Array(Uint32Array.from(start).buffer) },
  );
  expect(() => read.all()).toThrow(expect.objectContaining({ code: 'index-foreign' }));
});
