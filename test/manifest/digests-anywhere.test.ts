import { describe, expect, test } from 'vitest';

import { digestsAnywhere } from '../../src/manifest/parse.ts';
import { bytesOf, digestOfText, DIGESTS, EVERY_FORM, schema2 } from './documents.ts';

describe('digestsAnywhere', () => {
  test.each(Object.entries(EVERY_FORM))('finds each digest of %s once', (_, document) => {
    const text = JSON.stringify(document);
    const named = new Set(Object.values(DIGESTS).filter((digest) => text.includes(digest)));
    const found = digestsAnywhere(bytesOf(document));
    expect(new Set(found)).toEqual(named);
    expect(found).toHaveLength(named.size);
  });

  test('in field names, in lists, inside other words, and behind escapes', () => {
    const digests = ['a', 'b', 'c', 'd'].map(digestOfText);
    const [a, b, c, d] = digests;
    const text = JSON.stringify({ [`${a}`]: [[b]], image: `docker.io/x@${c}` });
    const escaped = `{"\\u0064igest":"sha256\\u003a${d?.slice(7)}",${text.slice(1)}`;
    expect(new Set(digestsAnywhere(bytesOf(escaped)))).toEqual(new Set(digests));
  });

  test('of other algorithms only where a field says that it is a digest', () => {
    const document = { digest: 'blake3:00ff', image: 'registry:5000', list: ['linux:amd64'], blobSum: 'md5:00' };
    expect(digestsAnywhere(bytesOf(document))).toEqual(['blake3:00ff', 'md5:00']);
  });

  test('the first of two equal fields, which JSON.parse forgets', () => {
    const text = `{"layers":[{"digest":"${DIGESTS.base}"}],"layers":[{"digest":"${DIGESTS.app}"}]}`;
    expect(new Set(digestsAnywhere(bytesOf(text)))).toEqual(new Set([DIGESTS.base, DIGESTS.app]));
  });

  test('what is left of a truncated document, and of one that is no text', () => {
    const text = JSON.stringify(schema2);
    const cut = text.slice(0, text.indexOf(DIGESTS.app) + 20);
    expect(digestsAnywhere(bytesOf(cut))).toEqual([DIGESTS.config, DIGESTS.base]);
    const binary = Buffer.concat([Buffer.from([0xff, 0]), Buffer.from(DIGESTS.base), Buffer.from([0xfe])]);
    expect(digestsAnywhere(binary)).toEqual([DIGESTS.base]);
  });

  test.each(['', 'null', '[]', '3', '{}', `"${DIGESTS.base.toUpperCase()}"`, `"${DIGESTS.base.slice(0, 70)}"`])(
    'nothing in %j',
    (text) => {
      expect(digestsAnywhere(bytesOf(text))).toEqual([]);
    },
  );

  test('at the bottom of a hundred thousand levels', () => {
    const depth = 100_000;
    const deep = `${'{"a":['.repeat(depth)}"${DIGESTS.app}"${']}'.repeat(depth)}`;
    expect(digestsAnywhere(bytesOf(deep))).toEqual([DIGESTS.app]);
    expect(digestsAnywhere(bytesOf(deep.slice(0, -1)))).toEqual([DIGESTS.app]);
  });

  test('in six megabytes without delay', () => {
    const repeated = bytesOf(`sha256:${'a'.repeat(63)}`.repeat(90_000));
    const started = performance.now();
    expect(digestsAnywhere(repeated)).toEqual([]);
    expect(digestsAnywhere(Buffer.alloc(6 * 1024 * 1024, 'sha256:'))).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
