import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryFolder, REPOSITORIES } from '../../src/layout/paths.ts';
import type { Report } from '../../src/report/model.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { openedOf, reclaimableBlobs, reportOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const APP = image({ name: 'app', layers: [layer('app')] });

function newTree(): Tree {
  return createTree(join(temporaryFolder('discover'), 'registry'));
}

function withApp(...names: readonly string[]): Tree {
  const tree = newTree();
  for (const name of names) tree.push(name, '1.0', APP);
  return tree;
}

async function namesIn(tree: Tree): Promise<readonly string[]> {
  return (await reportOf(tree.root)).repositories.map(({ name }) => name);
}

function codesAt(report: Report, path: string): readonly string[] {
  return report.problems.filter((problem) => problem.path === path).map(({ code }) => code);
}

describe('names', () => {
  it('nest, and a repository may lie inside another', async () => {
    const names = ['a', 'a/b', 'a/b/c/d', 'z/y'];
    expect(await namesIn(withApp(...names))).toEqual(names);
  });

  it('with line breaks or control characters are found, and keep their image', async () => {
    const names = ['a\nb', 'line\r\nbreak/inner', '\u001b[31mred', 'x (copy)', 'Upper', '.hidden', '[ab]*{c}', '!not'];
    const tree = withApp(...names);
    expect([...(await namesIn(tree))].sort()).toEqual([...names].sort());
    expect(await reclaimableBlobs(tree.root, { mode: 'untagged' })).toEqual([]);
    const { inventory } = await openedOf(tree.root);
    expect(inventory.repositories.map(({ deletable }) => deletable)).toEqual(names.map(() => false));
    const report = await reportOf(tree.root);
    for (const name of names) expect(codesAt(report, repositoryFolder(name))).toEqual(['repository-name-invalid']);
  });

  it('of a folder that holds but one of the three: each is a repository', async () => {
    const tree = newTree();
    for (const [name, part] of [
      ['a', '_manifests'],
      ['b', '_layers'],
      ['c', '_uploads'],
      ['d', 'e'],
    ] as const) {
      mkdirSync(tree.path(`${repositoryFolder(name)}/${part}`), { recursive: true });
    }
    expect(await namesIn(tree)).toEqual(['a', 'b', 'c']);
  });

  it('are none where nothing was pushed', async () => {
    const report = await reportOf(newTree().root);
    expect(report.repositories).toEqual([]);
    expect(report.problems).toEqual([]);
    expect(report.complete).toBe(true);
  });
});

describe('a folder that begins with `_`', () => {
  it('is reported, and what lies in it is kept though the registry skips it', async () => {
    const tree = withApp('app');
    tree.push('_x/inner', '1.0', image({ name: 'hidden', layers: [layer('hidden')] }));
    expect(await namesIn(tree)).toEqual(['_x/inner', 'app']);
    const report = await reportOf(tree.root);
    expect(codesAt(report, `${REPOSITORIES}/_x`)).toEqual(['unknown-entry']);
    expect(codesAt(report, `${REPOSITORIES}/_x/inner`)).toEqual(['repository-name-invalid']);
    expect(report.unreferenced.blobs).toBe(0);
  });
});

describe('what is not entered', () => {
  it('`.snapshot` anywhere and `lost+found` at the top, in silence', async () => {
    const tree = withApp('app', 'shop/api', '.snapshot/daily/app', 'shop/.snapshot/api', 'lost+found/x');
    const report = await reportOf(tree.root);
    expect(report.repositories.map(({ name }) => name)).toEqual(['app', 'shop/api']);
    expect(report.problems).toEqual([]);
  });

  it('but `lost+found` further down', async () => {
    expect(await namesIn(withApp('app', 'shop/lost+found'))).toEqual(['app', 'shop/lost+found']);
  });

  it('the folders of a repository: nothing in `_layers` is taken for one', async () => {
    const tree = withApp('app');
    mkdirSync(tree.path('repositories/app/_layers/sha256/_manifests'), { recursive: true });
    expect(await namesIn(tree)).toEqual(['app']);
  });

  it('files, FIFOs and strays: each is reported', async () => {
    const tree = withApp('app');
    writeFileSync(tree.path('repositories/.DS_Store'), 'x');
    execFileSync('mkfifo', [tree.path('repositories/app/pipe')]);
    const report = await reportOf(tree.root);
    expect(codesAt(report, 'repositories/.DS_Store')).toEqual(['unknown-entry']);
    expect(codesAt(report, 'repositories/app/pipe')).toEqual(['unknown-entry']);
    expect(report.complete).toBe(true);
  });
});

describe('symbolic links', () => {
  it('to a repository: read through, and what it names is kept under both names', async () => {
    const tree = withApp('app');
    symlinkSync('app', tree.path('repositories/alias'));
    const { inventory } = await openedOf(tree.root);
    expect(inventory.repositories.map(({ name, deletable }) => [name, deletable])).toEqual([
      ['alias', false],
      ['app', true],
    ]);
    expect(codesAt(await reportOf(tree.root), 'repositories/alias')).toEqual(['symbolic-link']);
  });

  it('to a namespace outside: every repository in it is found, and keeps its image', async () => {
    const tree = withApp('shop/api', 'shop/team/web');
    const outside = join(tree.root, '..', 'outside');
    renameSync(tree.path('repositories/shop'), outside);
    symlinkSync(outside, tree.path('repositories/shop'));
    const { inventory } = await openedOf(tree.root);
    expect(inventory.repositories.map(({ name, deletable }) => [name, deletable])).toEqual([
      ['shop/api', false],
      ['shop/team/web', false],
    ]);
    expect(await reclaimableBlobs(tree.root)).toEqual([]);
  });

  it.each([
    ['itself', 'loop'],
    ['nowhere', 'gone'],
    ['a file', 'app/_manifests/tags/1.0/current/link'],
  ])('to %s make the scan incomplete', async (_what, target) => {
    const tree = withApp('app');
    symlinkSync(target, tree.path('repositories/loop'));
    const report = await reportOf(tree.root);
    expect(report.complete).toBe(false);
    expect(codesAt(report, 'repositories/loop')).toEqual(['symbolic-link']);
    expect(report.repositories.map(({ name }) => name)).toEqual(['app']);
  });

  it('to a folder around them end there', async () => {
    const tree = withApp('shop/api');
    symlinkSync('..', tree.path('repositories/shop/up'));
    symlinkSync('.', tree.path('repositories/self'));
    const report = await reportOf(tree.root);
    expect(report.repositories.map(({ name }) => name)).toEqual(['shop/api']);
    expect(codesAt(report, 'repositories/shop/up')).toEqual(['symbolic-link']);
    expect(codesAt(report, 'repositories/self')).toEqual(['symbolic-link']);
  });

  it('that lead to each other end, however they are tied', async () => {
    const tree = withApp('a/app', 'b/app');
    symlinkSync('../b', tree.path('repositories/a/to-b'));
    symlinkSync('../a', tree.path('repositories/b/to-a'));
    const report = await reportOf(tree.root);
    expect(report.repositories.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['a/app', 'a/to-b/app', 'b/app', 'b/to-a/app']),
    );
    expect(await reclaimableBlobs(tree.root)).toEqual([]);
  });
});
