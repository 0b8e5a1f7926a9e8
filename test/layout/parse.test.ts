import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { digestOf, type Digest } from '../../src/layout/digest.ts';
import { parseRepositoryName, parseTagName } from '../../src/layout/names.ts';
import { isTemporaryFileName, parsePath, type Place } from '../../src/layout/parse.ts';
import {
  blobData,
  layerLink,
  pathOf,
  revisionLink,
  signatureLink,
  tagCurrentLink,
  tagIndexEntryLink,
  uploadFolder,
} from '../../src/layout/paths.ts';

const HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const HEX512 = HEX.repeat(2);
const UUID = '0b5e8f3c-3a0c-4b52-9a2e-2f9f0e6a1d11';

function digest(algorithm: string, encoded: string): Digest {
  const made = digestOf(algorithm, encoded);
  if (made === undefined) throw new Error(`no digest: ${algorithm}:${encoded}`);
  return made;
}

const D = digest('sha256', HEX);
const D512 = digest('sha512', HEX512);

function inRepository(repository: string): { repository: string; legalName: ReturnType<typeof parseRepositoryName> } {
  return { repository, legalName: parseRepositoryName(repository) };
}

describe('every path of the tree', () => {
  const app = inRepository('team/app');
  const tag = { ...app, tag: 'v1', legalTag: parseTagName('v1') };
  const upload = { ...app, upload: UUID };
  const base = 'repositories/team/app';
  const revision = `${base}/_manifests/revisions/sha256/${HEX}`;
  const cases: [string, Place][] = [
    ['', { kind: 'layout' }],
    ['repositories', { kind: 'repositories-folder' }],
    ['repositories/team', { kind: 'repository-folder', ...inRepository('team') }],
    [base, { kind: 'repository-folder', ...app }],
    [`${base}/_manifests`, { kind: 'manifests-folder', ...app }],
    [`${base}/_manifests/revisions`, { kind: 'revisions-folder', ...app }],
    [`${base}/_manifests/revisions/sha256`, { kind: 'revisions-algorithm-folder', ...app, algorithm: 'sha256' }],
    [revision, { kind: 'revision-folder', ...app, digest: D }],
    [`${revision}/link`, { kind: 'revision-link', ...app, digest: D }],
    [`${revision}/signatures`, { kind: 'signatures-folder', ...app, digest: D }],
    [`${revision}/signatures/sha512`, { kind: 'signatures-algorithm-folder', ...app, digest: D, algorithm: 'sha512' }],
    [`${revision}/signatures/sha512/${HEX512}`, { kind: 'signature-folder', ...app, digest: D, signature: D512 }],
    [`${revision}/signatures/sha512/${HEX512}/link`, { kind: 'signature-link', ...app, digest: D, signature: D512 }],
    [`${base}/_manifests/tags`, { kind: 'tags-folder', ...app }],
    [`${base}/_manifests/tags/v1`, { kind: 'tag-folder', ...tag }],
    [`${base}/_manifests/tags/v1/current`, { kind: 'tag-current-folder', ...tag }],
    [`${base}/_manifests/tags/v1/current/link`, { kind: 'tag-current-link', ...tag }],
    [`${base}/_manifests/tags/v1/index`, { kind: 'tag-index-folder', ...tag }],
    [`${base}/_manifests/tags/v1/index/sha256`, { kind: 'tag-index-algorithm-folder', ...tag, algorithm: 'sha256' }],
    [`${base}/_manifests/tags/v1/index/sha256/${HEX}`, { kind: 'tag-index-entry-folder', ...tag, digest: D }],
    [`${base}/_manifests/tags/v1/index/sha256/${HEX}/link`, { kind: 'tag-index-entry-link', ...tag, digest: D }],
    [`${base}/_layers`, { kind: 'layers-folder', ...app }],
    [`${base}/_layers/sha512`, { kind: 'layers-algorithm-folder', ...app, algorithm: 'sha512' }],
    [`${base}/_layers/sha512/${HEX512}`, { kind: 'layer-folder', ...app, digest: D512 }],
    [`${base}/_layers/sha512/${HEX512}/link`, { kind: 'layer-link', ...app, digest: D512 }],
    [`${base}/_uploads`, { kind: 'uploads-folder', ...app }],
    [`${base}/_uploads/${UUID}`, { kind: 'upload-folder', ...upload }],
    [`${base}/_uploads/${UUID}/startedat`, { kind: 'upload-startedat', ...upload }],
    [`${base}/_uploads/${UUID}/data`, { kind: 'upload-data', ...upload }],
    [`${base}/_uploads/${UUID}/hashstates`, { kind: 'hashstates-folder', ...upload }],
    [
      `${base}/_uploads/${UUID}/hashstates/sha256`,
      { kind: 'hashstates-algorithm-folder', ...upload, algorithm: 'sha256' },
    ],
    [
      `${base}/_uploads/${UUID}/hashstates/sha256/0`,
      { kind: 'hashstate', ...upload, algorithm: 'sha256', offset: '0' },
    ],
    ['blobs', { kind: 'blobs-folder' }],
    ['blobs/sha256', { kind: 'blobs-algorithm-folder', algorithm: 'sha256' }],
    ['blobs/sha256/e3', { kind: 'blobs-prefix-folder', algorithm: 'sha256', prefix: 'e3' }],
    [`blobs/sha256/e3/${HEX}`, { kind: 'blob-folder', digest: D }],
    [`blobs/sha256/e3/${HEX}/data`, { kind: 'blob-data', digest: D }],
  ];

  test.each(cases)('%s', (path, place) => {
    expect(parsePath(path)).toEqual(place);
    expect(pathOf(place)).toBe(path);
  });
});

describe('names that look like words of the layout', () => {
  test.each(['link/data', 'tags/revisions/sha256', 'blobs', 'repositories', 'signatures/current', 'a/startedat'])(
    'a repository called %s',
    (repository) => {
      expect(parsePath(revisionLink(repository, D))).toEqual({
        kind: 'revision-link',
        repository,
        legalName: repository,
        digest: D,
      });
      expect(parsePath(`repositories/${repository}`)).toMatchObject({ kind: 'repository-folder', repository });
    },
  );

  test.each(['current', 'index', 'link', '_manifests', '_layers', `link.${UUID}.tmp`])('a tag called %s', (tag) => {
    expect(parsePath(tagCurrentLink('a', tag))).toMatchObject({ kind: 'tag-current-link', tag, legalTag: tag });
    expect(parsePath(tagIndexEntryLink('a', tag, D))).toMatchObject({ kind: 'tag-index-entry-link', tag, digest: D });
    expect(parsePath(`repositories/a/_manifests/tags/${tag}`)).toMatchObject({ kind: 'tag-folder', tag });
  });
});

describe('illegal names', () => {
  test.each(['Upper', 'x (copy)', '.hidden', '.snapshot/x', '_x/y', ''])(
    'the repository %j is read, not legal',
    (repository) => {
      expect(parsePath(layerLink(repository, D))).toEqual({
        kind: 'layer-link',
        repository,
        legalName: undefined,
        digest: D,
      });
    },
  );

  test.each(['.DS_Store', 'a b', '\ufffd'])('the tag %j is read, not legal', (tag) => {
    expect(parsePath(tagCurrentLink('a', tag))).toMatchObject({ kind: 'tag-current-link', tag, legalTag: undefined });
  });

  test('the first folder with a mark ends the name', () => {
    expect(parsePath(`repositories/a/_layers/_manifests/revisions/sha256/${HEX}/link`).kind).toBe('unrecognised');
    expect(parsePath('repositories/a/_manifests/b/_layers').kind).toBe('unrecognised');
  });
});

describe('algorithms of several folders', () => {
  test.each([
    ['sha256+b64u', 'blobs/sha256/b64u/LC/LCa0a2j_xo-5m0U/data'],
    ['multihash+base58', 'blobs/multihash/base58/Qm/QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8/data'],
    ['a+b+c', 'blobs/a/b/c/zz/zzz/data'],
  ])('%s', (algorithm, path) => {
    const encoded = path.split('/').at(-2) ?? '';
    expect(parsePath(path)).toEqual({ kind: 'blob-data', digest: `${algorithm}:${encoded}` });
    expect(blobData(digest(algorithm, encoded))).toBe(path);
  });

  test('`.` is read as `+`, which has the same path', () => {
    const path = blobData(digest('sha256.b64u', 'LCa0a2j_xo-5m0U'));
    expect(parsePath(path)).toEqual({ kind: 'blob-data', digest: 'sha256+b64u:LCa0a2j_xo-5m0U' });
  });

  test('they are one folder below a repository', () => {
    const place = parsePath(layerLink('a', digest('sha256.b64u', 'LCa0a2j_xo-5m0U')));
    expect(place).toMatchObject({ kind: 'layer-link', digest: 'sha256.b64u:LCa0a2j_xo-5m0U' });
  });
});

describe('temporary files', () => {
  test.each([
    revisionLink('a', D),
    signatureLink('a', D, D512),
    tagCurrentLink('a', 'v1'),
    tagIndexEntryLink('a', 'v1', D),
    layerLink('a', D),
    `${uploadFolder('a', UUID)}/startedat`,
    `${uploadFolder('a', UUID)}/data`,
    `${uploadFolder('a', UUID)}/hashstates/sha256/1048576`,
    blobData(D),
  ])('beside %s', (path) => {
    const target = parsePath(path);
    const place = parsePath(`${path}.${UUID}.tmp`);
    expect(place).toEqual({ kind: 'temporary-file', target, uuid: UUID });
    expect(pathOf(place)).toBe(`${path}.${UUID}.tmp`);
  });

  test.each([
    `${layerLink('a', D)}.tmp`,
    `${layerLink('a', D)}.${UUID}`,
    `${layerLink('a', D)}.${UUID}.tmp.${UUID}.tmp`,
    `repositories/a/_layers/sha256/${HEX}/other.${UUID}.tmp`,
    `repositories/a/_layers/sha256/${HEX}.${UUID}.tmp`,
    `repositories/a/_manifests/tags/v1/current.${UUID}.tmp`,
    `blobs.${UUID}.tmp`,
  ])('%s is none', (path) => {
    expect(parsePath(path)).toEqual({ kind: 'unrecognised', path });
  });

  test('by their names', () => {
    expect(isTemporaryFileName(`link.${UUID}.tmp`)).toBe(true);
    expect(isTemporaryFileName(`data.${UUID}.tmp`)).toBe(true);
    for (const name of ['link', '.tmp', 'link.tmp', `${UUID}.tmp`, `.${UUID}.tmp`, `link.${UUID.toUpperCase()}.tmp`]) {
      expect(isTemporaryFileName(name)).toBe(false);
    }
  });
});

describe('what is no path of the layout', () => {
  test.each([
    '/',
    '.',
    '..',
    '/blobs',
    'blobs/',
    'repositories//a',
    'repositories/./a',
    'repositories/../blobs',
    'repositories/a/../b/_layers',
    'repositories/a\0b',
    'lockfiles',
    'repositories/a/_manifests/other',
    'repositories/a/_manifests/tags/v1/other',
    'repositories/a/_manifests/tags/v1/current/link/x',
    'repositories/a/_manifests/tags/v1/current/other',
    'repositories/a/_manifests/revisions/SHA256',
    'repositories/a/_manifests/revisions/sha256/abc',
    `repositories/a/_manifests/revisions/sha256/${HEX.toUpperCase()}/link`,
    `repositories/a/_manifests/revisions/sha256/${HEX}/data`,
    `repositories/a/_manifests/revisions/sha256/.q-${HEX}/link`,
    `repositories/a/_layers/sha256/${HEX}/signatures`,
    'repositories/a/_layers/.trash',
    `repositories/a/_uploads/${UUID}/other`,
    `repositories/a/_uploads/${UUID}/data/x`,
    `repositories/a/_uploads/${UUID}/hashstates/sha256/-1`,
    `repositories/a/_uploads/${UUID}/hashstates/sha256/007`,
    `repositories/a/_uploads/${UUID}/hashstates/sha256/0/x`,
    'blobs/sha256/x/data',
    'blobs/sha256/zz',
    'blobs/sha256/zz/zzz',
    'blobs/sha256/zz/zzz/data',
    'blobs/sha256/data',
    'blobs/data',
    'blobs/.trash',
    `blobs/.trash/${HEX}/data`,
    `blobs/sha256/e3/.q-${HEX}/data`,
    `blobs/sha256/ff/${HEX}`,
    `blobs/sha256/ff/${HEX}/data`,
    `blobs/sha256/e3/${HEX}/link`,
    `blobs/sha256/e3/${HEX}/data/x`,
    `blobs/sha256/e3/${HEX.slice(0, 63)}`,
    `blobs/sha256/e3/b0/b0${HEX.slice(2)}/data`,
    `blobs/sha256/e3/${HEX.toUpperCase()}`,
    `blobs/sha256+b64/e3/${HEX}/data`,
  ])('%j', (path) => {
    expect(parsePath(path)).toEqual({ kind: 'unrecognised', path });
    expect(pathOf(parsePath(path))).toBe(path);
  });

  test('a blob of an algorithm that is not registered is a place, to be reported', () => {
    expect(parsePath('blobs/md5/ab/abcd/data')).toEqual({ kind: 'blob-data', digest: 'md5:abcd' });
    expect(parsePath('blobs/blake3/ab')).toEqual({ kind: 'blobs-prefix-folder', algorithm: 'blake3', prefix: 'ab' });
  });
});

const hex = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length / 2, maxLength: length / 2 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const registered = fc.oneof(
  hex(64).map((text) => digest('sha256', text)),
  hex(96).map((text) => digest('sha384', text)),
  hex(128).map((text) => digest('sha512', text)),
);
const anyAlgorithm = fc
  .stringMatching(/^[a-z0-9]{1,8}([.+_-][a-z0-9]{1,8}){0,2}$/)
  .filter((text) => !/^sha(?:256|384|512)$/.test(text));
const anyDigest = fc.oneof(
  registered,
  fc
    .tuple(anyAlgorithm, fc.stringMatching(/^[a-zA-Z0-9=_-]{1,40}$/))
    .map(([algorithm, encoded]) => digest(algorithm, encoded)),
);
const repositoryPart = fc.oneof(
  fc.stringMatching(/^[a-z0-9]{1,6}((\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}$/),
  fc.constantFrom('link', 'data', 'tags', 'revisions', 'sha256', 'blobs', 'current', 'index'),
);
const repository = fc
  .array(repositoryPart, { minLength: 1, maxLength: 5 })
  .map((parts) => inRepository(parts.join('/')));
const tagName = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/),
  fc.constantFrom('current', 'index', 'link'),
);
const place: fc.Arbitrary<Place> = fc
  .record({ where: repository, tag: tagName, upload: fc.uuid(), any: anyDigest, blob: registered, offset: fc.nat() })
  .chain(({ where, tag, upload, any, blob, offset }) => {
    const ofTag = { ...where, tag, legalTag: parseTagName(tag) };
    return fc.constantFrom<Place>(
      { kind: 'repository-folder', ...where },
      { kind: 'revision-folder', ...where, digest: any },
      { kind: 'revision-link', ...where, digest: any },
      { kind: 'signature-link', ...where, digest: any, signature: blob },
      { kind: 'tag-folder', ...ofTag },
      { kind: 'tag-current-link', ...ofTag },
      { kind: 'tag-index-entry-folder', ...ofTag, digest: any },
      { kind: 'tag-index-entry-link', ...ofTag, digest: any },
      { kind: 'layer-folder', ...where, digest: any },
      { kind: 'layer-link', ...where, digest: any },
      { kind: 'upload-data', ...where, upload },
      { kind: 'hashstate', ...where, upload, algorithm: 'sha256', offset: String(offset) },
      { kind: 'blob-folder', digest: blob },
      { kind: 'blob-data', digest: blob },
      { kind: 'temporary-file', target: { kind: 'layer-link', ...where, digest: any }, uuid: upload },
    );
  });

describe('properties', () => {
  test('place to path to the same place', () => {
    fc.assert(
      fc.property(place, (made) => {
        expect(parsePath(pathOf(made))).toEqual(made);
      }),
      { numRuns: 3000 },
    );
  });

  const word = fc.oneof(
    fc.constantFrom('', '.', '..', 'repositories', 'blobs', '_manifests', '_layers', '_uploads', 'revisions', 'tags'),
    fc.constantFrom('current', 'index', 'link', 'data', 'signatures', 'startedat', 'hashstates', 'sha256', 'sha512'),
    fc.constantFrom('e3', HEX, HEX512, UUID, `link.${UUID}.tmp`, `data.${UUID}.tmp`, '0', 'v1', 'a', 'zz', 'zzz'),
    fc.string({ maxLength: 4 }),
  );
  const nearPath = fc
    .tuple(fc.constantFrom('repositories/', 'blobs/', ''), fc.array(word, { maxLength: 9 }))
    .map(([top, words]) => top + words.join('/'));

  test('path to place to the same path, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(nearPath, fc.string(), fc.string({ unit: 'binary' })), (path) => {
        expect(pathOf(parsePath(path))).toBe(path);
      }),
      { numRuns: 10_000 },
    );
  });
});
