/** Children of indexes: kept wherever they are linked, told of where their index's repository cannot serve them. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blobFolder, layerLink, revisionLink } from '../../src/layout/paths.ts';
import type { Problem } from '../../src/shared/problem.ts';
import { layer } from '../support/content.ts';
import { image, index } from '../support/images.ts';
import { reclaimableBlobs, reportOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const AMD = image({ name: 'amd', layers: [layer('amd')] });
const ARM = image({ name: 'arm', layers: [layer('arm')] });
const MULTI = index([{ manifest: AMD }, { manifest: ARM }]);
const OUTER = index([{ manifest: MULTI }]);

function volume(): Tree {
  const tree = createTree(temporaryFolder('children'));
  tree.push('app', 'multi', MULTI);
  return tree;
}

function remove(tree: Tree, path: string): void {
  rmSync(dirname(tree.path(path)), { recursive: true });
}

async function told(tree: Tree): Promise<readonly Problem[]> {
  return (await reportOf(tree.root)).problems;
}

describe('a child of an index that is stored', () => {
  it('and linked in the repository of the index is no problem', async () => {
    const tree = volume();
    tree.push('other', 'outer', OUTER);
    expect(await told(tree)).toEqual([]);
  });

  it('and not linked there is told of, with the link that is missing, and kept', async () => {
    const tree = volume();
    remove(tree, revisionLink('app', ARM.digest));
    expect(await told(tree)).toMatchObject([
      {
        code: 'child-not-linked',
        severity: 'warning',
        path: revisionLink('app', ARM.digest),
        repository: 'app',
        digest: ARM.digest,
        message: expect.stringContaining(MULTI.digest) as string,
      },
    ]);
    for (const mode of ['revisions', 'untagged'] as const) {
      expect(await reclaimableBlobs(tree.root, { mode })).toEqual([]);
    }
  });

  it('and linked in another repository alone is told of in its own', async () => {
    const tree = volume();
    tree.push('other', 'multi', MULTI);
    remove(tree, revisionLink('other', AMD.digest));
    expect(await told(tree)).toMatchObject([{ code: 'child-not-linked', repository: 'other', digest: AMD.digest }]);
  });

  it('and linked there as a layer alone is told of: 3.x asks for a revision', async () => {
    const tree = volume();
    remove(tree, revisionLink('app', ARM.digest));
    tree.write(layerLink('app', ARM.digest), ARM.digest);
    expect(await told(tree)).toMatchObject([{ code: 'child-not-linked', digest: ARM.digest }]);
  });

  it('and is an index itself, without a link, is told of alone', async () => {
    const tree = createTree(temporaryFolder('children'));
    tree.push('app', 'outer', OUTER);
    remove(tree, revisionLink('app', MULTI.digest));
    expect(await told(tree)).toMatchObject([{ code: 'child-not-linked', digest: MULTI.digest }]);
  });

  it("of an index that no repository links is nobody's problem", async () => {
    const tree = volume();
    for (const { digest } of [AMD, ARM, MULTI]) remove(tree, revisionLink('app', digest));
    expect((await told(tree)).map(({ code }) => code)).toEqual(['tag-not-linked']);
  });
});

it('a child that is neither linked nor stored is told of as missing alone', async () => {
  const tree = volume();
  remove(tree, revisionLink('app', ARM.digest));
  rmSync(tree.path(blobFolder(ARM.digest)), { recursive: true });
  expect(await told(tree)).toMatchObject([{ code: 'child-missing', digest: ARM.digest }]);
});
