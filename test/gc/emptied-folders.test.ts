/** Which folders go: those of a repository that keeps nothing, and never one of the four of a repository that lives. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { foldersThatGo } from '../../src/gc/emptied-folders.ts';
import type { Plan } from '../../src/gc/plan.ts';
import { planIn } from '../../src/gc/plan-in.ts';
import type { EmptyFolder } from '../../src/inventory/inventory.ts';
import {
  blobFolder,
  layerFolder,
  LAYERS,
  repositoryFolder,
  revisionFolder,
  REVISIONS,
  tagFolder,
  TAGS,
  UPLOADS,
} from '../../src/layout/paths.ts';
import { digestBytes, layer } from '../support/content.ts';
import { openedOf, type ReportWishes } from '../support/report-of.ts';
import type { Tree } from '../support/tree.ts';
import { looseLayer, simple, volumeWithGarbage } from './volume.ts';

const UUID = '6f2a1c7e-0d35-4e0a-9d3f-2f0a5f9b7c11';
const WEEK_SECONDS = 168 * 3600;

async function planOf(tree: Tree, wishes: ReportWishes = {}): Promise<Plan> {
  const { analysis } = await openedOf(tree.root, wishes);
  const mode = wishes.mode ?? 'untagged';
  const view = { mode, minAgeSeconds: wishes.minAge ?? 0, uploadsOlderThanSeconds: WEEK_SECONDS, now: Date.now() };
  return planIn(analysis, mode, view);
}

/** The folders below `repositories` that go, without that word. */
async function foldersOf(tree: Tree, wishes: ReportWishes = {}): Promise<readonly string[]> {
  const { emptyFolders } = await planOf(tree, wishes);
  const paths = emptyFolders.map(({ path }) => path);
  return paths.filter((path) => path.startsWith('repositories/')).map((path) => path.slice('repositories/'.length));
}

/** A repository as the API leaves it when its only tag has been deleted: revision, links and folders are there. */
function untagged(tree: Tree, name: string): void {
  tree.push(name, 'v1', simple(name));
  rmSync(tree.path(tagFolder(name, 'v1')), { recursive: true });
}

const WHOLE = [
  'gone/_manifests/revisions/sha256',
  'gone/_layers/sha256',
  'gone/_manifests/revisions',
  'gone/_manifests/tags',
  'gone/_layers',
  'gone/_manifests',
  'gone/_uploads',
  'gone',
];

test('a repository that keeps nothing goes whole, the deepest folder first', async () => {
  const { tree } = volumeWithGarbage();
  untagged(tree, 'gone');
  expect(await foldersOf(tree)).toEqual(['gone/_manifests/revisions/sha256', ...WHOLE.slice(1, 3), ...expectedRest()]);

  function expectedRest(): readonly string[] {
    return ['gone/_manifests/tags', 'gone/_layers', 'gone/_manifests', 'gone/_uploads', 'other/_uploads', 'gone'];
  }
});

test('where every revision is kept its repository keeps its folders', async () => {
  const { tree } = volumeWithGarbage();
  untagged(tree, 'gone');
  expect(await foldersOf(tree, { mode: 'revisions' })).toEqual(['gone/_uploads', 'other/_uploads']);
});

test.each(['_layers', '_manifests', '_manifests/tags', '_manifests/revisions'])(
  'a repository that keeps a tag keeps %s, empty as it is',
  async (folder) => {
    const { tree } = volumeWithGarbage();
    tree.push('alive', 'v1', simple('alive'));
    rmSync(tree.path(`${repositoryFolder('alive')}/${folder}`), { recursive: true });
    mkdirSync(tree.path(`${repositoryFolder('alive')}/${folder}`));
    tree.upload('alive', { uuid: UUID, startedAt: new Date() });
    expect(await foldersOf(tree)).toEqual(['other/_uploads']);
  },
);

test('folders in which the API and the collector left nothing are those of a repository that keeps nothing', async () => {
  const { tree } = volumeWithGarbage();
  for (const folder of [TAGS, `${REVISIONS}/sha256`, `${LAYERS}/sha256`, UPLOADS]) {
    mkdirSync(tree.path(`${repositoryFolder('gone')}/${folder}`), { recursive: true });
  }
  mkdirSync(tree.path(revisionFolder('gone', layer('x').digest)));
  mkdirSync(tree.path(layerFolder('gone', layer('x').digest)));
  const folders = await foldersOf(tree);
  expect(folders.filter((path) => !/[0-9a-f]{64}$|^other/.test(path))).toEqual(WHOLE);
  expect(folders).toHaveLength(WHOLE.length + 3);
});

test('a nested repository survives its parent', async () => {
  const { tree } = volumeWithGarbage();
  untagged(tree, 'gone');
  tree.push('gone/inside', 'v1', simple('inside'));
  const folders = await foldersOf(tree);
  expect(folders).toContain('gone/_layers');
  expect(folders).not.toContain('gone');
  expect(folders.filter((path) => path.startsWith('gone/inside'))).toEqual(['gone/inside/_uploads']);
});

test('a parent survives a nested repository, and a namespace goes with the last in it', async () => {
  const { tree } = volumeWithGarbage();
  tree.push('team', 'v1', simple('team'));
  untagged(tree, 'team/gone');
  untagged(tree, 'deep/in/it/one');
  untagged(tree, 'deep/in/two');
  tree.push('shallow/kept', 'v1', simple('kept'));
  untagged(tree, 'shallow/gone');
  const folders = await foldersOf(tree);
  const tops = folders.filter((path) => !path.includes('/_'));
  expect(tops).toEqual(['deep/in/it/one', 'deep/in/it', 'deep/in/two', 'deep/in', 'shallow/gone', 'team/gone', 'deep']);
});

test('a namespace that holds nothing goes, and not where --repo leaves something out', async () => {
  const { tree } = volumeWithGarbage();
  mkdirSync(tree.path('repositories/left/over'), { recursive: true });
  expect(await foldersOf(tree)).toEqual(['left/over', 'other/_uploads', 'left']);
  expect(await foldersOf(tree, { repo: ['left/**'] })).toEqual([]);
});

test.each([
  ['in the repository', 'repositories/gone/notes'],
  ['among its tags', 'repositories/gone/_manifests/tags/notes'],
  ['among its layer links', 'repositories/gone/_layers/sha256/notes'],
  ['in its uploads', 'repositories/gone/_uploads/notes'],
])('something unknown %s keeps its folders', async (_, path) => {
  const { tree } = volumeWithGarbage();
  untagged(tree, 'gone');
  writeFileSync(tree.path(path), 'notes');
  expect((await foldersOf(tree)).filter((folder) => folder !== 'gone/_uploads')).toEqual(['other/_uploads']);
});

test('something unknown in a namespace keeps that alone', async () => {
  const { tree } = volumeWithGarbage();
  untagged(tree, 'team/gone');
  writeFileSync(tree.path('repositories/team/notes'), 'notes');
  const folders = await foldersOf(tree);
  expect(folders).toContain('team/gone');
  expect(folders).not.toContain('team');
});

test('what is held, young or outside --repo keeps its folders', async () => {
  const { tree } = volumeWithGarbage();
  untagged(tree, 'gone');
  expect(await foldersOf(tree, { repo: ['!gone'] })).toEqual(['other/_uploads']);
  expect((await foldersOf(tree, { minAge: 3600 })).filter((path) => !path.endsWith('_uploads'))).toEqual([]);
});

test('an upload that nobody feeds goes with its repository, one that is young keeps it', async () => {
  const { tree } = volumeWithGarbage();
  tree.upload('pushing', { uuid: UUID, startedAt: new Date(0) });
  tree.age(24 * 14);
  expect(await foldersOf(tree)).toEqual(['other/_uploads', 'pushing/_uploads', 'pushing']);
  writeFileSync(tree.path(`repositories/pushing/_uploads/${UUID}/data`), 'more');
  expect(await foldersOf(tree)).toEqual(['other/_uploads']);
});

test('a stray that is old goes with the folder that it lies in, a young one keeps both', async () => {
  const { tree } = volumeWithGarbage();
  looseLayer(tree, 'gone', 'loose');
  const linkless = layerFolder('gone', layer('x').digest);
  const dataless = blobFolder(digestBytes(Buffer.from('dataless')));
  tree.write(`${linkless}/link.${UUID}.tmp`, 'half');
  tree.write(`${dataless}/data.${UUID}.tmp`, 'half');
  tree.age(2);
  const plan = await planOf(tree, { minAge: 3600 });
  expect(plan.strayFiles).toHaveLength(2);
  const paths = plan.emptyFolders.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining([linkless, dataless, dataless.slice(0, -65), 'repositories/gone']));
  writeFileSync(tree.path(`${linkless}/link.${UUID}.tmp`), 'half again');
  const young = await planOf(tree, { minAge: 3600 });
  expect(young.strayFiles).toHaveLength(1);
  expect(young.emptyFolders.map(({ path }) => path)).not.toContain('repositories/gone');
});

test('a prefix of blobs goes with its last blob, unless something else lies there', async () => {
  const { tree, garbage } = volumeWithGarbage();
  const prefix = blobFolder(garbage).slice(0, -65);
  expect((await planOf(tree)).emptyFolders.map(({ path }) => path)).toContain(prefix);
  writeFileSync(tree.path(`${prefix}/notes`), 'notes');
  expect((await planOf(tree)).emptyFolders.map(({ path }) => path)).not.toContain(prefix);
});

test('of folders of which some stay none goes above them, nor of a repository that keeps one of its own', () => {
  const folder = (kind: EmptyFolder['kind'], path: string): EmptyFolder => ({
    kind,
    path,
    repository: kind === 'namespace' ? undefined : 0,
  });
  const folders = [
    folder('layers', 'repositories/team/gone/_layers'),
    folder('manifests', 'repositories/team/gone/_manifests'),
    folder('uploads', 'repositories/team/gone/_uploads'),
    folder('repository', 'repositories/team/gone'),
    folder('namespace', 'repositories/team'),
  ];
  const without = (path: string): readonly string[] =>
    foldersThatGo(folders, (one) => !one.path.endsWith(path)).map((one) => one.path);
  expect(without('nothing')).toEqual(folders.map(({ path }) => path));
  expect(without('_layers')).toEqual(['repositories/team/gone/_uploads']);
  expect(without('_uploads')).toEqual(folders.slice(0, 2).map(({ path }) => path));
});
