import { describe, expect, test } from 'vitest';

import type { Manifest } from '../../src/manifest/model.ts';
import { parseManifest } from '../../src/manifest/parse.ts';
import {
  artifact,
  buildkitCache,
  bytesOf,
  digestOfText,
  DIGESTS,
  EVERY_FORM,
  manifestList,
  ociImage,
  ociIndex,
  schema1,
  schema2,
  unknown,
} from './documents.ts';

function parsed(document: unknown): Manifest {
  const result = parseManifest(bytesOf(document));
  if (!result.ok) throw new Error(result.message);
  return result.manifest;
}

/** `kind digest` of each reference. */
function references(document: unknown): string[] {
  return parsed(document).references.map(({ kind, digest }) => `${kind} ${digest}`);
}

function failure(document: unknown): string {
  const result = parseManifest(document instanceof Uint8Array ? document : bytesOf(document));
  return result.ok ? `ok, ${result.manifest.kind}` : result.failure;
}

describe('every form', () => {
  test('Docker schema 1 keeps duplicates and knows no sizes', () => {
    expect(parsed(schema1)).toEqual({
      kind: 'schema1',
      mediaType: 'application/vnd.docker.distribution.manifest.v1+json',
      references: [
        { kind: 'layer', digest: DIGESTS.app },
        { kind: 'layer', digest: DIGESTS.base },
        { kind: 'layer', digest: DIGESTS.base },
      ],
    });
  });

  test('Docker schema 1 with its signatures and media type', () => {
    const mediaType = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
    const signed = { ...schema1, mediaType, signatures: [{ header: {}, signature: 'x', protected: 'y' }] };
    expect(parsed(signed)).toMatchObject({ kind: 'schema1', mediaType });
  });

  test('Docker schema 2, a foreign layer among its layers', () => {
    expect(parsed(schema2)).toEqual({
      kind: 'image',
      mediaType: schema2.mediaType,
      references: [
        { kind: 'config', digest: DIGESTS.config, bytes: 7023, mediaType: schema2.config.mediaType },
        { kind: 'layer', digest: DIGESTS.base, bytes: 32654, mediaType: schema2.layers[0]?.mediaType },
        {
          kind: 'layer',
          digest: DIGESTS.app,
          bytes: 1_612_893_008,
          mediaType: schema2.layers[1]?.mediaType,
          foreign: true,
        },
      ],
    });
  });

  test('Docker manifest list, with platforms', () => {
    const manifest = parsed(manifestList);
    expect(manifest).toMatchObject({ kind: 'index', mediaType: manifestList.mediaType });
    expect(manifest.references).toEqual([
      {
        kind: 'child',
        digest: DIGESTS.amd64,
        bytes: 7143,
        mediaType: schema2.mediaType,
        platform: 'linux/amd64',
      },
      {
        kind: 'child',
        digest: DIGESTS.arm64,
        bytes: 7682,
        mediaType: schema2.mediaType,
        platform: 'linux/arm64/v8',
      },
    ]);
  });

  test('OCI image without mediaType: the subject is no reference, annotations are none', () => {
    const manifest = parsed(ociImage);
    expect(manifest).toMatchObject({
      kind: 'image',
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'application/vnd.example+type',
      subject: DIGESTS.subject,
    });
    expect(manifest.references.map(({ digest, foreign }) => [digest, foreign])).toEqual([
      [DIGESTS.config, undefined],
      [DIGESTS.base, undefined],
      [DIGESTS.app, true],
    ]);
  });

  test('OCI index with an attestation and a nested index', () => {
    expect(parsed(ociIndex).references.map(({ kind, digest, platform }) => [kind, digest, platform])).toEqual([
      ['child', DIGESTS.amd64, 'linux/amd64'],
      ['child', DIGESTS.attestation, 'unknown/unknown'],
      ['child', DIGESTS.arm64, undefined],
    ]);
  });

  test('BuildKit cache index: its entries are blobs', () => {
    expect(references(buildkitCache)).toEqual([`blob ${DIGESTS.base}`, `blob ${DIGESTS.cacheConfig}`]);
  });

  test('an index entry without media type, or of an unknown one, may be a manifest', () => {
    const manifests = [
      { digest: DIGESTS.amd64, size: 1 },
      { digest: DIGESTS.arm64, mediaType: 'x/y' },
    ];
    expect(references({ schemaVersion: 2, manifests })).toEqual([
      `candidate ${DIGESTS.amd64}`,
      `candidate ${DIGESTS.arm64}`,
    ]);
  });

  test('OCI artifact manifest', () => {
    expect(parsed(artifact)).toEqual({
      kind: 'artifact',
      mediaType: artifact.mediaType,
      artifactType: artifact.artifactType,
      subject: DIGESTS.subject,
      references: [{ kind: 'blob', digest: DIGESTS.sbom, bytes: 123, mediaType: 'application/gzip' }],
    });
  });

  test('an unknown media type keeps every digest but its subject', () => {
    const manifest = parsed(unknown);
    expect(manifest).toMatchObject({ kind: 'unknown', mediaType: unknown.mediaType, subject: DIGESTS.subject });
    expect(manifest.references).toEqual([
      { kind: 'candidate', digest: DIGESTS.sbom, bytes: 9, mediaType: 'application/tar' },
      { kind: 'candidate', digest: DIGESTS.amd64 },
      { kind: 'candidate', digest: DIGESTS.base },
      { kind: 'candidate', digest: DIGESTS.app },
    ]);
  });

  test('the subject of an unknown form is kept where something else names it, too', () => {
    const manifest = parsed({ ...unknown, also: { digest: DIGESTS.subject } });
    expect(manifest.subject).toBe(DIGESTS.subject);
    expect(manifest.references.map(({ digest }) => digest)).toContain(DIGESTS.subject);
    const annotated = parsed({
      ...unknown,
      subject: { ...unknown.subject, annotations: { of: digestOfText('other') } },
    });
    expect(annotated.references.map(({ digest }) => digest)).toContain(digestOfText('other'));
  });
});

describe('how the form is told', () => {
  const config = schema2.config;
  const layers = [{ digest: DIGESTS.base }];
  const manifests = [{ digest: DIGESTS.amd64 }];
  test.each([
    ['manifests make an index', { schemaVersion: 2, manifests, config, layers }, 'index'],
    ['an empty list is a list', { schemaVersion: 2, manifests: [], config, layers }, 'index'],
    ['null manifests make none', { schemaVersion: 2, manifests: null, config, layers }, 'image'],
    ['the media type comes first', { mediaType: schema2.mediaType, manifests, config, layers }, 'image'],
    ['an empty media type is none', { mediaType: '', schemaVersion: 2, manifests }, 'index'],
    ['a null media type is none', { mediaType: null, schemaVersion: 2, manifests }, 'index'],
    ['no schemaVersion is no matter', { config, layers }, 'image'],
    ['null layers are an empty list', { config, layers: null }, 'image'],
    ['absent layers are an empty list', { config }, 'image'],
    ['schema version 1', { schemaVersion: 1, name: 'a', fsLayers: [] }, 'schema1'],
    ['fsLayers alone', { fsLayers: [] }, 'schema1'],
    ['blobs alone', { blobs: [] }, 'artifact'],
    ['blobs that are no list', { blobs: 'x' }, 'unknown'],
    ['nothing', {}, 'unknown'],
    ['schemaVersion alone', { schemaVersion: 2 }, 'unknown'],
    ['a media type with parameters', { ...schema2, mediaType: `${schema2.mediaType}; charset=utf-8` }, 'unknown'],
  ])('%s', (_, document, kind) => {
    expect(parsed(document).kind).toBe(kind);
  });

  test('a document of two forms keeps the references of both', () => {
    const both = { ...schema2, manifests: ociIndex.manifests, blobs: artifact.blobs, fsLayers: schema1.fsLayers };
    const digests = references(both);
    for (const one of [schema2, { ...ociIndex }, artifact, schema1]) {
      for (const reference of references(one)) expect(digests).toContain(reference);
    }
  });

  test('what is wrong in the fields of another form harms nothing and hides nothing', () => {
    const mixed = {
      ...schema2,
      manifests: [null, 'x', { digest: 'x' }, { digest: DIGESTS.arm64 }],
      blobs: {},
      fsLayers: 7,
    };
    expect(references(mixed)).toEqual([...references(schema2), `candidate ${DIGESTS.arm64}`]);
  });
});

describe('descriptors', () => {
  const withLayer = (layer: unknown): unknown => ({ ...schema2, layers: [layer] });

  test.each([-1, 1.5, 2 ** 53, '12', null, 1e300])('the size %j is none', (size) => {
    expect(parsed(withLayer({ digest: DIGESTS.base, size })).references[1]).toEqual({
      kind: 'layer',
      digest: DIGESTS.base,
    });
  });

  test('zero and the largest safe integer are sizes', () => {
    const sizes = [0, Number.MAX_SAFE_INTEGER];
    const layers = sizes.map((size) => ({ digest: DIGESTS.base, size }));
    expect(
      parsed({ ...schema2, layers })
        .references.slice(1)
        .map(({ bytes }) => bytes),
    ).toEqual(sizes);
  });

  test('urls alone make a layer foreign, an empty list does not', () => {
    const layers = [
      { digest: DIGESTS.base, urls: ['https://x'] },
      { digest: DIGESTS.app, urls: [] },
    ];
    expect(parsed({ ...schema2, layers }).references.map(({ foreign }) => foreign)).toEqual([
      undefined,
      true,
      undefined,
    ]);
  });

  test.each([
    [null],
    ['linux/amd64'],
    [{ os: 'linux' }],
    [{ os: 'linux', architecture: '' }],
    [{ os: 1, architecture: 'x' }],
  ])('the platform %j is none', (platform) => {
    const [entry] = parsed({ manifests: [{ digest: DIGESTS.amd64, platform }] }).references;
    expect(entry).toEqual({ kind: 'candidate', digest: DIGESTS.amd64 });
  });

  test('a digest of any algorithm is one, and a config may be a layer', () => {
    const layers = [{ digest: `sha512:${'a'.repeat(128)}` }, { digest: 'blake3:00ff' }, schema2.config];
    expect(references({ ...schema2, layers }).slice(1)).toEqual([
      `layer sha512:${'a'.repeat(128)}`,
      'layer blake3:00ff',
      `layer ${DIGESTS.config}`,
    ]);
  });
});

describe('what is no manifest', () => {
  const text = JSON.stringify(schema2);

  test('nothing, and white space', () => {
    expect([failure(''), failure(' \n\t')]).toEqual(['truncated', 'truncated']);
  });

  test('every document cut anywhere is truncated', () => {
    for (const document of Object.values(EVERY_FORM)) {
      const whole = JSON.stringify({
        ...document,
        size: 1.5e-3,
        yes: true,
        no: null,
        escaped: '\u0001"\\',
        ключ: '€𝄞',
      });
      const bytes = Buffer.from(whole);
      for (let end = 0; end < bytes.length; end++) {
        expect([end, failure(bytes.subarray(0, end))]).toEqual([end, 'truncated']);
      }
      expect(failure(bytes)).toMatch(/^ok/);
    }
  });

  test.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '3'],
    ['a string', '"x"'],
    ['true', 'true'],
    ['text', 'not a manifest'],
    ['a complete document with more behind it', `${text}x`],
    ['two documents', `${text}${text}`],
    ['a byte order mark', `\ufeff${text}`],
    ['a tail of zero bytes', `${text.slice(0, 200)}${'\0'.repeat(100)}`],
    ['a bad escape', '{"a":"\\q"}'],
    ['HTML', '<html><body>502 Bad Gateway</body></html>'],
  ])('%s is unreadable', (_, document) => {
    expect(failure(document)).toBe('unreadable');
  });

  test('bytes that are not UTF-8 are unreadable, at the end of a whole document, too', () => {
    expect(failure(Buffer.from([0xff, 0xfe, 0x7b, 0x7d]))).toBe('unreadable');
    expect(failure(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0x80]), Buffer.from('"}')]))).toBe('unreadable');
    expect(failure(Buffer.concat([Buffer.from(text), Buffer.from([0xe2, 0x82])]))).toBe('unreadable');
    expect(failure(Buffer.from([0x80, 0x80, 0x80]))).toBe('unreadable');
  });

  test('a part of a larger buffer is read as that part alone', () => {
    const wide = Buffer.from(`xxx${text}xxx`);
    expect(failure(wide.subarray(3, -3))).toBe('ok, image');
  });

  const { mediaType } = ociIndex;
  const bad = 'sha256:abc';
  test.each([
    ['manifests that are no list', { schemaVersion: 2, manifests: 'oops' }],
    ['manifests that are an object', { mediaType, manifests: { 0: { digest: DIGESTS.amd64 } } }],
    ['an entry that is null', { mediaType, manifests: [null] }],
    ['an entry that is a list', { mediaType, manifests: [[DIGESTS.amd64]] }],
    ['an entry without digest', { mediaType, manifests: [{ size: 1 }] }],
    ['an entry with a bad digest', { mediaType, manifests: [{ digest: bad }] }],
    [
      'a good entry and one with upper-case hexadecimal',
      { ...schema2, layers: [schema2.config, { digest: `sha256:${'A'.repeat(64)}` }] },
    ],
    ['a digest with a newline', { ...schema2, layers: [{ digest: `${DIGESTS.base}\n` }] }],
    ['a digest that is no string', { ...schema2, layers: [{ digest: [DIGESTS.base] }] }],
    ['layers that are no list', { ...schema2, layers: {} }],
    ['an image without config', { ...schema2, config: undefined }],
    ['an image with a null config', { ...schema2, config: null }],
    ['a config with a bad digest', { ...schema2, config: { digest: bad } }],
    ['an image configuration', { architecture: 'amd64', config: { Env: [] }, rootfs: { type: 'layers' } }],
    ['fsLayers that are no list', { schemaVersion: 1, fsLayers: {} }],
    ['fsLayers without blobSum', { schemaVersion: 1, fsLayers: [{ digest: DIGESTS.base }] }],
    ['fsLayers of strings', { schemaVersion: 1, fsLayers: [DIGESTS.base] }],
    ['blobs of an artifact that are no list', { ...artifact, blobs: 'x' }],
    ['a subject with a bad digest', { ...ociImage, subject: { digest: bad } }],
    ['a subject that is a string', { ...ociImage, subject: DIGESTS.subject }],
    ['a media type that is no string', { ...schema2, mediaType: 2 }],
    ['a field that others would read as layers', { ...schema2, Layers: [{ digest: DIGESTS.app }] }],
    ['one spelled with a long s', { ...schema2, layerſ: [] }],
    ['and one in capitals', { ...schema2, MANIFESTſ: [] }],
    ['two digests in one descriptor', { ...schema2, layers: [{ digest: DIGESTS.base, Digest: DIGESTS.app }] }],
    ['two sums in one layer', { ...schema1, fsLayers: [{ blobSum: DIGESTS.base, blobsum: DIGESTS.app }] }],
  ])('%s: unreadable', (_, document) => {
    expect(failure(document)).toBe('unreadable');
  });
});

describe('hostile documents', () => {
  test('nested a hundred thousand levels deep', () => {
    const depth = 100_000;
    const deep = '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
    const lists = '['.repeat(depth) + `"${DIGESTS.app}"` + ']'.repeat(depth);
    expect(failure(deep)).toBe('ok, unknown');
    expect(failure(lists)).toBe('unreadable');
    expect(references(`{"mediaType":"x/y","a":${lists}}`)).toEqual([`candidate ${DIGESTS.app}`]);
    expect(failure(`{"schemaVersion":2,"manifests":${lists}}`)).toBe('unreadable');
    expect(failure('['.repeat(depth))).toBe('truncated');
  });

  test('names of the prototype are names like others', () => {
    const document = `{"__proto__":{"layers":[{"digest":"${DIGESTS.app}"}],"mediaType":"${schema2.mediaType}"},"constructor":1}`;
    expect(references(document)).toEqual([`candidate ${DIGESTS.app}`]);
    const image = JSON.stringify(schema2).replace('{', '{"__proto__":{"manifests":[]},"hasOwnProperty":null,');
    expect(references(image)).toEqual(references(schema2));
    expect(Object.prototype).not.toHaveProperty('manifests');
    const descriptor = `{"config":{"__proto__":{"digest":"${DIGESTS.config}"}}}`;
    expect(failure(descriptor)).toBe('unreadable');
  });

  test('a million descriptors', () => {
    const count = 1_000_000;
    const entry = `{"digest":"${DIGESTS.base}"}`;
    const layers = `[${`${entry},`.repeat(count - 1)}${entry}]`;
    expect(parsed(`{"config":${entry},"layers":${layers}}`).references).toHaveLength(count + 1);
    expect(parsed(`{"mediaType":"x/y","other":${layers}}`).references).toHaveLength(count);
  });

  test('six megabytes of anything', () => {
    const size = 6 * 1024 * 1024;
    expect(failure(Buffer.alloc(size))).toBe('unreadable');
    expect(failure(Buffer.alloc(size, ' '))).toBe('truncated');
    expect(failure(Buffer.alloc(size, '"'))).toBe('unreadable');
    expect(failure(Buffer.alloc(size, 0xc3))).toBe('unreadable');
    expect(references(JSON.stringify({ ...schema2, padding: 'x'.repeat(size) }))).toEqual(references(schema2));
  });
});
