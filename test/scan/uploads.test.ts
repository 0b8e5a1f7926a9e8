/** Pushes that have not ended: when they began, what they hold, and when they go. */
import { mkdirSync, statSync, utimesSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Upload } from '../../src/inventory/inventory.ts';
import { uploadFolder } from '../../src/layout/paths.ts';
import { buildReport } from '../../src/query/report.ts';
import { seededBytes } from '../support/content.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const UUID = '0b9c8f0e-6b1c-4f6e-8c53-9a4d5e1f2a33';
const BEGAN = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
const HOUR = 3600;
const FILES = ['data', 'startedat', 'hashstates/sha256/0'];

function treeWithUpload({ startedAt }: { readonly startedAt: Date | undefined } = { startedAt: BEGAN }): Tree {
  const tree = createTree(temporaryFolder('uploads'));
  tree.upload('app', { uuid: UUID, bytes: seededBytes('piece', 5000), startedAt });
  return tree;
}

async function onlyUpload(tree: Tree): Promise<Upload> {
  const [upload, ...others] = (await openedOf(tree.root)).inventory.uploads;
  expect(others).toEqual([]);
  if (upload === undefined) throw new Error('no upload was found');
  return upload;
}

async function codesOf(tree: Tree): Promise<readonly string[]> {
  return (await openedOf(tree.root)).inventory.problems.map(({ code }) => code);
}

describe('an upload', () => {
  it('began when `startedat` says, and holds all its files', async () => {
    const tree = treeWithUpload();
    const states = FILES.map((name) => statSync(tree.path(`${uploadFolder('app', UUID)}/${name}`)));
    expect(await onlyUpload(tree)).toEqual({
      repository: 0,
      name: UUID,
      startedAt: BEGAN.getTime(),
      newestAt: Math.max(...states.map(({ mtimeMs }) => mtimeMs)),
      bytes: 5000 + 20 + 108,
      diskBytes: states.reduce((sum, { blocks }) => sum + blocks * 512, 0),
      // Its three files, its folder, `hashstates` and `hashstates/sha256`.
      inodes: 6,
      throughLink: false,
    });
    expect(await codesOf(tree)).toEqual([]);
  });

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['no time', 'yesterday'],
    ['longer than a time', `${BEGAN.toISOString()}${' '.repeat(200)}`],
  ])('whose `startedat` is %s has no beginning, and is told of', async (_what, content) => {
    const tree = treeWithUpload({ startedAt: undefined });
    if (content !== undefined) tree.write(`${uploadFolder('app', UUID)}/startedat`, content);
    expect((await onlyUpload(tree)).startedAt).toBeUndefined();
    expect(await codesOf(tree)).toEqual(['upload-without-startedat']);
  });

  it('counts what does not belong to it, and tells of it', async () => {
    const tree = treeWithUpload();
    tree.write(`${uploadFolder('app', UUID)}/notes.txt`, 'notes');
    expect(await onlyUpload(tree)).toMatchObject({ bytes: 5128 + 5, inodes: 7 });
    expect(await codesOf(tree)).toEqual(['unknown-entry']);
  });

  it('that holds no file yet is as old as its folder', async () => {
    const tree = createTree(temporaryFolder('uploads'));
    const folder = tree.path(uploadFolder('app', UUID));
    mkdirSync(folder, { recursive: true });
    utimesSync(folder, BEGAN, BEGAN);
    expect(await onlyUpload(tree)).toMatchObject({ newestAt: BEGAN.getTime(), bytes: 0, inodes: 1 });
  });

  it('is one of its repository even where there is nothing else', async () => {
    const tree = treeWithUpload();
    mkdirSync(tree.path('repositories/empty/_uploads'), { recursive: true });
    const { inventory } = await openedOf(tree.root);
    expect(inventory.repositories.map(({ name }) => name)).toEqual(['app', 'empty']);
    expect(inventory.emptyFolders.map(({ path }) => path)).toContain('repositories/empty/_uploads');
  });
});

describe('an upload goes', () => {
  async function going(tree: Tree, olderThanHours: number | undefined, now: number): Promise<unknown> {
    const opened = await openedOf(tree.root, { now });
    const { reclaimable } = buildReport(opened, {
      mode: 'revisions',
      minAgeSeconds: 0,
      uploadsOlderThanSeconds: olderThanHours === undefined ? undefined : olderThanHours * HOUR,
      now,
    });
    return reclaimable.uploads;
  }

  function aged(tree: Tree, files: Date): Tree {
    for (const name of FILES) utimesSync(tree.path(`${uploadFolder('app', UUID)}/${name}`), files, files);
    return tree;
  }

  const after = (hours: number): number => BEGAN.getTime() + hours * HOUR * 1000;

  it('once it began longer ago than --uploads-older-than, and not a moment before', async () => {
    const tree = aged(treeWithUpload(), BEGAN);
    expect(await going(tree, 168, after(167.9))).toMatchObject({ count: 0, bytes: 0 });
    expect(await going(tree, 168, after(168.1))).toMatchObject({ count: 1, bytes: 5128 });
  });

  it('only once nothing was added to it for as long: it may still be fed', async () => {
    const tree = aged(treeWithUpload(), BEGAN);
    const fed = new Date(after(100));
    utimesSync(tree.path(`${uploadFolder('app', UUID)}/data`), fed, fed);
    expect(await going(tree, 168, after(168.1))).toMatchObject({ count: 0 });
    expect(await going(tree, 168, after(268.1))).toMatchObject({ count: 1 });
  });

  it('only once it began as long ago, whatever the times of its files say', async () => {
    const tree = aged(treeWithUpload(), new Date(after(-1000)));
    expect(await going(tree, 168, after(167.9))).toMatchObject({ count: 0 });
  });

  it('never where --uploads-older-than is never', async () => {
    expect(await going(aged(treeWithUpload(), BEGAN), undefined, after(1e6))).toMatchObject({ count: 0 });
  });
});
