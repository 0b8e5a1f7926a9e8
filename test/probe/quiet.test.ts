import { mkdirSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  blobData,
  layerLink,
  revisionLink,
  tagCurrentLink,
  tagIndexEntryLink,
  uploadFolder,
} from '../../src/layout/paths.ts';
import { refuseUnlessQuiet } from '../../src/probe/quiet.ts';
import type { Refusal } from '../../src/shared/refusal.ts';
import { looseLayer, simple, volumeWithGarbage } from '../gc/volume.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

/** Whole seconds: file systems round what is finer. */
const NOW = Math.floor(Date.now() / 1000) * 1000;
const IMAGE = simple('app');
const STRAY = `${revisionLink('app', simple('never').digest)}.11111111-1111-4111-8111-111111111111.tmp`;

function quietVolume(): Tree {
  const { tree } = volumeWithGarbage();
  tree.push('app', 'v1', IMAGE);
  looseLayer(tree, 'app', 'loose');
  tree.upload('app', { uuid: '11111111-1111-4111-8111-111111111111', startedAt: new Date(NOW - 7_200_000) });
  tree.write(STRAY, '');
  tree.age(2);
  return tree;
}

function touch(tree: Tree, path: string, secondsAgo: number): void {
  mkdirSync(dirname(tree.path(path)), { recursive: true });
  const time = new Date(NOW - secondsAgo * 1000);
  utimesSync(tree.path(path), time, time);
}

async function refusals(tree: Tree, minAge = 3600): Promise<readonly Refusal[]> {
  const { inventory } = await openedOf(tree.root, { minAge, now: NOW });
  return refuseUnlessQuiet(inventory, minAge);
}

test('a volume on which nothing was written for two hours is quiet', async () => {
  expect(await refusals(quietVolume())).toEqual([]);
});

describe('a young file is named', () => {
  const loose = looseLayer(quietVolume(), 'app', 'loose');
  test.each([
    ['a revision link', revisionLink('app', IMAGE.digest)],
    ['a current link', tagCurrentLink('app', 'v1')],
    ['a blob that could go', blobData(loose)],
    ['a layer link that could go', layerLink('app', loose)],
    ['a stray temporary file', STRAY],
  ])('%s', async (_what, path) => {
    const tree = quietVolume();
    touch(tree, path, 60);
    const [refusal, ...more] = await refusals(tree);
    expect(more).toEqual([]);
    expect(refusal).toEqual({
      code: 'not-quiet',
      message: `somebody may be writing: ${path} was written 60 s before the scan (${new Date(NOW - 60_000).toISOString()})`,
      hint: `nothing may be younger than 300 s: try again after ${new Date(NOW + 240_001).toISOString()}; --min-age 0 turns this off`,
    });
  });

  test('an entry of a history that leads nowhere', async () => {
    const tree = quietVolume();
    const gone = simple('gone').digest;
    tree.write(tagIndexEntryLink('app', 'v1', gone), gone);
    touch(tree, tagIndexEntryLink('app', 'v1', gone), 60);
    expect((await refusals(tree))[0]?.message).toContain(tagIndexEntryLink('app', 'v1', gone));
  });

  test('an upload, by the newest time in it', async () => {
    const tree = quietVolume();
    const folder = uploadFolder('app', '11111111-1111-4111-8111-111111111111');
    touch(tree, `${folder}/data`, 60);
    expect((await refusals(tree))[0]?.message).toContain(folder);
  });
});

test('the newest of several is named', async () => {
  const tree = quietVolume();
  touch(tree, tagCurrentLink('app', 'v1'), 50);
  touch(tree, revisionLink('app', IMAGE.digest), 60);
  expect((await refusals(tree))[0]?.message).toContain(tagCurrentLink('app', 'v1'));
});

test('five minutes are enough, and a smaller --min-age asks for less', async () => {
  const tree = quietVolume();
  touch(tree, tagCurrentLink('app', 'v1'), 301);
  expect(await refusals(tree)).toEqual([]);
  touch(tree, tagCurrentLink('app', 'v1'), 299);
  expect(await refusals(tree)).toHaveLength(1);
  expect(await refusals(tree, 120)).toEqual([]);
  expect(await refusals(tree, 299)).toEqual([]);
  expect(await refusals(tree, 300)).toHaveLength(1);
});

test('a time that is to come is not quiet', async () => {
  const tree = quietVolume();
  touch(tree, tagCurrentLink('app', 'v1'), -86_400);
  expect((await refusals(tree))[0]?.message).toContain('was written after the scan began, if its time is true');
});

test('--min-age 0 turns it off', async () => {
  const tree = quietVolume();
  touch(tree, tagCurrentLink('app', 'v1'), 0);
  expect(await refusals(tree, 0)).toEqual([]);
});

test('an empty registry is quiet', async () => {
  expect(await refusals(createTree(join(temporaryFolder('quiet'), 'registry')))).toEqual([]);
});
