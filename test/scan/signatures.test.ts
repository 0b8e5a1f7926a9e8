/** Signatures of schema 1 manifests: where they are looked for, and what stands there. */
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROW_UNTOUCHABLE, type Inventory } from '../../src/inventory/inventory.ts';
import { revisionFolder, signatureFolder, signatureLink, signaturesFolder } from '../../src/layout/paths.ts';
import { digestBytes, layer, seededBytes } from '../support/content.ts';
import { image } from '../support/images.ts';
import { openedOf } from '../support/report-of.ts';
import { schema1Image } from '../support/schema1.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const SIGNED = schema1Image('app', 'v1', [layer('only')]);
const SIGNATURE = digestBytes(seededBytes('signature', 99));

function signedTree(): Tree {
  const tree = createTree(join(temporaryFolder('signatures'), 'registry'));
  tree.push('app', 'v1', SIGNED);
  tree.putBlob(seededBytes('signature', 99));
  tree.write(signatureLink('app', SIGNED.digest, SIGNATURE), SIGNATURE);
  return tree;
}

function told({ signatureLinks, revisions, digests }: Inventory): readonly unknown[] {
  return [...signatureLinks.digest].map((id, row) => ({
    signature: digests.digest(id),
    of: digests.digest(revisions.digest[signatureLinks.revision[row] ?? -1] ?? -1),
    hasTime: (signatureLinks.time[row] ?? 0) > 0,
  }));
}

test('are found below a revision of schema 1, and read back from the index', async () => {
  const tree = signedTree();
  const database = join(temporaryFolder('index'), 'index.sqlite');
  const expected = [{ signature: SIGNATURE, of: SIGNED.digest, hasTime: true }];
  expect(told((await openedOf(tree.root, { request: { database } })).inventory)).toEqual(expected);
  expect(told((await openedOf(tree.root, { request: { database, noScan: true } })).inventory)).toEqual(expected);
});

test('are not looked for below any other revision', async () => {
  const tree = createTree(join(temporaryFolder('signatures'), 'registry'));
  const one = image({ layers: [layer('only')] });
  tree.push('app', 'v1', one);
  tree.write(signatureLink('app', one.digest, SIGNATURE), SIGNATURE);
  expect(told((await openedOf(tree.root)).inventory)).toEqual([]);
});

test('a link that names another blob than its folder keeps both', async () => {
  const tree = signedTree();
  const other = tree.putBlob(seededBytes('another signature', 99));
  tree.write(signatureLink('app', SIGNED.digest, SIGNATURE), other);
  const { inventory, analysis } = await openedOf(tree.root);
  expect(analysis.untagged.marking.level[inventory.digests.find(other) ?? -1]).toBe(1);
});

test('a folder without its link is no signature, and a name that is no digest is told', async () => {
  const tree = signedTree();
  mkdirSync(tree.path(signatureFolder('app', SIGNED.digest, digestBytes(seededBytes('linkless', 9)))));
  mkdirSync(tree.path(`${signaturesFolder('app', SIGNED.digest)}/sha256/notes`));
  const { inventory } = await openedOf(tree.root);
  expect(told(inventory)).toHaveLength(1);
  expect(inventory.problems.map(({ path }) => path)).toEqual([
    `${signaturesFolder('app', SIGNED.digest)}/sha256/notes`,
  ]);
});

test('behind a symbolic link hold their revision: nothing is deleted through one', async () => {
  const tree = signedTree();
  const folder = tree.path(signaturesFolder('app', SIGNED.digest));
  renameSync(folder, join(tree.root, 'elsewhere'));
  symlinkSync(join(tree.root, 'elsewhere'), folder);
  const { inventory } = await openedOf(tree.root);
  expect(told(inventory)).toHaveLength(1);
  expect(inventory.revisions.flags[0]).toBe(ROW_UNTOUCHABLE);
});

test('of a revision whose link is gone are leftovers that nobody knows: told, and no empty folder', async () => {
  const tree = signedTree();
  renameSync(tree.path(`${revisionFolder('app', SIGNED.digest)}/link`), join(tree.root, 'link'));
  const { inventory } = await openedOf(tree.root);
  expect(inventory.emptyFolders.map(({ kind }) => kind)).not.toContain('revision');
  expect(inventory.problems.map(({ code, path }) => [code, path])).toContainEqual([
    'unknown-entry',
    signaturesFolder('app', SIGNED.digest),
  ]);
});
