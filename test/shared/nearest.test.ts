import { expect, test } from 'vitest';
import { nearestName } from '../../src/shared/nearest.ts';

test.each([
  ['a letter less', 'latst', 'latest'],
  ['a letter more', 'latestt', 'latest'],
  ['another letter', 'v1.O', 'v1.0'],
  ['letters that changed places', 'satble', 'stable'],
])('%s: the name that was meant', (_slip, word, meant) => {
  expect(nearestName(word, ['v1.0', 'latest', 'stable', 'x'])).toBe(meant);
});

test('the fewest edits win, the first among equals', () => {
  expect(nearestName('v1.2', ['v1.34', 'v1.3', 'v1.1'])).toBe('v1.3');
});

test('where all names are too far off, none was meant', () => {
  expect(nearestName('production', ['development', 'staging'])).toBeUndefined();
  expect(nearestName('a', ['b'])).toBeUndefined();
});
