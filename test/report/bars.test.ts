import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitCells } from '../../src/report/bars.ts';

test('a bar of three parts is as long as its share, and its parts are as near to theirs as cells can be', () => {
  const amount = fc.oneof(fc.nat(100), fc.integer({ min: 0, max: 2 ** 50 }));
  fc.assert(
    fc.property(fc.tuple(amount, amount, amount), amount, fc.integer({ min: 1, max: 60 }), (parts, more, width) => {
      const sum = parts[0] + parts[1] + parts[2];
      const cells = splitCells(parts, sum + more, width);
      const drawn = cells[0] + cells[1] + cells[2];
      if (sum === 0) expect(cells).toEqual([0, 0, 0]);
      else expect(drawn).toBe(Math.max(1, Math.round((sum / (sum + more)) * width)));
      for (const [part, count] of cells.entries()) {
        if (parts[part] === 0) expect(count).toBe(0);
        if (sum > 0) expect(Math.abs(count - ((parts[part] ?? 0) / sum) * drawn)).toBeLessThan(1);
      }
    }),
  );
});

test('what is more than there is fills the bar, and no more', () => {
  expect(splitCells([50, 50, 100], 100, 8)).toEqual([2, 2, 4]);
});
