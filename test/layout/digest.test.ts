import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  digestAlgorithm,
  digestHex,
  digestOf,
  digestsInText,
  isAlgorithm,
  isRegisteredAlgorithm,
  parseDigest,
} from '../../src/layout/digest.ts';

const EMPTY = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('parseDigest', () => {
  test.each([
    EMPTY,
    `sha384:${'a'.repeat(96)}`,
    `sha512:${'0'.repeat(128)}`,
    'blake3:00ff',
    'sha256+b64u:LCa0a2j_xo-5m0U',
  ])('takes %s', (text) => {
    expect(parseDigest(text)).toBe(text);
  });

  test.each([
    ['nothing', ''],
    ['a newline behind it', `${EMPTY}\n`],
    ['upper-case hexadecimal', EMPTY.toUpperCase().replace('SHA256', 'sha256')],
    ['a digit less', EMPTY.slice(0, -1)],
    ['a digit more', `${EMPTY}0`],
    ['no algorithm', EMPTY.slice(6)],
    ['a path in it', 'sha256:../../../etc'],
    ['a semicolon in the algorithm', 'sha256;x:00'],
    ['more than 512 characters', `blake3:${'0'.repeat(600)}`],
  ])('refuses %s', (_, text) => {
    expect(parseDigest(text)).toBeUndefined();
  });

  test('comes apart and together again', () => {
    const digest = digestOf('sha256', EMPTY.slice(7));
    expect(digest).toBe(EMPTY);
    if (digest === undefined) return;
    expect([digestAlgorithm(digest), digestHex(digest)]).toEqual(['sha256', EMPTY.slice(7)]);
  });
});

describe('digestsInText', () => {
  test('finds digests alone, inside other words, and twice', () => {
    const other = `sha512:${'1'.repeat(128)}`;
    expect(digestsInText(`${EMPTY} docker.io/library/x@${other}, ${EMPTY}`)).toEqual([EMPTY, other, EMPTY]);
  });

  test('takes no part of something longer for a digest', () => {
    expect(digestsInText(`${EMPTY}0 sha256:${'0'.repeat(63)} md5:${'0'.repeat(32)}`)).toEqual([]);
  });

  test('finds whatever is embedded in any text that does not continue it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(digestsInText(`${before}${EMPTY} ${after}`)).toContain(EMPTY);
      }),
    );
  });

  test('is linear in hostile text', () => {
    const text = `sha256:${'a'.repeat(63)} `.repeat(60_000);
    expect(digestsInText(text)).toEqual([]);
    expect(digestsInText('sha256:'.repeat(600_000))).toEqual([]);
  });
});

test('an algorithm is what may stand before the colon', () => {
  expect(['sha256', 'sha256+b64u', 'a.b', 'a_b', 'a-b'].filter(isAlgorithm)).toHaveLength(5);
  expect(['', 'SHA256', '+a', 'a+', 'a;b', 'a/b', 'a++b', '.trash', 'a'.repeat(600)].filter(isAlgorithm)).toEqual([]);
  expect(['sha256', 'sha384', 'sha512', 'blake3', 'md5'].filter(isRegisteredAlgorithm)).toHaveLength(3);
});
