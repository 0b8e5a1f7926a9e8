import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { digestsAnywhere, parseManifest } from '../../src/manifest/parse.ts';
import { bytesOf, EVERY_FORM } from './documents.ts';

const digest = fc.oneof(
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => `sha256:${Buffer.from(bytes).toString('hex')}`),
  fc.uint8Array({ minLength: 64, maxLength: 64 }).map((bytes) => `sha512:${Buffer.from(bytes).toString('hex')}`),
  fc
    .stringMatching(/^[a-z0-9]{1,5}(\+[a-z]{1,3})?:[a-zA-Z0-9=_-]{1,20}$/)
    .filter((text) => !/^sha(?:256|384|512):/.test(text)),
);
const mediaType = fc.constantFrom(
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.buildkit.cacheconfig.v0',
  'text/plain',
  '',
);
const descriptor = fc.record(
  {
    digest,
    size: fc.nat(),
    mediaType,
    urls: fc.array(fc.webUrl(), { maxLength: 1 }),
    platform: fc.jsonValue(),
    data: fc.string(),
  },
  { requiredKeys: ['digest'] },
);
const descriptors = fc.array(descriptor, { maxLength: 8 });

type Named = { readonly digest: string } | { readonly blobSum: string };

interface Generated {
  readonly document: object;
  readonly named: readonly string[];
}

function generated(fields: object, ...lists: readonly (readonly Named[])[]): Generated {
  const named = lists.flat().map((entry) => ('digest' in entry ? entry.digest : entry.blobSum));
  return { document: fields, named };
}

const manifest: fc.Arbitrary<Generated> = fc.oneof(
  fc
    .tuple(descriptor, descriptors)
    .map(([config, layers]) => generated({ schemaVersion: 2, config, layers }, [config], layers)),
  descriptors.map((manifests) => generated({ schemaVersion: 2, manifests }, manifests)),
  descriptors.map((blobs) => generated({ mediaType: 'application/vnd.oci.artifact.manifest.v1+json', blobs }, blobs)),
  fc
    .array(fc.record({ blobSum: digest }))
    .map((fsLayers) => generated({ schemaVersion: 1, name: 'x', tag: 'y', fsLayers }, fsLayers)),
  fc
    .tuple(fc.stringMatching(/^[a-z_]{1,12}$/), descriptors)
    .map(([name, list]) => generated({ mediaType: 'application/vnd.example.new+json', [name]: { list } }, list)),
);

/** Any JSON with a manifest's own field names in it, so that the interesting branches are met. */
const nearManifest = fc.dictionary(
  fc.oneof(
    fc.constantFrom('mediaType', 'config', 'layers', 'manifests', 'blobs', 'fsLayers', 'subject', 'schemaVersion'),
    fc.constantFrom('__proto__', 'Layers', 'artifactType'),
  ),
  fc.oneof(fc.jsonValue(), descriptor, descriptors, mediaType, fc.constant(1)),
);

describe('properties', () => {
  test('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(parseManifest(bytes)).toHaveProperty('ok');
        expect(digestsAnywhere(bytes)).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  test('every digest of a generated manifest is listed, in the order of the document', () => {
    fc.assert(
      fc.property(manifest, ({ document, named }) => {
        const result = parseManifest(bytesOf(document));
        expect(result.ok && result.manifest.references.map((reference) => reference.digest)).toEqual(named);
      }),
      { numRuns: 2000 },
    );
  });

  test('whatever parses has its references and its subject among the digests found anywhere', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          nearManifest,
          fc.jsonValue(),
          manifest.map(({ document }) => document),
        ),
        (document) => {
          const bytes = bytesOf(JSON.stringify(document));
          const found = new Set(digestsAnywhere(bytes));
          const result = parseManifest(bytes);
          if (!result.ok) return;
          for (const reference of result.manifest.references) expect(found).toContain(reference.digest);
          if (result.manifest.subject !== undefined) expect(found).toContain(result.manifest.subject);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('a byte changed anywhere in a real document never throws', () => {
    const documents = Object.values(EVERY_FORM).map((document) => Buffer.from(JSON.stringify(document)));
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.nat(), fc.nat(255), (document, at, byte) => {
        const changed = Buffer.from(document);
        changed[at % changed.length] = byte;
        expect(parseManifest(changed)).toHaveProperty('ok');
        expect(digestsAnywhere(changed).length).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });
});
