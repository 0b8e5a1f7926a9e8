import { expect, test } from 'vitest';
import { shortDigest } from '../../src/shared/short-digest.ts';

test('a short digest is its algorithm and its first twelve digits', () => {
  expect(shortDigest(`sha256:e3b0c44298fc${'1'.repeat(52)}`)).toBe('sha256:e3b0c44298fc');
  expect(shortDigest(`sha512:${'a'.repeat(128)}`)).toBe('sha512:aaaaaaaaaaaa');
});
