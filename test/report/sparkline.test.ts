import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { styleFor } from '../../src/report/appearance.ts';
import { drawSparkline } from '../../src/report/sparkline.ts';

const unicode = styleFor({ width: 80, color: false, ascii: false });
const ascii = styleFor({ width: 80, color: false, ascii: true });

describe('a sparkline', () => {
  it('rises and falls with its values', () => {
    expect(drawSparkline([0, 1, 2, 3, 4, 5, 6, 7, 3], 20, unicode)).toBe('▁▂▃▄▅▆▇█▄');
    expect(drawSparkline([0, 1, 2, 3, 4, 5, 6, 7, 3], 20, ascii)).toBe('_.-=+*%#=');
  });

  it('is blank where there is no value', () => {
    expect(drawSparkline([null, 5, null, 9], 20, unicode)).toBe(' ▁ █');
    expect(drawSparkline([null, null], 20, unicode)).toBe('  ');
    expect(drawSparkline([], 20, unicode)).toBe('');
  });

  it('of one size stands in the middle', () => {
    expect(drawSparkline([7, 7, 7], 20, unicode)).toBe('▅▅▅');
  });

  it('has the last of several values where there are too many, and ends with the newest', () => {
    expect(drawSparkline([0, 9, 0, 9, 0, 0, 0, 9], 4, unicode)).toBe('██▁█');
    expect(drawSparkline([5, 1, null, null, 0, 3], 3, unicode)).toBe('▁ █');
    expect(drawSparkline([1, 2], 0, unicode)).toBe('');
  });
});

test('whatever the values, it is as wide as it may be, and only its lowest and highest are the lowest and highest', () => {
  const values = fc.array(fc.option(fc.integer({ min: -(2 ** 53), max: 2 ** 53 })), { maxLength: 120 });
  fc.assert(
    fc.property(values, fc.nat(40), (given, width) => {
      for (const style of [unicode, ascii]) {
        const line = Array.from(drawSparkline(given, width, style));
        expect(line).toHaveLength(Math.min(width, given.length));
        for (const character of line) expect([' ', ...style.levels]).toContain(character);
        const heights = line.map((character) => style.levels.indexOf(character));
        if (given.length > width) continue;
        for (const [a, x] of given.entries()) {
          for (const [b, y] of given.entries()) {
            if (x !== null && y !== null && x <= y) expect(heights[a]).toBeLessThanOrEqual(heights[b] ?? -1);
          }
        }
      }
    }),
  );
});
