/** Links and folders that a repair makes: what stops it in the last moment, what it leaves on the disk, and how that is undone. */
import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/gc/action.ts';
import { buildGraph } from '../../src/gc/graph.ts';
import { buildRepair } from '../../src/gc/repair.ts';
import {
  blobData,
  blobFolder,
  LAYERS,
  layerLink,
  repositoryFolder,
  REVISIONS,
  revisionFolder,
  revisionLink,
} from '../../src/layout/paths.ts';
import type { SweepOutcome } from '../../src/sweep/work.ts';
import { simple } from '../gc/volume.ts';
import { forgeJournal } from '../support/forged-journal.ts';
import { openedOf } from '../support/report-of.ts';
import { changedPaths, snapshot } from '../support/snapshot.ts';
import { restoreOf, sweepOf } from '../support/sweep-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const ONE = simple('one');

/** A tagged image whose revision link has a line break. */
function volume(): Tree {
  const tree = createTree(join(temporaryFolder('mend'), 'registry'));
  tree.push('app', 'v1', ONE);
  tree.write(revisionLink('app', ONE.digest), `${ONE.digest}\n`);
  tree.age(100);
  return tree;
}

/** One whose revision is not linked at all, nor is its folder there. */
function unlinked(): Tree {
  const tree = volume();
  rmSync(tree.path(`${repositoryFolder('app')}/${REVISIONS}/sha256`), { recursive: true });
  return tree;
}

async function repairOf(
  tree: Tree,
  { between = () => undefined, change = (action) => action }: Partial<Wishes> = {},
): Promise<SweepOutcome> {
  const { inventory } = await openedOf(tree.root, { request: { diskUsage: true, trustNothing: true } });
  const wishes = { isIncluded: () => true, dropDangling: false, relinkChildren: false };
  const actions = buildRepair(inventory, wishes).batches.flat().map(change);
  const graph = buildGraph(inventory);
  const plan = { tags: new Uint32Array() } as never;
  return sweepOf(tree.root, { planned: { inventory, graph, plan, actions }, between });
}

interface Wishes {
  /** Done once the plan is made, before anything is carried out. */
  readonly between: () => void;
  readonly change: (action: Action) => Action;
}

function layoutOf(tree: Tree): ReadonlyMap<string, string> {
  const entries = snapshot(tree.path(''), { modes: true, times: true });
  return new Map([...entries].map(([path, line]) => [path, line.replace(/^(folder \S+) .*/, '$1')]));
}

const PATH = revisionLink('app', ONE.digest);

test('a link is written with the bare digest, and with the time and the mode of the one before it', async () => {
  const tree = volume();
  chmodSync(tree.path(PATH), 0o640);
  const before = lstatSync(tree.path(PATH));
  expect(await repairOf(tree)).toMatchObject({ actionsDone: 1, skipped: [], failed: [] });
  expect(readFileSync(tree.path(PATH), 'utf8')).toBe(ONE.digest);
  const after = lstatSync(tree.path(PATH));
  expect([after.mode, Math.trunc(after.mtimeMs), after.nlink]).toEqual([before.mode, Math.trunc(before.mtimeMs), 1]);
});

test('a link that was not there has the permissions of its folder, less those to enter it', async () => {
  const tree = unlinked();
  chmodSync(tree.path(`${repositoryFolder('app')}/${REVISIONS}`), 0o750);
  expect(await repairOf(tree)).toMatchObject({ actionsDone: 1 });
  expect(lstatSync(tree.path(PATH)).mode & 0o777).toBe(0o640);
  expect(lstatSync(dirname(tree.path(PATH))).mode & 0o777).toBe(0o750);
  expect(Math.trunc(lstatSync(tree.path(PATH)).mtimeMs)).toBe(
    Math.trunc(lstatSync(tree.path(blobData(ONE.digest))).mtimeMs),
  );
});

describe('what has changed since the plan was made stays', () => {
  test.each<[string, (tree: Tree) => void, () => Tree]>([
    ['the link was written anew', (tree) => tree.write(PATH, `${ONE.digest}\n`), volume],
    ['the link names something else', (tree) => keepTime(tree, 'sha256:nothing else'.padEnd(72)), volume],
    ['a link stands there', (tree) => tree.write(PATH, ONE.digest), unlinked],
    ['the manifest is gone', (tree) => rmSync(tree.path(blobFolder(ONE.digest)), { recursive: true }), volume],
    ['the manifest is another', (tree) => tree.write(blobData(ONE.digest), '{}'), unlinked],
    ['the link is a symbolic link', (tree) => linkTo(tree, PATH), volume],
    ['its folder is a symbolic link', (tree) => linkTo(tree, revisionFolder('app', ONE.digest)), volume],
    [
      'there is a file in its way',
      (tree) => tree.write(`${repositoryFolder('app')}/${REVISIONS}/sha256`, ''),
      unlinked,
    ],
  ])('%s', async (_what, change, make) => {
    const tree = make();
    let changed = layoutOf(tree);
    const outcome = await repairOf(tree, {
      between: () => {
        change(tree);
        changed = layoutOf(tree);
      },
    });
    expect(outcome.actionsDone).toBe(0);
    expect(outcome.skipped.map(({ path }) => path)).toEqual([PATH]);
    expect(changedPaths(changed, layoutOf(tree))).toEqual([]);
  });

  test('a folder that is there by now', async () => {
    const tree = createTree(join(temporaryFolder('mend'), 'registry'));
    const folder = `${repositoryFolder('app')}/${LAYERS}`;
    mkdirSync(tree.path(`${repositoryFolder('app')}/_manifests`), { recursive: true });
    const outcome = await repairOf(tree, { between: () => mkdirSync(tree.path(folder)) });
    expect(outcome).toMatchObject({ actionsDone: 0, skipped: [{ path: folder }] });
  });
});

function keepTime(tree: Tree, content: string): void {
  const { atime, mtime } = lstatSync(tree.path(PATH));
  // As long as a digest, and none.
  writeFileSync(tree.path(PATH), `sha256:${'0'.repeat(64)}${content.slice(71)}`);
  utimesSync(tree.path(PATH), atime, mtime);
}

function linkTo(tree: Tree, path: string): void {
  const away = join(temporaryFolder('elsewhere'), 'it');
  rmSync(tree.path(path), { recursive: true });
  symlinkSync(away, tree.path(path));
}

test('a revision link that names another manifest stays where that one could not be linked', async () => {
  const tree = volume();
  const other = simple('other');
  tree.putBlob(other.bytes);
  tree.write(PATH, other.digest);
  const otherLink = tree.path(revisionLink('app', other.digest));
  const outcome = await repairOf(tree, { between: () => mkdirSync(otherLink, { recursive: true }) });
  expect(outcome.skipped.map(({ path }) => path)).toEqual([revisionLink('app', other.digest), PATH]);
  expect(readFileSync(tree.path(PATH), 'utf8')).toBe(other.digest);
});

test.each([
  ['another digest than its folder', { digest: simple('other').digest }],
  ['a path out of the layout', { path: '../../../../canary/link' }],
  ['a blob', { path: blobData(ONE.digest) }],
  ['an illegal repository', { path: revisionLink('Bad', ONE.digest) }],
])('a crafted action: %s', async (_what, crafted) => {
  const tree = volume();
  tree.push('other', 'v1', simple('other'));
  const before = snapshot(join(tree.root, '..'), { times: true });
  const outcome = await repairOf(tree, { change: (action) => ({ ...action, ...crafted }) });
  expect(outcome).toMatchObject({ actionsDone: 0, failed: [] });
  expect(outcome.skipped).toHaveLength(1);
  const changed = changedPaths(before, snapshot(join(tree.root, '..'), { times: true }));
  expect(changed.filter((path) => !path.startsWith('registry/.regsweep') && path !== 'registry')).toEqual([]);
});

describe('taken back', () => {
  test.each([
    ['a link that was there', volume],
    ['a link that was not, with the folders above it', unlinked],
  ])('%s', async (_what, make) => {
    const tree = make();
    const before = layoutOf(tree);
    const { run } = await repairOf(tree);
    expect(changedPaths(before, layoutOf(tree))).not.toEqual([]);
    expect(await restoreOf(tree.root, run)).toMatchObject({ restored: 1, stays: [], failed: [] });
    expect(changedPaths(before, layoutOf(tree))).toEqual([]);
    expect(await restoreOf(tree.root, run)).toMatchObject({ already: true });
  });

  test('a link that the run did not come to, or left, has nothing to take back', async () => {
    const tree = volume();
    const { run } = await repairOf(tree, { between: () => tree.write(PATH, `${ONE.digest}\n`) });
    const before = layoutOf(tree);
    expect(await restoreOf(tree.root, run)).toMatchObject({ restored: 0, stays: [], failed: [] });
    expect(changedPaths(before, layoutOf(tree))).toEqual([]);
  });

  test('many links in folders that were made for them', async () => {
    const tree = volume();
    rmSync(tree.path(`${repositoryFolder('app')}/${LAYERS}`), { recursive: true });
    const before = layoutOf(tree);
    const { run, actionsDone } = await repairOf(tree);
    expect(actionsDone).toBe(ONE.blobs.length + 2);
    await restoreOf(tree.root, run);
    expect(changedPaths(before, layoutOf(tree))).toEqual([]);
  });

  test.each([
    ['was pushed again, with the same words', ONE.digest],
    ['says something else by now', `${ONE.digest} `],
  ])('a link that %s stays', async (_what, content) => {
    for (const make of [volume, unlinked]) {
      const tree = make();
      const { run } = await repairOf(tree);
      writeFileSync(tree.path(PATH), content);
      expect(await restoreOf(tree.root, run)).toMatchObject({ restored: 0, stays: [PATH], failed: [] });
      expect(readFileSync(tree.path(PATH), 'utf8')).toBe(content);
    }
  });

  test.each([
    [
      'a layer link that was not there',
      (tree: Tree, path: string) => rmSync(dirname(tree.path(path)), { recursive: true }),
    ],
    ['a layer link that was empty', (tree: Tree, path: string) => writeFileSync(tree.path(path), '')],
  ])('%s stays where a push since may have gone by it', async (_what, damage) => {
    const tree = createTree(join(temporaryFolder('mend'), 'registry'));
    tree.push('app', 'v1', ONE);
    const paths = ONE.blobs.map(({ digest }) => layerLink('app', digest));
    for (const path of paths) damage(tree, path);
    tree.age(100);
    const { run } = await repairOf(tree);
    // The registry finds its layers there, and links none of them again.
    tree.revision('app', tree.putBlob(Buffer.from(ONE.bytes.toString().replace('{', '{ '))));
    const outcome = await restoreOf(tree.root, run);
    expect([outcome.restored, [...outcome.stays].sort()]).toEqual([0, paths.toSorted()]);
    for (const [place, path] of paths.entries())
      expect(readFileSync(tree.path(path), 'utf8')).toBe(ONE.blobs[place]?.digest);
  });

  test('a link whose older one has vanished from the trash stays: better it than none', async () => {
    const tree = volume();
    const { run } = await repairOf(tree);
    rmSync(join(tree.root, '.regsweep/runs', run ?? '', 'trash'), { recursive: true });
    mkdirSync(join(tree.root, '.regsweep/runs', run ?? '', 'trash'));
    expect(await restoreOf(tree.root, run)).toMatchObject({ restored: 0, stays: [PATH] });
    expect(readFileSync(tree.path(PATH), 'utf8')).toBe(ONE.digest);
  });

  test('a folder in which something is by now stays', async () => {
    const tree = unlinked();
    const { run } = await repairOf(tree);
    tree.revision('app', simple('other').digest);
    await restoreOf(tree.root, run);
    expect(lstatSync(tree.path(revisionLink('app', simple('other').digest))).isFile()).toBe(true);
  });
});

test('a forged journal takes back nothing outside the places of links', async () => {
  const tree = unlinked();
  const { run } = await repairOf(tree);
  const outside = join(tree.root, 'canary');
  mkdirSync(outside);
  writeFileSync(join(outside, 'link'), ONE.digest);
  rmSync(tree.path(PATH));
  const { mtime } = lstatSync(tree.path(blobData(ONE.digest)));
  utimesSync(join(outside, 'link'), mtime, mtime);
  const journal = join(tree.root, '.regsweep/runs', run ?? '', 'journal.ndjson');
  const before = snapshot(tree.root);
  for (const forged of [
    { path: '../../../canary/link' },
    { path: blobData(ONE.digest) },
    { makes: '../../../canary' },
    { makes: 'repositories' },
  ]) {
    forgeJournal(journal, (line) => ({ ...line, ...forged }));
    await restoreOf(tree.root, run);
    const changed = changedPaths(before, snapshot(tree.root)).filter((path) => !path.startsWith('.regsweep/'));
    expect(changed.filter((path) => !path.includes('_manifests/revisions/sha256'))).toEqual([]);
  }
});

test('a forged journal that tells no time takes back nothing: whose the link is cannot be told', async () => {
  const tree = unlinked();
  const { run } = await repairOf(tree);
  forgeJournal(join(tree.root, '.regsweep/runs', run ?? '', 'journal.ndjson'), (line) => ({
    ...line,
    time: undefined,
  }));
  expect(await restoreOf(tree.root, run)).toMatchObject({ restored: 0, stays: [PATH] });
});

test('a layer link comes back into a repository that has lost its folder of layers', async () => {
  const tree = volume();
  const [first] = ONE.blobs;
  rmSync(tree.path(`${repositoryFolder('app')}/${LAYERS}`), { recursive: true });
  await repairOf(tree);
  expect(readFileSync(tree.path(layerLink('app', first?.digest ?? ONE.digest)), 'utf8')).toBe(first?.digest);
});
