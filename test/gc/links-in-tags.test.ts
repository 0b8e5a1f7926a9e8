/** Symbolic links below a tag, and in the place of a file: read through, told of, and never deleted through. */
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  blobData,
  blobFolder,
  CURRENT,
  INDEX,
  layerLink,
  tagCurrentLink,
  tagFolder,
  tagIndexEntryLink,
} from '../../src/layout/paths.ts';
import type { Digest } from '../../src/layout/digest.ts';
import { reclaimableBlobs, reportOf } from '../support/report-of.ts';
import type { Tree } from '../support/tree.ts';
import { looseLayer, simple, volumeWithGarbage } from './volume.ts';

const now = simple('now');
const past = simple('past');

/** `app:v1` names an image now, and named `past` before, which is a revision no longer. */
function withHistory(): { readonly tree: Tree; readonly garbage: Digest } {
  const { tree, garbage } = volumeWithGarbage();
  tree.push('app', 'v1', now);
  for (const blob of past.blobs) tree.linkLayer('app', tree.putBlob(blob.bytes));
  tree.putBlob(past.bytes);
  tree.write(tagIndexEntryLink('app', 'v1', past.digest), past.digest);
  return { tree, garbage };
}

/** Puts a symbolic link in the place of a file or folder, and that elsewhere, or nowhere. */
function replaceByLink(tree: Tree, path: string, resolvable: boolean): void {
  renameSync(tree.path(path), `${tree.root}/elsewhere`);
  symlinkSync(resolvable ? `${tree.root}/elsewhere` : '/nowhere', tree.path(path));
}

describe.each([CURRENT, INDEX])('the folder %s of a tag as a symbolic link', (name) => {
  const path = `${tagFolder('app', 'v1')}/${name}`;

  test('keeps the tag with all that it remembers, and is told of', async () => {
    const { tree, garbage } = withHistory();
    replaceByLink(tree, path, true);
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
    const report = await reportOf(tree.root, { mode: 'untagged' });
    expect(report.reclaimable.tagIndexEntries.count).toBe(0);
    expect(report.complete).toBe(true);
    expect(report.problems).toContainEqual(
      expect.objectContaining({ code: 'symbolic-link', severity: 'warning', path }),
    );
  });

  test('makes the scan incomplete where it leads nowhere', async () => {
    const { tree } = withHistory();
    replaceByLink(tree, path, false);
    const report = await reportOf(tree.root, { mode: 'untagged' });
    expect(report.complete).toBe(false);
    expect(report.problems).toContainEqual(expect.objectContaining({ code: 'symbolic-link', severity: 'error', path }));
  });
});

test.each<[string, string, number]>([
  ['goes where it leads nowhere', now.digest, 1],
  ['stays where the tag says nothing: it may be what the tag names', '', 0],
])('the history of a tag %s', async (_what, current, count) => {
  const { tree } = withHistory();
  rmSync(tree.path(blobFolder(past.digest)), { recursive: true });
  tree.write(tagCurrentLink('app', 'v1'), current);
  tree.age(100);
  expect((await reportOf(tree.root)).reclaimable.tagIndexEntries.count).toBe(count);
});

describe('a file that is a symbolic link stays, and the report says why', () => {
  async function toldOf(tree: Tree): Promise<readonly string[]> {
    const { problems } = await reportOf(tree.root);
    return problems.filter(({ code }) => code === 'symbolic-link').map(({ path }) => path);
  }

  test('data of a blob', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const blob = looseLayer(tree, 'other', 'elsewhere');
    replaceByLink(tree, blobData(blob), true);
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
    expect(await toldOf(tree)).toEqual([blobData(blob)]);
  });

  test('data of a manifest', async () => {
    const { tree, garbage } = volumeWithGarbage();
    tree.push('app', 'v1', now);
    replaceByLink(tree, blobData(now.digest), true);
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
    expect(await toldOf(tree)).toEqual([blobData(now.digest)]);
  });

  test('a layer link', async () => {
    const { tree, garbage } = volumeWithGarbage();
    const path = layerLink('other', garbage);
    replaceByLink(tree, path, true);
    expect(await reclaimableBlobs(tree.root)).toEqual([]);
    expect(await toldOf(tree)).toEqual([path]);
  });

  test('a link of the history', async () => {
    const { tree, garbage } = withHistory();
    const path = tagIndexEntryLink('app', 'v1', past.digest);
    replaceByLink(tree, path, true);
    expect(await reclaimableBlobs(tree.root)).toEqual([garbage]);
    expect(await toldOf(tree)).toEqual([path]);
  });
});
