import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigestTable } from '../../src/inventory/digest-table.ts';
import { digestAlgorithm, type Digest } from '../../src/layout/digest.ts';
import { digestBytes } from '../support/content.ts';

const numbered = (number: number, algorithm: 'sha256' | 'sha384' | 'sha512' = 'sha256'): Digest =>
  digestBytes(Buffer.from(String(number)), algorithm);
const rawOf = (digest: Digest): Buffer => Buffer.from(digest.slice('sha256:'.length), 'hex');
const wordsOf = (digest: Digest): Uint32Array => new Uint32Array(new Uint8Array(rawOf(digest)).buffer);

const digests = fc.array(
  fc
    .tuple(fc.nat(400), fc.constantFrom('sha256' as const, 'sha256' as const, 'sha384' as const, 'sha512' as const))
    .map(([number, algorithm]) => numbered(number, algorithm)),
  { maxLength: 300 },
);

describe('a table of digests', () => {
  it('gives each digest one number, from 0 up in the order in which they come, whatever the seed', () => {
    fc.assert(
      fc.property(digests, fc.integer(), (given, seed) => {
        const table = new DigestTable(seed);
        const distinct = [...new Set(given)];
        expect(given.map((digest) => table.intern(digest))).toEqual(given.map((digest) => distinct.indexOf(digest)));
        expect(table.size).toBe(distinct.length);
        for (const [id, digest] of distinct.entries()) {
          expect([table.digest(id), table.find(digest)]).toEqual([digest, id]);
          expect(table.isSha256(id)).toBe(digest.startsWith('sha256:'));
          expect(table.algorithm(id)).toBe(digestAlgorithm(digest));
        }
        expect(table.find(numbered(401))).toBeUndefined();
        expect(table.find(numbered(401, 'sha512'))).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('goes on as it grows', () => {
    const table = new DigestTable();
    const many = Array.from({ length: 9000 }, (_, number) => numbered(number));
    const ids = many.map((digest) => table.intern(digest));
    expect(ids).toEqual(many.map((_, number) => number));
    expect(many.map((digest) => table.find(digest))).toEqual(ids);
    expect(many.map((digest) => table.intern(digest))).toEqual(ids);
    expect(ids.map((id) => table.digest(id))).toEqual(many);
    expect(Buffer.from(table.sha256(8999))).toEqual(rawOf(numbered(8999)));
  });

  it('takes raw words from any place in a packet for the digest that they spell', () => {
    const table = new DigestTable();
    for (const offset of [0, 1, 3, 4, 33]) {
      const words = wordsOf(numbered(offset));
      const id = table.internWords(Uint32Array.of(...new Uint32Array(offset).fill(7), ...words, 7), offset);
      expect(table.digest(id)).toBe(numbered(offset));
      expect(table.intern(numbered(offset))).toBe(id);
    }
    expect(table.size).toBe(5);
  });

  it('that was unpacked finds what it holds, and knows what it does not, of its own digests and of those of another', () => {
    const other = new DigestTable();
    for (const number of [7, 5, 9000]) other.intern(numbered(number));
    other.intern(numbered(1, 'sha512'));
    other.intern(numbered(2, 'sha512'));
    const packed = new DigestTable();
    const held = [...Array.from({ length: 5000 }, (_, number) => numbered(number)), numbered(1, 'sha512')];
    for (const digest of held) packed.intern(digest);
    const unpacked = (): DigestTable => DigestTable.unpack(packed.pack());
    expect(unpacked().find(numbered(4999))).toBe(4999);
    expect(unpacked().find(numbered(5000))).toBeUndefined();
    expect([0, 1, 2, 3, 4].map((id) => unpacked().findFrom(other, id))).toEqual([7, 5, undefined, 5000, undefined]);
    const table = unpacked();
    expect([0, 1, 2, 3, 4].map((id) => table.internFrom(other, id))).toEqual([7, 5, 5001, 5000, 5002]);
    expect([table.digest(5001), table.digest(5002)]).toEqual([numbered(9000), numbered(2, 'sha512')]);
  });

  it('that was unpacked goes on beside the one that it came from, though they share what was there', () => {
    // As many as there is room for, more and fewer: the memory is enlarged in place by whichever comes first.
    for (const size of [2047, 2048, 2049, 4096]) {
      const table = new DigestTable();
      for (let number = 0; number < size; number++) table.intern(numbered(number));
      const unpacked = DigestTable.unpack(table.pack());
      for (let more = 0; more < 5000; more++) {
        expect(unpacked.intern(numbered(10_000 + more))).toBe(size + more);
        expect(table.intern(numbered(20_000 + more))).toBe(size + more);
      }
      expect([unpacked.digest(size), table.digest(size)]).toEqual([numbered(10_000), numbered(20_000)]);
      expect([unpacked.digest(size + 4999), table.digest(size + 4999)]).toEqual([numbered(14_999), numbered(24_999)]);
      expect([unpacked.digest(size - 1), table.digest(size - 1)]).toEqual([numbered(size - 1), numbered(size - 1)]);
    }
  });

  it('tells digests apart that differ in one bit', () => {
    const table = new DigestTable();
    const raw = rawOf(numbered(0));
    const ids = new Set([table.intern(numbered(0))]);
    for (let bit = 0; bit < 256; bit++) {
      const other = Buffer.from(raw);
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      ids.add(table.internWords(new Uint32Array(new Uint8Array(other).buffer), 0));
    }
    expect(ids.size).toBe(257);
  });

  it('finds digests by how their hexadecimal begins, of every algorithm', () => {
    const table = new DigestTable();
    const all = [numbered(1), numbered(2), numbered(1, 'sha512')];
    for (const digest of all) table.intern(digest);
    for (const [id, digest] of all.entries()) {
      const hex = digest.slice(digest.indexOf(':') + 1);
      expect(table.withPrefix(hex)).toEqual([id]);
      expect(table.withPrefix(hex.slice(0, 12))).toEqual([id]);
    }
    expect(table.withPrefix('')).toHaveLength(3);
    expect(table.withPrefix('z')).toEqual([]);
  });

  it('knows no number that it did not give', () => {
    const table = new DigestTable();
    table.intern(numbered(0));
    expect(() => table.digest(1)).toThrow(RangeError);
  });
});
