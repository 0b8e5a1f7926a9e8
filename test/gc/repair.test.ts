/** What a repair would do, as a value: what is written, what goes, and what is left with the reason. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildRepair, type RepairPlan, type RepairWishes } from '../../src/gc/repair.ts';
import {
  blobData,
  blobFolder,
  LAYERS,
  layerLink,
  repositoryFolder,
  revisionFolder,
  revisionLink,
  tagCurrentLink,
  tagFolder,
  tagIndexEntryLink,
  TAGS,
} from '../../src/layout/paths.ts';
import { digestBytes, layer } from '../support/content.ts';
import { buildkitCache, image, index, MEDIA, type Pushable } from '../support/images.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';
import { multiArch, pushBlobs, simple } from './volume.ts';

const NOWHERE = digestBytes(Buffer.from('nowhere'));

function volume(): Tree {
  return createTree(join(temporaryFolder('repair'), 'registry'));
}

async function planOf(tree: Tree, wishes: Partial<RepairWishes> = {}): Promise<RepairPlan> {
  const { inventory } = await openedOf(tree.root, { request: { diskUsage: true, trustNothing: true } });
  return buildRepair(inventory, { isIncluded: () => true, dropDangling: false, relinkChildren: false, ...wishes });
}

/** Kind and path of each action. */
async function actionsOf(tree: Tree, wishes: Partial<RepairWishes> = {}): Promise<readonly string[]> {
  return (await planOf(tree, wishes)).batches.flat().map(({ kind, path }) => `${kind} ${path}`);
}

async function leftOf(tree: Tree, wishes: Partial<RepairWishes> = {}): Promise<readonly string[]> {
  return (await planOf(tree, wishes)).left.map(({ code, path }) => `${code} ${path}`);
}

test('of a sound volume nothing is mended, and nothing said', async () => {
  const tree = volume();
  tree.push('app', 'v1', simple('one'));
  tree.push('multi', 'v1', multiArch('multi'));
  tree.push('cache', 'main', buildkitCache([layer('step')]));
  tree.upload('pushing', { uuid: '6f2a1c7e-0d35-4e0a-9d3f-2f0a5f9b7c11', startedAt: new Date() });
  expect(await planOf(tree, { dropDangling: true, relinkChildren: true })).toMatchObject({ batches: [], left: [] });
});

test('layers are linked before the revision that needs them, and that before its tag', async () => {
  const tree = volume();
  const one = simple('one');
  tree.push('app', 'v1', one);
  rmSync(tree.path(`${repositoryFolder('app')}/${LAYERS}`), { recursive: true });
  rmSync(tree.path(revisionFolder('app', one.digest)), { recursive: true });
  tree.write(tagCurrentLink('app', 'v1'), `${one.digest}\n`);
  const { batches } = await planOf(tree);
  expect(batches.map((batch) => batch.map(({ path }) => path))).toEqual([
    [`${repositoryFolder('app')}/${LAYERS}`],
    one.blobs.map(({ digest }) => layerLink('app', digest)).toSorted(),
    [revisionLink('app', one.digest)],
    [tagCurrentLink('app', 'v1')],
  ]);
  expect(batches.flat().map(({ batch }) => batch)).toEqual([1, 2, 2, 3, 4]);
});

describe('the link of a tag that says nothing', () => {
  test('is what the tag has ever named, where that is one manifest, linked and whole', async () => {
    const tree = volume();
    const one = simple('one');
    tree.push('app', 'v1', one);
    tree.write(tagCurrentLink('app', 'v1'), '');
    const [action] = (await planOf(tree)).batches.flat();
    expect(action).toMatchObject({ path: tagCurrentLink('app', 'v1'), digest: one.digest, expect: { link: null } });
  });

  test('is not guessed among several', async () => {
    const tree = volume();
    const [one, other] = [simple('one'), simple('other')];
    tree.push('app', 'v1', one);
    tree.push('app', 'v1', other);
    tree.write(tagCurrentLink('app', 'v1'), '');
    expect(await actionsOf(tree)).toEqual([]);
    expect(await leftOf(tree)).toEqual([`drop-dangling ${tagCurrentLink('app', 'v1')}`]);
    expect(await actionsOf(tree, { dropDangling: true })).toEqual([`tag ${tagFolder('app', 'v1')}`]);
  });

  test('is written together with its history, so that a second repair has nothing to do', async () => {
    const tree = volume();
    const one = simple('one');
    tree.push('app', 'v1', one);
    tree.write(tagIndexEntryLink('app', 'v1', one.digest), '');
    tree.write(tagCurrentLink('app', 'v1'), '');
    expect(await actionsOf(tree)).toEqual(
      [tagIndexEntryLink('app', 'v1', one.digest), tagCurrentLink('app', 'v1')].map((path) => `write-link ${path}`),
    );
  });

  test('is not what is left of the history once what led nowhere has gone from it', async () => {
    const tree = volume();
    tree.push('app', 'v1', simple('one'));
    tree.write(tagIndexEntryLink('app', 'v1', NOWHERE), '');
    tree.write(tagCurrentLink('app', 'v1'), '');
    expect(await actionsOf(tree)).toEqual([]);
    expect(await actionsOf(tree, { dropDangling: true })).toEqual([`tag ${tagFolder('app', 'v1')}`]);
  });

  test('is not what the repository does not link: the history may be older', async () => {
    const tree = volume();
    const one = simple('one');
    tree.push('app', 'v1', one);
    tree.write(tagCurrentLink('app', 'v1'), '');
    rmSync(tree.path(revisionFolder('app', one.digest)), { recursive: true });
    expect(await actionsOf(tree)).toEqual([]);
  });
});

test('what a tag once named is not linked again: it may have been deleted on purpose', async () => {
  const tree = volume();
  const [one, other] = [simple('one'), simple('other')];
  tree.push('app', 'v1', one);
  tree.push('app', 'v1', other);
  rmSync(tree.path(revisionFolder('app', one.digest)), { recursive: true });
  expect(await planOf(tree, { dropDangling: true, relinkChildren: true })).toMatchObject({ batches: [], left: [] });
});

test('a revision link that names another manifest: both are linked then', async () => {
  const tree = volume();
  const [one, other] = [simple('one'), simple('other')];
  tree.push('app', 'v1', one);
  tree.push('app', undefined, other);
  rmSync(tree.path(revisionFolder('app', other.digest)), { recursive: true });
  tree.write(revisionLink('app', one.digest), other.digest);
  const paths = [other, one].map(({ digest }) => `write-link ${revisionLink('app', digest)}`);
  expect(await actionsOf(tree)).toEqual(paths);
});

test('a revision link whose own manifest is gone stays as it is where it names another', async () => {
  const tree = volume();
  const one = simple('one');
  tree.push('app', 'v1', one);
  tree.write(revisionLink('app', NOWHERE), one.digest);
  expect(await actionsOf(tree, { dropDangling: true })).toEqual([]);
  expect(await leftOf(tree, { dropDangling: true })).toEqual([`push-again ${revisionLink('app', NOWHERE)}`]);
});

test('an empty link to a blob that is not here goes, one to a manifest only where that is asked for', async () => {
  const tree = volume();
  tree.push('app', 'v1', simple('one'));
  tree.write(layerLink('app', NOWHERE), '');
  tree.write(tagIndexEntryLink('app', 'v1', NOWHERE), '');
  tree.write(revisionLink('app', NOWHERE), '');
  const useless = [
    `tag-index-entry ${tagIndexEntryLink('app', 'v1', NOWHERE)}`,
    `layer-link ${layerLink('app', NOWHERE)}`,
  ].map((action) => action.replace(/\/link$/, ''));
  expect(await actionsOf(tree)).toEqual(useless);
  const dropped = `revision ${revisionFolder('app', NOWHERE)}`;
  expect(await actionsOf(tree, { dropDangling: true })).toEqual([useless[0], dropped, useless[1]]);
});

test('a link in a tag’s history that has a line break is written again', async () => {
  const tree = volume();
  const one = simple('one');
  tree.push('app', 'v1', one);
  tree.write(tagIndexEntryLink('app', 'v1', one.digest), `${one.digest}\n`);
  expect(await actionsOf(tree)).toEqual([`write-link ${tagIndexEntryLink('app', 'v1', one.digest)}`]);
});

describe('a revision link that names another manifest', () => {
  const [one, other] = [simple('one'), simple('other')];

  function crossed(): Tree {
    const tree = volume();
    tree.push('app', 'v1', one);
    tree.push('app', undefined, other);
    rmSync(tree.path(revisionFolder('app', other.digest)), { recursive: true });
    tree.write(revisionLink('app', one.digest), other.digest);
    return tree;
  }

  test('is written only once that one is linked: nothing else knows of it', async () => {
    const batches = (await planOf(crossed())).batches.map((batch) => batch.map(({ path }) => path));
    expect(batches).toEqual([[revisionLink('app', other.digest)], [revisionLink('app', one.digest)]]);
  });

  test('stays as it is where that one is here and cannot be linked', async () => {
    const tree = crossed();
    tree.write(blobData(other.digest), other.bytes.subarray(0, 40));
    expect(await actionsOf(tree)).toEqual([]);
    expect(await leftOf(tree)).toEqual([`push-again ${revisionLink('app', one.digest)}`]);
  });
});

describe('children of an index', () => {
  test('are linked where that is asked for, with theirs and their layers', async () => {
    const tree = volume();
    const deep = multiArch('deep');
    const top = index([{ manifest: deep }]);
    pushBlobs(tree, 'other', top, 'with');
    tree.push('app', 'v1', { ...top, children: [] });
    mkdirSync(tree.path(`${repositoryFolder('app')}/${LAYERS}`));
    const images = [deep, ...deep.children];
    const parts = deep.children.flatMap((child) => child.blobs);
    expect(await actionsOf(tree, { relinkChildren: true })).toEqual([
      ...parts.map(({ digest }) => `write-link ${layerLink('app', digest)}`).toSorted(),
      ...images.map(({ digest }) => `write-link ${revisionLink('app', digest)}`).toSorted(),
    ]);
  });

  test('are left otherwise, and told', async () => {
    const tree = volume();
    const top = multiArch('multi');
    pushBlobs(tree, 'app', top, 'with');
    tree.push('app', 'v1', { ...top, children: [] });
    expect(await actionsOf(tree)).toEqual([]);
    const paths = top.children.map(({ digest }) => `relink-children ${revisionLink('app', digest)}`);
    expect(await leftOf(tree)).toEqual(paths.toSorted());
  });
});

test('a manifest that is not whole is linked by nothing', async () => {
  const tree = volume();
  const one = simple('one');
  tree.push('app', 'v1', one);
  rmSync(tree.path(revisionFolder('app', one.digest)), { recursive: true });
  tree.write(blobData(one.digest), one.bytes.subarray(0, 40));
  expect(await actionsOf(tree)).toEqual([]);
  expect(await actionsOf(tree, { dropDangling: true })).toEqual([`tag ${tagFolder('app', 'v1')}`]);
});

test('a missing layer link is written for a blob that is here, and for no other', async () => {
  const tree = volume();
  const one = image({ name: 'two layers', layers: [layer('here'), layer('gone')] });
  tree.push('app', 'v1', one);
  const [here, gone] = one.blobs.map(({ digest }) => digest);
  if (here === undefined || gone === undefined) throw new Error('an image has blobs');
  for (const digest of [here, gone]) rmSync(tree.path(layerLink('app', digest)));
  rmSync(tree.path(blobFolder(gone)), { recursive: true });
  expect(await actionsOf(tree)).toEqual([`write-link ${layerLink('app', here)}`]);
});

describe('what the registry did not ask for when a manifest was pushed is not linked, whoever names it', () => {
  const secret = layer('of another repository');
  const there = image({ name: 'of another repository', layers: [secret] });
  const own = image({ name: 'own', layers: [layer('own')] });
  const ownDocument = JSON.parse(own.bytes.toString()) as object;
  const named = { mediaType: MEDIA.ociLayer, digest: secret.digest, size: secret.bytes.length };
  const manifest = { mediaType: there.mediaType, digest: there.digest, size: there.bytes.length };
  const oci = { schemaVersion: 2, mediaType: MEDIA.ociIndex, manifests: [] };

  test.each<[string, object]>([
    ['blobs of an image', { ...ownDocument, blobs: [named] }],
    ['fsLayers of an image', { ...ownDocument, fsLayers: [{ blobSum: secret.digest }] }],
    ['manifests of an image', { ...ownDocument, manifests: [manifest] }],
    ['the subject of an image', { ...ownDocument, subject: manifest }],
    ['an annotation of an image', { ...ownDocument, annotations: { layer: secret.digest, image: there.digest } }],
    ['config and layers of an index', { ...oci, config: named, layers: [named] }],
    ['blobs and fsLayers of an index', { ...oci, blobs: [named], fsLayers: [{ blobSum: secret.digest }] }],
    ['blobs of what passes for an empty index', { schemaVersion: 2, blobs: [named] }],
    ['fsLayers of what passes for an empty index', { schemaVersion: 2, fsLayers: [{ blobSum: secret.digest }] }],
    ['a document of an unknown kind', { schemaVersion: 2, mediaType: 'application/x', parts: [named, manifest] }],
  ])('%s', async (_what, document) => {
    const tree = volume();
    tree.push('theirs', 'v1', there);
    tree.push('mine', 'v1', own);
    const crafted = tree.putBlob(Buffer.from(JSON.stringify(document)));
    tree.revision('mine', crafted);
    tree.tag('mine', 'v2', crafted);
    expect(await actionsOf(tree, { dropDangling: true, relinkChildren: true })).toEqual([]);
  });

  test('entries of an index, but where that is asked for: 3.x can be told not to look for them', async () => {
    const tree = volume();
    tree.push('theirs', 'v1', there);
    tree.push('mine', 'v1', own);
    const crafted = tree.putBlob(Buffer.from(JSON.stringify({ ...oci, manifests: [named, manifest] })));
    tree.revision('mine', crafted);
    expect(await actionsOf(tree)).toEqual([]);
    expect(await leftOf(tree)).toEqual([
      `relink-children ${layerLink('mine', secret.digest)}`,
      `relink-children ${revisionLink('mine', there.digest)}`,
    ]);
    expect(await actionsOf(tree, { relinkChildren: true })).toEqual([
      ...there.blobs.map(({ digest }) => `write-link ${layerLink('mine', digest)}`).toSorted(),
      `write-link ${revisionLink('mine', there.digest)}`,
    ]);
  });
});

test('an alias link that cannot be read is left: nothing tells which blob it stands for', async () => {
  const tree = volume();
  const alias = digestBytes(Buffer.from('by sha512'), 'sha512');
  tree.push('app', 'v1', simple('one'));
  tree.write(layerLink('app', alias), '');
  expect(await actionsOf(tree, { dropDangling: true })).toEqual([]);
  expect(await leftOf(tree)).toEqual([`push-again ${layerLink('app', alias)}`]);
});

test('a repository of uploads or layer links alone gets no folders', async () => {
  const tree = volume();
  tree.linkLayer('layers', tree.putBlob(Buffer.from('a layer')));
  tree.upload('pushing', { uuid: '6f2a1c7e-0d35-4e0a-9d3f-2f0a5f9b7c11', startedAt: new Date() });
  expect(await actionsOf(tree)).toEqual([]);
});

test('a folder of tags in which there is only something strange is there', async () => {
  const tree = volume();
  tree.push('app', undefined, simple('one'));
  const tags = `${repositoryFolder('app')}/${TAGS}`;
  expect(await actionsOf(tree)).toEqual([`make-folder ${tags}`]);
  tree.write(`${tags}/.DS_Store`, '');
  expect(await actionsOf(tree)).toEqual([]);
  expect(await leftOf(tree)).toEqual([`move-away ${tags}/.DS_Store`]);
});

test.each([LAYERS, TAGS])('a file in the place of %s is named, and left', async (part) => {
  const tree = volume();
  tree.push('app', undefined, simple('one'));
  const path = `${repositoryFolder('app')}/${part}`;
  rmSync(tree.path(path), { recursive: true, force: true });
  tree.write(path, 'no folder');
  const actions = await actionsOf(tree);
  expect(actions.filter((action) => action.includes(path))).toEqual([]);
  expect(await leftOf(tree)).toContain(`move-away ${path}`);
});

test.each([
  ['a revision link', (one: Pushable) => revisionLink('app', one.digest)],
  ['a layer link', (one: Pushable) => layerLink('app', one.blobs[0]?.digest ?? NOWHERE)],
])('a folder in the place of %s is named, and left', async (_what, pathOf) => {
  const tree = volume();
  const one = simple('one');
  tree.push('app', 'v1', one);
  const path = pathOf(one);
  rmSync(tree.path(path));
  mkdirSync(tree.path(path));
  expect(await actionsOf(tree, { dropDangling: true })).toEqual([]);
  expect(await leftOf(tree)).toContain(`move-away ${path}`);
});

test('only in the repositories that are asked for, and never under an illegal name', async () => {
  const tree = volume();
  for (const name of ['app', 'shop', 'Bad']) {
    tree.push(name, 'v1', simple('one'));
    tree.write(revisionLink(name, simple('one').digest), '');
  }
  const isIncluded = (name: string): boolean => name !== 'shop';
  expect(await actionsOf(tree, { isIncluded })).toEqual([`write-link ${revisionLink('app', simple('one').digest)}`]);
});

test('a rewritten link keeps its time, a new one gets that of what it names', async () => {
  const tree = volume();
  const [one, other] = [simple('one'), simple('other')];
  tree.push('app', 'v1', one);
  tree.push('app', 'v2', other);
  tree.write(revisionLink('app', one.digest), '');
  rmSync(tree.path(revisionFolder('app', other.digest)), { recursive: true });
  tree.age(100);
  tree.pushedAt('app', 'v2', 1);
  const { inventory } = await openedOf(tree.root, { request: { diskUsage: true, trustNothing: true } });
  const written = inventory.blobs.time[inventory.digests.find(other.digest) ?? -1];
  const actions = (await planOf(tree)).batches.flat();
  expect(actions.map(({ time }) => Date.parse(time ?? ''))).toEqual(
    [written, written].map((time = NaN) => Math.trunc(time)),
  );
});
