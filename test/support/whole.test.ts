import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blobData, blobFolder, layerFolder, revisionFolder, tagFolder } from '../../src/layout/paths.ts';
import { layer } from './content.ts';
import { artifact, image, index, rawContent } from './images.ts';
import { temporaryFolder } from './temporary.ts';
import { createTree, type Tree } from './tree.ts';
import { lostBetween, wholeOf } from './whole.ts';

const IMAGE = image({ name: 'app', layers: [layer('app')], format: 'oci' });
const CURRENT = index([{ manifest: IMAGE }]);
const SIGNATURE = artifact({
  artifactType: 'application/vnd.example.signature',
  content: rawContent('application/octet-stream', Buffer.from('signed')),
  subject: CURRENT,
});
const OTHER = image({ name: 'other', layers: [layer('other')] });

function volume(): Tree {
  const tree = createTree(temporaryFolder('whole'));
  tree.push('team/app', '1.0', CURRENT);
  tree.push('team/app', undefined, SIGNATURE);
  tree.push('team/app/nested', '2.0', OTHER);
  return tree;
}

function lostBy(change: (tree: Tree) => void): readonly string[] {
  const tree = volume();
  const before = wholeOf(tree.root);
  change(tree);
  return lostBetween(before, wholeOf(tree.root));
}

function remove(path: string): (tree: Tree) => void {
  return (tree) => rmSync(tree.path(path), { recursive: true });
}

describe('lostBetween', () => {
  it('finds nothing lost where nothing changed, nor where something was added', () => {
    expect(lostBy(() => undefined)).toEqual([]);
    expect(lostBy((tree) => tree.push('team/app', '3.0', OTHER))).toEqual([]);
  });

  it('finds nothing lost where what only a deleted tag needed has gone', () => {
    const tree = volume();
    const before = wholeOf(tree.root);
    rmSync(tree.path('repositories/team/app/nested'), { recursive: true });
    for (const blob of [...OTHER.blobs, OTHER]) rmSync(tree.path(blobFolder(blob.digest)), { recursive: true });
    const after = wholeOf(tree.root);
    expect(lostBetween(before, after)).toEqual(['team/app/nested:2.0 is gone']);
    expect(lostBetween(before, after, ['team/app/nested:2.0'])).toEqual([]);
  });

  it.each([
    ['a tag', tagFolder('team/app', '1.0')],
    ['the revision of a tag', revisionFolder('team/app', CURRENT.digest)],
    ['the revision of a child', revisionFolder('team/app', IMAGE.digest)],
    ['the revision of what has a kept subject', revisionFolder('team/app', SIGNATURE.digest)],
    ['a layer link', layerFolder('team/app', layer('app').digest)],
    ['the layer link of a config', layerFolder('team/app', IMAGE.config.digest)],
    ['the blob of an index', blobFolder(CURRENT.digest)],
    ['the blob of a child', blobFolder(IMAGE.digest)],
    ['the blob of a layer', blobFolder(layer('app').digest)],
    ['the blob of a config', blobFolder(OTHER.config.digest)],
    ['the data of a blob', blobData(OTHER.digest)],
    ['the link of a layer', `${layerFolder('team/app/nested', layer('other').digest)}/link`],
  ])('finds that %s was lost', (_what, path) => {
    expect(lostBy(remove(path))).not.toEqual([]);
  });

  it('finds that a blob is no longer what its digest says', () => {
    const lost = lostBy((tree) => {
      const path = tree.path(blobData(layer('app').digest));
      writeFileSync(path, readFileSync(path).subarray(1));
    });
    expect(lost).toEqual([expect.stringContaining(`blob ${layer('app').digest} right`)]);
  });

  it('finds links and manifests that no tag needs, and that point to nothing now', () => {
    const untagged = image({ name: 'untagged', layers: [layer('untagged')] });
    const tree = volume();
    tree.push('team/app', undefined, untagged);
    const before = wholeOf(tree.root);
    expect(before.dangling).toEqual(new Set());
    rmSync(dirname(tree.path(blobData(layer('untagged').digest))), { recursive: true });
    expect(lostBetween(before, wholeOf(tree.root))).toEqual([
      `dangles: manifest ${untagged.digest} names ${layer('untagged').digest}`,
      `dangles: team/app: layer link ${layer('untagged').digest} -> blob`,
    ]);
    rmSync(join(tree.path(layerFolder('team/app', untagged.config.digest)), 'link'));
    expect(lostBetween(before, wholeOf(tree.root))).toContain(
      `dangles: team/app: revision ${untagged.digest} -> layer link ${untagged.config.digest}`,
    );
  });
});
