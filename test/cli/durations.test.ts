import { describe, expect, test } from 'vitest';
import { parseSeconds, parseSecondsOrNever } from '../../src/cli/durations.ts';
import { parsePositive } from '../../src/cli/numbers.ts';
import { formatDuration } from '../../src/report/format.ts';

test.each([
  ['0', 0],
  ['0s', 0],
  ['90s', 90],
  ['45m', 2_700],
  ['1h', 3_600],
  ['1h30m', 5_400],
  ['1.5h', 5_400],
  ['7d', 604_800],
  ['2w', 1_209_600],
  ['168h', 604_800],
  ['0.5s', 1],
])('%s is %d seconds', (text, seconds) => {
  expect(parseSeconds('min-age', text)).toBe(seconds);
});

test.each([
  ['30', 'no unit'],
  ['1M', 'a month or a minute?'],
  ['1mo', 'months have no fixed length'],
  ['1y', 'nor have years'],
  ['-5d', 'a sign'],
  ['+5d', 'a sign'],
  ['5 d', 'a space'],
  ['1H', 'upper case'],
  ['100ms', 'finer than a second'],
  ['', 'nothing'],
  ['h', 'no number'],
  ['1h30', 'a rest without unit'],
  ['.5h', 'half a number'],
  ['1e3s', 'an exponent'],
  ['never', 'only where it is offered'],
  ['999999999w', 'longer than anything'],
])('%j is refused: %s', (text) => {
  expect(() => parseSeconds('min-age', text)).toThrow(
    expect.objectContaining({ code: 'usage', message: `--min-age: "${text}" is not a duration` }),
  );
});

test('never is no duration at all', () => {
  expect(parseSecondsOrNever('uploads-older-than', 'never')).toBeUndefined();
  expect(parseSecondsOrNever('uploads-older-than', '168h')).toBe(604_800);
});

test('what the report prints as a duration can be typed', () => {
  for (const seconds of [0, 1, 59, 60, 3_600, 5_400, 86_400, 90_000, 604_800]) {
    expect(parseSeconds('min-age', formatDuration(seconds))).toBe(seconds);
  }
});

describe('whole numbers', () => {
  test.each(['1', '10', '007'])('%s', (text) => {
    expect(parsePositive('top', text)).toBe(Number(text));
  });

  test.each(['0', '-1', '1.5', '1e3', 'ten', '', '99999999999999999999'])('%j is refused', (text) => {
    expect(() => parsePositive('top', text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
