/**
 * The trees in which the registry's own collector (2.8.2, 3.0.0) loses data or aborts, and what marking does there. Every
 * volume holds one orphaned layer besides: that it goes, and alone, shows that one bad place does not stop the rest.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { digestHex, digestOf } from '../../src/layout/digest.ts';
import {
  blobData,
  blobFolder,
  LAYERS,
  layerLink,
  repositoryFolder,
  revisionFolder,
  revisionLink,
  signatureLink,
  tagCurrentLink,
  TAGS,
} from '../../src/layout/paths.ts';
import type { Report } from '../../src/report/model.ts';
import { digestBytes, layer, seededBytes } from '../support/content.ts';
import { artifactManifest, buildkitCache, image, index, jsonContent } from '../support/images.ts';
import { reclaimableBlobs, reportOf } from '../support/report-of.ts';
import { schema1Image } from '../support/schema1.ts';
import { digestsOf, looseLayer, multiArch, pushBlobs, simple, sorted, volumeWithGarbage } from './volume.ts';

const MODES = ['revisions', 'untagged'] as const;

function codes(report: Report): readonly string[] {
  return [...new Set(report.problems.map((problem) => problem.code))];
}

test.each(MODES)('a tagged image in a repository without _layers is kept (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  tree.push('app', 'v1', simple('app'));
  rmSync(tree.path(`${repositoryFolder('app')}/${LAYERS}`), { recursive: true });
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
});

test.each(MODES)('a layer that is referenced by its sha512 through an alias link is kept (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const one = layer('by-sha512');
  const alias = digestBytes(one.bytes, 'sha512');
  const named = image({ layers: [{ ...one, digest: alias }] });
  tree.push('app', 'v1', { ...named, blobs: [named.config] });
  tree.putBlob(one.bytes);
  tree.linkLayer('app', one.digest);
  tree.linkLayer('app', alias, one.digest);
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
  const report = await reportOf(tree.root, { mode });
  expect(report.reclaimable.layerLinks.count).toBe(1);
  expect(report.problems).toEqual([]);
});

test('untagged children of a tagged index are kept with their layers where only tags keep', async () => {
  const { tree, garbage } = volumeWithGarbage();
  tree.push('app', 'v1', multiArch('app'));
  expect(await reclaimableBlobs(tree.root, { mode: 'untagged' })).toEqual([garbage]);
  expect((await reportOf(tree.root, { mode: 'untagged' })).reclaimable.revisions.count).toBe(0);
});

test('the inner children of a nested index are kept where only tags keep', async () => {
  const { tree, garbage } = volumeWithGarbage();
  tree.push('app', 'v1', index([{ manifest: index([{ manifest: multiArch('deep') }]) }]));
  expect(await reclaimableBlobs(tree.root, { mode: 'untagged' })).toEqual([garbage]);
  expect((await reportOf(tree.root, { mode: 'untagged' })).reclaimable.revisions.count).toBe(0);
});

test.each(MODES)('an index child without a revision link is kept with its layers (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const top = multiArch('app');
  pushBlobs(tree, 'app', top, 'with');
  tree.push('app', 'v1', { ...top, children: [] });
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
  const told = (await reportOf(tree.root, { mode })).problems.filter(({ code }) => code === 'child-not-linked');
  expect(told.map(({ digest }) => digest).toSorted()).toEqual(top.children.map(({ digest }) => digest).toSorted());
});

test.each(MODES)('an index child linked in one repository and not in another is whole in both (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const top = multiArch('app');
  tree.push('a', 'v1', { ...top, children: [] });
  tree.push('b', 'v1', top);
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
  const rows = (await reportOf(tree.root, { mode })).repositories;
  expect(rows.filter((row) => row.orphanedLayers > 0).map((row) => row.name)).toEqual(['other']);
});

test('an untagged manifest whose subject is tagged is kept, and goes once the subject is not', async () => {
  const { tree, garbage } = volumeWithGarbage();
  const subject = simple('app', 'oci');
  const referrer = simple('referrer', 'oci', subject);
  tree.push('app', 'v1', subject);
  tree.push('app', undefined, referrer);
  expect(await reclaimableBlobs(tree.root, { mode: 'untagged' })).toEqual([garbage]);
  rmSync(tree.path(`${repositoryFolder('app')}/${TAGS}/v1`), { recursive: true });
  const gone = sorted([garbage], digestsOf(subject), digestsOf(referrer));
  expect(await reclaimableBlobs(tree.root, { mode: 'untagged' })).toEqual(gone);
});

test('a tagged referrer does not keep its untagged subject', async () => {
  const { tree, garbage } = volumeWithGarbage();
  const subject = simple('app', 'oci');
  tree.push('app', undefined, subject);
  tree.push('app', 'signature', simple('referrer', 'oci', subject));
  expect(await reclaimableBlobs(tree.root, { mode: 'untagged' })).toEqual(sorted([garbage], digestsOf(subject)));
  expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
});

test('revisions without a tags folder are untagged, and go with their links', async () => {
  const { tree, garbage } = volumeWithGarbage();
  const one = simple('app');
  tree.push('app', undefined, one);
  expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
  expect(await reclaimableBlobs(tree.root, { mode: 'untagged' })).toEqual(sorted([garbage], digestsOf(one)));
  const { reclaimable } = await reportOf(tree.root, { mode: 'untagged' });
  expect(reclaimable.revisions.count).toBe(1);
  expect(reclaimable.layerLinks.count).toBe(1 + one.blobs.length);
});

test.each(MODES)('what a tag names is kept though its revision link is gone (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const one = simple('app');
  tree.push('app', 'v1', one);
  rmSync(tree.path(revisionFolder('app', one.digest)), { recursive: true });
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
  expect(codes(await reportOf(tree.root, { mode }))).toEqual(['tag-not-linked']);
});

test.each(MODES)('where a revision names a missing manifest, its layers are held (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const one = simple('app');
  tree.push('app', 'v1', one);
  rmSync(tree.path(blobFolder(one.digest)), { recursive: true });
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
  const report = await reportOf(tree.root, { mode });
  expect(report.held.damaged.blobs).toBe(one.blobs.length);
  expect(report.problems).toContainEqual(
    expect.objectContaining({ code: 'dangling-revision', repository: 'app', digest: one.digest, severity: 'error' }),
  );
});

test.each([
  ['empty', '', 'link-empty'],
  ['newline', '\n', 'link-malformed'],
])('a revision link that is %s counts by its folder', async (what, suffix, code) => {
  const { tree, garbage } = volumeWithGarbage();
  const one = simple('app');
  tree.push('app', undefined, one);
  tree.write(revisionLink('app', one.digest), what === 'empty' ? '' : `${one.digest}${suffix}`);
  expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
  const { problems } = await reportOf(tree.root);
  expect(problems.map((problem) => [problem.code, problem.path])).toEqual([[code, revisionLink('app', one.digest)]]);
});

test('a tag whose current link is empty holds what is untagged in its repository', async () => {
  const { tree, garbage } = volumeWithGarbage();
  const untagged = simple('untagged');
  tree.push('app', 'v1', simple('app'));
  tree.push('app', undefined, untagged);
  tree.write(tagCurrentLink('app', 'v1'), '');
  const loose = looseLayer(tree, 'app', 'loose');
  expect(await reclaimableBlobs(tree.root, { mode: 'untagged' })).toEqual([garbage]);
  expect(await reclaimableBlobs(tree.root, { mode: 'revisions' })).toEqual(sorted([garbage, loose]));
  const report = await reportOf(tree.root, { mode: 'untagged' });
  expect(report.held.damaged.blobs).toBe(digestsOf(untagged).length + digestsOf(simple('app')).length + 1);
  expect(codes(report)).toEqual(['link-empty']);
});

test.each(MODES)('an empty layer link counts by its folder and stops nothing (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const one = simple('app');
  tree.push('app', 'v1', one);
  tree.write(layerLink('app', one.config.digest), '');
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
});

test.each(MODES)('a manifest of no bytes holds its repository, and only that (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const one = simple('app');
  tree.push('app', 'v1', one);
  tree.write(blobData(one.digest), '');
  looseLayer(tree, 'app', 'loose');
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
  const report = await reportOf(tree.root, { mode });
  expect(report.held.damaged.blobs).toBe(one.blobs.length + 1);
  expect(codes(report)).toEqual(['manifest-truncated']);
});

test.each(MODES)('a manifest of an unknown media type keeps every digest in it, without doubt (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const child = simple('child');
  const blob = { mediaType: 'x', bytes: seededBytes('named', 99), digest: digestBytes(seededBytes('named', 99)) };
  const strange = jsonContent('application/vnd.example.thing.v9+json', {
    mediaType: 'application/vnd.example.thing.v9+json',
    deep: [{ digest: blob.digest }, { inside: { digest: child.digest } }],
  });
  pushBlobs(tree, 'app', child, 'with');
  tree.push('app', 'v1', { ...strange, blobs: [blob], children: [] });
  const loose = looseLayer(tree, 'app', 'loose');
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual(sorted([garbage, loose]));
  const report = await reportOf(tree.root, { mode });
  expect(report.held.damaged.blobs).toBe(0);
  expect(codes(report)).toEqual(['manifest-unknown-media-type']);
});

test.each(MODES)('an OCI artifact manifest is a known form: it keeps its blobs and nothing else (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const bytes = seededBytes('bill of materials', 99);
  const blob = { mediaType: 'application/spdx+json', bytes, digest: digestBytes(bytes) };
  tree.push('app', 'v1', artifactManifest({ artifactType: 'application/spdx+json', blobs: [blob] }));
  const loose = looseLayer(tree, 'app', 'loose');
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual(sorted([garbage, loose]));
  expect((await reportOf(tree.root, { mode })).problems).toEqual([]);
});

// The collector of 2.8 keeps the image and deletes the blob of its signature, which leaves that link dangling. A kept
// revision keeps its signatures here.
test.each(MODES)('a schema 1 image is kept with its signatures (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const one = schema1Image('app', 'v1', [layer('lower'), layer('upper')]);
  tree.push('app', 'v1', one);
  const signature = tree.putBlob(seededBytes('signature', 99));
  tree.write(signatureLink('app', one.digest, signature), signature);
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
  const report = await reportOf(tree.root, { mode });
  expect(codes(report)).not.toContain('dangling-revision');
  expect(report.reclaimable.signatureLinks.count).toBe(0);
});

test('a schema 1 image that goes takes its signatures along', async () => {
  const { tree, garbage } = volumeWithGarbage();
  const one = schema1Image('app', 'v1', [layer('lower')]);
  tree.push('app', undefined, one);
  const signature = tree.putBlob(seededBytes('signature', 99));
  tree.write(signatureLink('app', one.digest, signature), signature);
  const going = await reclaimableBlobs(tree.root, { mode: 'untagged' });
  expect(going).toEqual(sorted([garbage, signature], digestsOf(one)));
  const { reclaimable } = await reportOf(tree.root, { mode: 'untagged' });
  expect([reclaimable.revisions.count, reclaimable.signatureLinks.count]).toEqual([1, 0]);
});

test.each(MODES)('a signature link whose blob an earlier run took goes, the image stays (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const one = schema1Image('app', 'v1', [layer('lower')]);
  tree.push('app', 'v1', one);
  const signature = digestBytes(seededBytes('signature', 99));
  tree.write(signatureLink('app', one.digest, signature), signature);
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
  const { reclaimable } = await reportOf(tree.root, { mode });
  expect([reclaimable.revisions.count, reclaimable.signatureLinks.count]).toEqual([0, 1]);
});

test.each(MODES)('signatures of a revision whose manifest is cut short are held with it (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const one = schema1Image('app', 'v1', [layer('lower')]);
  tree.push('app', 'v1', one);
  const signature = tree.putBlob(seededBytes('signature', 99));
  tree.write(signatureLink('app', one.digest, signature), signature);
  tree.write(blobData(one.digest), one.bytes.subarray(0, 40));
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
});

test.each(MODES)("BuildKit's cache, an index of layers, is kept and never a doubt (%s)", async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  tree.push('cache', 'main', buildkitCache([layer('step-1'), layer('step-2')]));
  const loose = looseLayer(tree, 'cache', 'loose');
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual(sorted([garbage, loose]));
  expect((await reportOf(tree.root, { mode })).problems).toEqual([]);
});

test.each(MODES)('junk among the blobs is reported and never touched (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const blake3 = digestOf('blake3', digestHex(digestBytes(Buffer.from('blake3'))));
  if (blake3 === undefined) throw new Error('not a digest');
  tree.write('blobs/sha256/zz/zzz/data', 'junk');
  tree.write('blobs/sha256/x/data', 'junk');
  tree.write(blobData(blake3), 'unknown algorithm');
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
  const report = await reportOf(tree.root, { mode });
  expect(report.problems.map((problem) => [problem.code, problem.path])).toEqual([
    ['unknown-entry', 'blobs/blake3'],
    ['unknown-entry', 'blobs/sha256/x'],
    ['unknown-entry', 'blobs/sha256/zz'],
  ]);
  expect(report.held.damaged.blobs).toBe(1);
});

test.each(MODES)('a blob folder without data is no blob, and a stray temporary file is none (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  const empty = digestBytes(Buffer.from('empty'));
  const stray = `${blobFolder(garbage)}/data.6f2a1c7e-0d35-4e0a-9d3f-2f0a5f9b7c11.tmp`;
  mkdirSync(tree.path(blobFolder(empty)), { recursive: true });
  tree.write(stray, 'half');
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
  const report = await reportOf(tree.root, { mode });
  expect(report.totals.blobs).toBe(digestsOf(simple('other')).length + 1);
  expect(report.problems).toContainEqual(
    expect.objectContaining({ code: 'blob-without-data', path: blobFolder(empty), digest: empty }),
  );
});

test.each(MODES)('under an illegal repository name nothing goes, and what it names is kept (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  tree.push('Upper (copy)', undefined, simple('app'));
  looseLayer(tree, 'Upper (copy)', 'loose');
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
  expect(codes(await reportOf(tree.root, { mode }))).toEqual(['repository-name-invalid']);
});

test('a .snapshot folder is skipped', async () => {
  const { tree, garbage } = volumeWithGarbage();
  tree.push('.snapshot/hourly/app', 'v1', simple('app'));
  expect(await reclaimableBlobs(tree.root)).toEqual(sorted([garbage], digestsOf(simple('app'))));
  expect((await reportOf(tree.root)).totals.repositories).toBe(1);
});

test.each(MODES)('repositories with only uploads or only layer links are listed (%s)', async (mode) => {
  const { tree, garbage } = volumeWithGarbage();
  tree.upload('pushing', { uuid: '6f2a1c7e-0d35-4e0a-9d3f-2f0a5f9b7c11', startedAt: new Date() });
  const loose = looseLayer(tree, 'layers', 'loose');
  expect(await reclaimableBlobs(tree.root, { mode })).toEqual(sorted([garbage, loose]));
  const rows = (await reportOf(tree.root, { mode })).repositories;
  expect(rows.map((row) => [row.name, row.uploads, row.layerLinks])).toEqual([
    ['layers', 0, 1],
    ['other', 0, 3],
    ['pushing', 1, 0],
  ]);
});

test.each(MODES)(
  'layer links and history that earlier runs left dangling are offered for removal (%s)',
  async (mode) => {
    const { tree, garbage } = volumeWithGarbage();
    const nowhere = digestBytes(Buffer.from('nowhere'));
    tree.push('app', 'v1', simple('app'));
    tree.linkLayer('app', nowhere);
    tree.tag('app', 'v1', simple('app').digest, { history: [nowhere] });
    expect(await reclaimableBlobs(tree.root, { mode })).toEqual([garbage]);
    const report = await reportOf(tree.root, { mode });
    expect(report.reclaimable.layerLinks.count).toBe(2);
    expect(report.reclaimable.tagIndexEntries.count).toBe(1);
    expect(codes(report)).toEqual(['dangling-layer-link', 'dangling-tag-index-entry']);
  },
);
