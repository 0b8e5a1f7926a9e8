import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Column, enlarged, groupRows } from '../../src/shared/columns.ts';

function contentOf(column: Column<Float64Array>): readonly number[] {
  return Array.from({ length: column.length }, (_, index) => column.at(index));
}

describe('a column', () => {
  it('holds what a list would hold after the same calls', () => {
    const call = fc.oneof(
      fc.record({ what: fc.constant('push' as const), value: fc.double(), place: fc.constant(0) }),
      fc.record({ what: fc.constant('extend' as const), value: fc.double(), place: fc.nat(900) }),
      fc.record({ what: fc.constant('set' as const), value: fc.double(), place: fc.nat(900) }),
    );
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
        const column = new Column(Float64Array);
        const list: number[] = [];
        for (const { what, value, place } of calls) {
          if (what === 'push') column.push(value);
          else if (what === 'extend') column.extend(place, value);
          else if (place < list.length) column.set(place, value);
          else expect(() => column.set(place, value)).toThrow(RangeError);
          if (what === 'push') list.push(value);
          else if (what === 'extend') while (list.length < place) list.push(value);
          else if (place < list.length) list[place] = value;
        }
        expect(contentOf(column)).toEqual(list);
        expect(() => column.at(list.length)).toThrow(RangeError);
      }),
    );
  });

  it('keeps what was pushed as it grows', () => {
    const column = new Column(Float64Array);
    const values = Array.from({ length: 5000 }, (_, index) => index / 3);
    for (const value of values) column.push(value);
    expect(contentOf(column)).toEqual(values);
  });

  it('keeps what was pushed where it outgrows the addresses that were set aside for it', () => {
    const column = new Column(Uint8Array);
    column.push(1);
    column.extend(0x4000000, 2);
    column.push(3);
    expect([column.at(0), column.at(1), column.at(0x3ffffff), column.at(0x4000000)]).toEqual([1, 2, 2, 3]);
  });

  it('is not changed by what grows out of a view of it', () => {
    const column = new Column(Uint32Array);
    for (let value = 0; value < 1000; value++) column.push(value);
    const other = enlarged(column.view(), Uint32Array, 5000).fill(7);
    for (let value = 1000; value < 5000; value++) column.push(value);
    expect(other[0]).toBe(7);
    expect(column.view()).toEqual(Uint32Array.from({ length: 5000 }, (_, value) => value));
  });

  it('cannot be asked before its beginning', () => {
    const column = new Column(Uint32Array);
    column.push(1);
    expect(() => column.at(-1)).toThrow(RangeError);
  });
});

describe('rows by owner', () => {
  it('are those of the owner, in the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 80 }), (owners) => {
        const { start, order } = groupRows(Uint32Array.from(owners), 10);
        for (let owner = 0; owner < 10; owner++) {
          const rows = owners.flatMap((of, row) => (of === owner ? [row] : []));
          expect([...order.subarray(start[owner], start[owner + 1])]).toEqual(rows);
        }
        expect(order).toHaveLength(owners.length);
      }),
    );
  });
});
