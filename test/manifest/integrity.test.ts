import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { digestOf, parseDigest, type Digest } from '../../src/layout/digest.ts';
import { matchesDigest } from '../../src/manifest/integrity.ts';

function digest(text: string): Digest {
  const parsed = parseDigest(text);
  if (parsed === undefined) throw new Error(`no digest: ${text}`);
  return parsed;
}

describe('matchesDigest', () => {
  test('knows the digests of nothing and of the empty descriptor', () => {
    const empty = digest('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    const braces = digest('sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
    expect(matchesDigest(new Uint8Array(), empty)).toBe(true);
    expect(matchesDigest(Buffer.from('{}'), braces)).toBe(true);
    expect(matchesDigest(Buffer.from('{}\n'), braces)).toBe(false);
  });

  test('reads a part of a buffer as that part alone', () => {
    const braces = digest('sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
    expect(matchesDigest(Buffer.from('xx{}xx').subarray(2, 4), braces)).toBe(true);
  });

  test.each(['sha256', 'sha384', 'sha512'])('%s of any bytes, and of no others', (algorithm) => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(), (bytes, at) => {
        const own = digestOf(algorithm, createHash(algorithm).update(bytes).digest('hex'));
        if (own === undefined) throw new Error('node:crypto made no digest');
        expect(matchesDigest(bytes, own)).toBe(true);
        if (bytes.length === 0) return;
        const other = Uint8Array.from(bytes, (byte, index) => (index === at % bytes.length ? byte ^ 1 : byte));
        expect(matchesDigest(other, own)).toBe(false);
      }),
    );
  });

  test('cannot say of algorithms that are not registered, even where node:crypto has them', () => {
    expect(matchesDigest(new Uint8Array(), digest('md5:d41d8cd98f00b204e9800998ecf8427e'))).toBeUndefined();
    expect(matchesDigest(new Uint8Array(), digest('blake3:00'))).toBeUndefined();
  });
});
