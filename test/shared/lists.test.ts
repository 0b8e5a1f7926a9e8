import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { least } from '../../src/shared/lists.ts';

test('the least of a list are the first once it is sorted', () => {
  const compare = (a: number, b: number): number => a - b;
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 200 }), fc.integer({ min: 1, max: 12 }), (items, limit) => {
      expect(least(items, limit, compare)).toEqual(items.toSorted(compare).slice(0, limit));
    }),
  );
});
