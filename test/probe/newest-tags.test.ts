import { rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blobFolder, revisionLink, tagCurrentLink } from '../../src/layout/paths.ts';
import { newestTags } from '../../src/probe/newest-tags.ts';
import { simple } from '../gc/volume.ts';
import { layer } from '../support/content.ts';
import { openedOf } from '../support/report-of.ts';
import { schema1Image } from '../support/schema1.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

function tree(): Tree {
  return createTree(join(temporaryFolder('tags'), 'registry'));
}

function tagged(on: Tree, repository: string, tag: string, hoursAgo: number): void {
  on.push(repository, tag, simple(`${repository}:${tag}`));
  setTime(on, repository, tag, hoursAgo);
}

function setTime(on: Tree, repository: string, tag: string, hoursAgo: number): void {
  const time = new Date(Date.now() - hoursAgo * 3_600_000);
  utimesSync(on.path(tagCurrentLink(repository, tag)), time, time);
}

async function named(on: Tree): Promise<readonly string[]> {
  const { inventory } = await openedOf(on.root);
  return newestTags(inventory).map(({ repository, tag }) => `${repository}:${tag}`);
}

test('the three that were pushed last, newest first, with what they name', async () => {
  const on = tree();
  for (const [hours, tag] of ['d', 'c', 'b', 'a'].entries()) tagged(on, 'app', tag, hours + 1);
  expect(await named(on)).toEqual(['app:d', 'app:c', 'app:b']);
  const { inventory } = await openedOf(on.root);
  expect(newestTags(inventory)[0]).toEqual({ repository: 'app', tag: 'd', digest: simple('app:d').digest });
});

test('none that no registry could serve', async () => {
  const on = tree();
  tagged(on, 'app', 'good', 9);
  tagged(on, 'Illegal', 'v1', 1);
  tagged(on, 'app', '-illegal', 1);
  tagged(on, 'app', 'not-linked', 1);
  rmSync(on.path(revisionLink('app', simple('app:not-linked').digest)));
  tagged(on, 'app', 'gone', 1);
  rmSync(on.path(blobFolder(simple('app:gone').digest)), { recursive: true });
  tagged(on, 'app', 'empty', 1);
  on.write(tagCurrentLink('app', 'empty'), '');
  tagged(on, 'app', 'line-break', 1);
  on.write(tagCurrentLink('app', 'line-break'), `${simple('app:line-break').digest}\n`);
  tagged(on, 'app', 'empty-revision', 1);
  on.write(revisionLink('app', simple('app:empty-revision').digest), '');
  tagged(on, 'app', 'other-revision', 1);
  on.write(revisionLink('app', simple('app:other-revision').digest), simple('app:good').digest);
  expect(await named(on)).toEqual(['app:good']);
});

test('schema 1 comes last, and where there is nothing else, too', async () => {
  const on = tree();
  on.push('old', 'v1', schema1Image('old', 'v1', [layer('old')]));
  expect(await named(on)).toEqual(['old:v1']);
  tagged(on, 'app', 'v1', 5);
  expect(await named(on)).toEqual(['app:v1', 'old:v1']);
});

test('an empty registry has none', async () => {
  expect(await named(tree())).toEqual([]);
});
