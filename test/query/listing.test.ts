import { beforeAll, describe, expect, it } from 'vitest';
import { tagCurrentLink } from '../../src/layout/paths.ts';
import { buildListing } from '../../src/query/listing.ts';
import type { Listing } from '../../src/report/model.ts';
import { layer } from '../support/content.ts';
import { image, index, MEDIA, type Image } from '../support/images.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

const BASE = layer('base', 2000);
const OLD = image({ name: 'old', layers: [BASE, layer('old')] });
const NEW = image({ name: 'new', layers: [BASE, layer('new')] });
const SIGNATURE = image({ name: 'signature', layers: [layer('signature')], format: 'oci', subject: NEW });
const ARM = { os: 'linux', architecture: 'arm', variant: 'v7' };
const ABSENT = image({ name: 'absent', layers: [layer('absent')] });
const MULTI = index([
  { manifest: NEW, platform: ARM },
  { manifest: ABSENT, sparse: true },
]);

const sizeOf = (one: Image): number => [one, ...one.blobs].reduce((sum, { bytes }) => sum + bytes.length, 0);

let opened: Awaited<ReturnType<typeof openedOf>>;
beforeAll(async () => {
  const tree = createTree(temporaryFolder('listing'));
  tree.push('team/app', '1.0', OLD);
  tree.push('team/app', 'stable', OLD);
  tree.push('team/app', '2.0', NEW);
  tree.push('team/app', undefined, SIGNATURE);
  tree.push('team/app', undefined, image({ name: 'loose', layers: [layer('loose')] }));
  tree.write(tagCurrentLink('team/app', 'broken'), '');
  tree.push('multi', 'latest', MULTI);
  opened = await openedOf(tree.root);
});

function listed<Kind extends Listing['kind']>(kind: Kind, reference?: string): Extract<Listing, { kind: Kind }> {
  const listing = buildListing(opened, reference);
  if (listing.kind !== kind) throw new Error(`a ${listing.kind} is listed`);
  return listing as Extract<Listing, { kind: Kind }>;
}

describe('a repository', () => {
  it('lists its tags by name: what they name, its size, and what no other tag anywhere needs', () => {
    const { tags } = listed('repository', 'team/app');
    expect(tags.map(({ tag, digest, bytes }) => [tag, digest, bytes])).toEqual([
      ['1.0', OLD.digest, sizeOf(OLD)],
      ['2.0', NEW.digest, sizeOf(NEW) + sizeOf(SIGNATURE)],
      ['broken', null, null],
      ['stable', OLD.digest, sizeOf(OLD)],
    ]);
    // Two tags name OLD, and `multi:latest` reaches NEW with its signature: no tag holds anything alone.
    expect(tags.map(({ exclusiveBytes }) => exclusiveBytes)).toEqual([0, 0, null, 0]);
  });

  it('lists its revisions by digest, with their tags', () => {
    const { revisions } = listed('repository', 'team/app');
    const digests = revisions.map(({ digest }) => digest);
    expect(digests).toEqual(digests.toSorted());
    expect(revisions).toHaveLength(4);
    const old = revisions.find(({ digest }) => digest === OLD.digest);
    expect(old).toMatchObject({ tags: ['1.0', 'stable'], untagged: false, mediaType: MEDIA.dockerManifest });
    // Its base is NEW's as well.
    expect(old).toMatchObject({ exclusiveBytes: sizeOf(OLD) - BASE.bytes.length, sharedBytes: BASE.bytes.length });
    // Its subject is tagged: it is kept, and so is not counted as untagged.
    expect(revisions.find(({ digest }) => digest === SIGNATURE.digest)).toMatchObject({ tags: [], untagged: false });
    expect(revisions.filter(({ untagged }) => untagged)).toHaveLength(1);
  });
});

it('a tag holds as much alone in the list of its repository as where it is shown by itself', async () => {
  const tree = createTree(temporaryFolder('listing-alone'));
  const again = image({ name: 'again', layers: [BASE, layer('again')] });
  tree.push('app', '1.0', OLD);
  // Keeps the base where revisions are roots; no tag names it.
  tree.push('app', undefined, again);
  const index = await openedOf(tree.root);
  const listing = buildListing(index, 'app');
  if (listing.kind !== 'repository') throw new Error('no repository is listed');
  const sizes = { bytes: sizeOf(OLD), exclusiveBytes: sizeOf(OLD), sharedBytes: 0 };
  expect(listing.tags).toMatchObject([{ tag: '1.0', ...sizes }]);
  expect(buildListing(index, 'app:1.0')).toMatchObject({ kind: 'manifest', ...sizes });
  const asRevision = { bytes: sizeOf(OLD), exclusiveBytes: sizeOf(OLD) - BASE.bytes.length };
  expect(listing.revisions.find(({ digest }) => digest === OLD.digest)).toMatchObject(asRevision);
  expect(buildListing(index, `app@${OLD.digest}`)).toMatchObject({ kind: 'manifest', ...asRevision });
});

describe('a manifest', () => {
  const short = OLD.digest.slice(0, 'sha256:'.length + 12);

  it.each([
    ['by tag', 'team/app:1.0'],
    ['by another tag', 'team/app:stable'],
    ['by digest', `team/app@${OLD.digest}`],
    ['by the beginning of its digest', `team/app@${short}`],
    ['by the beginning of its hexadecimal', `team/app@${short.slice('sha256:'.length)}`],
  ])('is found %s', (_how, reference) => {
    expect(listed('manifest', reference)).toMatchObject({
      repository: 'team/app',
      digest: OLD.digest,
      tags: ['1.0', 'stable'],
      bytes: sizeOf(OLD),
    });
  });

  it('lists its config and layers in its own order, with what is there of them', () => {
    expect(
      listed('manifest', 'team/app:1.0').references.map(({ kind, digest, present }) => [kind, digest, present]),
    ).toEqual([['config', OLD.config.digest, true], ...OLD.layers.map(({ digest }) => ['layer', digest, true])]);
  });

  it('lists the children of an index with their platforms, absent ones too', () => {
    const { references } = listed('manifest', 'multi:latest');
    expect(references).toMatchObject([
      { kind: 'child', digest: NEW.digest, platform: 'linux/arm/v7', present: true },
      { kind: 'child', digest: ABSENT.digest, platform: null, present: false, bytes: 0 },
    ]);
  });

  it('lists its subject last', () => {
    const { references } = listed('manifest', `team/app@${SIGNATURE.digest}`);
    expect(references.map(({ kind }) => kind)).toEqual(['config', 'layer', 'subject']);
    expect(references.at(-1)).toMatchObject({ kind: 'subject', digest: NEW.digest, present: true });
  });
});

describe('what is not there', () => {
  it.each([
    ['a layer', BASE.digest, BASE.digest],
    ['the beginning of a digest', 'sha256:0', 'sha256:0'],
    ['what would break out of the query', "x' OR '1'='1", 'sha256:x_'],
  ])('%s is no manifest: the hint names the query that tells what it is', (_what, given, asked) => {
    const hint = expect.stringMatching(/no manifest of that repository.*regsweep query ROOT "SELECT [^"]+"$/) as string;
    expect(() => buildListing(opened, `team/app@${given}`)).toThrow(expect.objectContaining({ hint }));
    const quoted = expect.stringContaining(`LIKE '${asked}`) as string;
    expect(() => buildListing(opened, `team/app@${given}`)).toThrow(expect.objectContaining({ hint: quoted }));
  });

  it.each([
    ['a repository', 'nobody', 'no-such-name', 'nobody'],
    ['a namespace that is no repository', 'team', 'no-such-name', 'team'],
    ['a repository before a tag', 'nobody:1.0', 'no-such-name', 'nobody'],
    ['a tag', 'team/app:3.0', 'no-such-name', '3.0'],
    ['a digest', `team/app@${ABSENT.digest}`, 'no-such-name', ABSENT.digest],
    ['a revision that is one of another repository', `team/app@${MULTI.digest}`, 'no-such-name', MULTI.digest],
    ['what a broken tag names', 'team/app:broken', 'no-such-name', 'broken'],
    ['one revision, where several begin so', 'team/app@sha256:', 'ambiguous-name', '4'],
  ])('%s: an error that names it', (_what, reference, code, named) => {
    const failure = { code, message: expect.stringContaining(named) as string };
    expect(() => buildListing(opened, reference)).toThrow(expect.objectContaining(failure));
  });
});
