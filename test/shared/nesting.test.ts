import { describe, expect, test } from 'vitest';
import { nestsTooDeep } from '../../src/shared/nesting.ts';

describe('nestsTooDeep', () => {
  test.each([
    ['lists', '['.repeat(101)],
    ['maps, closed again', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['lists in lists on one line', `a:\n${'- '.repeat(150)}x`],
    ['indentation', `a:\n${' '.repeat(200)}x: 1`],
  ])('%s', (_what, text) => {
    expect(nestsTooDeep(text)).toBe(true);
  });

  test.each([
    ['a hundred levels', `${'['.repeat(100)}${']'.repeat(100)}`],
    ['many lists beside each other', '[1] {2}\n'.repeat(10_000)],
    ['long lines', `a: ${'x - '.repeat(10_000)}`],
    ['brackets that nothing opened', ']'.repeat(1000)],
  ])('not %s', (_what, text) => {
    expect(nestsTooDeep(text)).toBe(false);
  });
});
