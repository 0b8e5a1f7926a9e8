/** What could go is stat-ed: what comes of it where that fails, or where something else stands in a file's place. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  blobData,
  blobFolder,
  layerLink,
  repositoryFolder,
  tagIndexEntryLink,
  UPLOADS,
} from '../../src/layout/paths.ts';
import { digestBytes, layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { asNobody } from '../support/nobody.ts';
import { openedOf, viewOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const APP = image({ name: 'app', layers: [layer('app')] });
const GONE = digestBytes(Buffer.from('gone'));
const ORPHAN = layer('orphan');
const ENTRY = tagIndexEntryLink('app', '1.0', GONE);
const LINK = layerLink('app', ORPHAN.digest);

/** An image; a layer link, a blob and an entry of the tag index that nothing needs. No folder is empty. */
function volume(): Tree {
  const tree = createTree(join(temporaryFolder('measure'), 'registry'));
  tree.push('app', '1.0', APP);
  rmSync(tree.path(`${repositoryFolder('app')}/${UPLOADS}`), { recursive: true });
  tree.linkLayer('app', tree.putBlob(ORPHAN.bytes));
  tree.write(ENTRY, GONE);
  return tree;
}

/** Whatever can take a file's place without being one. */
const OTHERS: readonly (readonly [string, (path: string) => void])[] = [
  ['a folder', (path) => mkdirSync(path)],
  ['a FIFO', (path) => execFileSync('mkfifo', [path])],
];

function replace(tree: Tree, path: string, make: (path: string) => void): void {
  rmSync(tree.path(path));
  make(tree.path(path));
}

describe('a folder that must not be entered', () => {
  it.each([
    ['a layer link that could go', LINK],
    ['a tag index entry that could go', ENTRY],
    ['a blob that could go', blobData(ORPHAN.digest)],
  ])('of %s makes the scan incomplete, and is told of', async (_what, path) => {
    const tree = volume();
    expect(viewOf(await openedOf(tree.root)).complete).toBe(true);
    const folder = dirname(tree.path(path));
    chmodSync(folder, 0);
    try {
      const report = viewOf(await asNobody(tree.root, () => openedOf(tree.root)));
      expect(report.complete).toBe(false);
      expect(report.problems).toContainEqual(
        expect.objectContaining({ code: 'permission-denied', severity: 'error', path }),
      );
    } finally {
      chmodSync(folder, 0o700);
    }
  });
});

describe.each(OTHERS)('%s in the place of', (_what, make) => {
  it("a blob's data is told of and never opened; its folder is not one to remove", async () => {
    const tree = volume();
    replace(tree, blobData(ORPHAN.digest), make);
    const opened = await openedOf(tree.root);
    const { complete, problems, reclaimable } = viewOf(opened);
    expect(complete).toBe(true);
    expect(problems).toContainEqual(
      expect.objectContaining({ code: 'blob-without-data', path: blobFolder(ORPHAN.digest) }),
    );
    expect(problems).toContainEqual(expect.objectContaining({ code: 'unknown-entry', path: blobData(ORPHAN.digest) }));
    expect(opened.inventory.emptyFolders).toEqual([]);
    expect(reclaimable.blobs.count).toBe(0);
  });

  it.each([
    ['a layer link', LINK],
    ['a tag index entry', ENTRY],
  ])('%s is told of; it counts by its folder, which is not one to remove', async (_link, path) => {
    const tree = volume();
    replace(tree, path, make);
    const opened = await openedOf(tree.root);
    const { complete, problems, totals } = viewOf(opened);
    expect(complete).toBe(true);
    expect(problems).toContainEqual(expect.objectContaining({ code: 'link-malformed', severity: 'warning', path }));
    expect(totals).toMatchObject({ layerLinks: 3, tagIndexEntries: 2 });
    expect(opened.inventory.emptyFolders).toEqual([]);
  });
});

describe("a blob's folder without data", () => {
  it('that holds nothing is an empty folder', async () => {
    const tree = volume();
    rmSync(tree.path(blobData(ORPHAN.digest)));
    const { inventory } = await openedOf(tree.root);
    const path = blobFolder(ORPHAN.digest);
    expect(inventory.emptyFolders).toMatchObject([{ kind: 'blob', path }]);
    expect(inventory.problems).toContainEqual(expect.objectContaining({ code: 'blob-without-data', path }));
  });

  it('behind a symbolic link is told of, and is not one to remove', async () => {
    const tree = volume();
    const folder = tree.path(blobFolder(ORPHAN.digest));
    rmSync(folder, { recursive: true });
    mkdirSync(join(tree.root, 'elsewhere'));
    symlinkSync(join(tree.root, 'elsewhere'), folder);
    const { inventory } = await openedOf(tree.root);
    expect(inventory.problems.map(({ code }) => code)).toContain('blob-without-data');
    expect(inventory.emptyFolders).toEqual([]);
  });

  it('whose data is a symbolic link to nowhere makes the scan incomplete: it may be on a volume that is not mounted', async () => {
    const tree = volume();
    replace(tree, blobData(ORPHAN.digest), (path) => symlinkSync('nowhere', path));
    const { complete, problems } = viewOf(await openedOf(tree.root));
    expect(complete).toBe(false);
    expect(problems).toContainEqual(
      expect.objectContaining({ code: 'symbolic-link', severity: 'error', path: blobData(ORPHAN.digest) }),
    );
  });
});
