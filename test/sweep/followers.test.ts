/** Signatures and other tags about an image, where the image that was to go stays: they stay with it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { actionsOf } from '../../src/gc/actions.ts';
import { buildRemoval } from '../../src/gc/removal.ts';
import { parseReferences, resolveRemoval } from '../../src/gc/removal-names.ts';
import { revisionFolder, revisionLink, tagCurrentLink, tagFolder } from '../../src/layout/paths.ts';
import { layer } from '../support/content.ts';
import { cosignSignature, cosignTag, image, index, type Pushable } from '../support/images.ts';
import { openedOf } from '../support/report-of.ts';
import { sweepOf, type Planned } from '../support/sweep-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';
import { brokenThings, lostBetween, wholeOf } from '../support/whole.ts';

const BASE = layer('base');
const simple = (name: string): Pushable => image({ name, layers: [BASE, layer(name)], format: 'oci' });
const APP = simple('app');
const OTHER = simple('other');
const SIGNATURE = cosignSignature(APP);
const OF_SIGNATURE = cosignSignature(SIGNATURE);
const SIG = cosignTag(APP.digest, 'sig');
const SIG_OF_SIG = cosignTag(SIGNATURE.digest, 'sig');

/** `app:v1` is signed, and so is its signature, and `app:v2` is another image. */
function signed(): Tree {
  const tree = createTree(join(temporaryFolder('followers'), 'registry'));
  tree.push('app', 'v1', APP);
  tree.push('app', 'v2', OTHER);
  tree.push('app', SIG, SIGNATURE);
  tree.push('app', SIG_OF_SIG, OF_SIGNATURE);
  tree.age(24 * 30);
  return tree;
}

async function removalOf(tree: Tree, ...references: readonly string[]): Promise<Planned> {
  const { inventory, analysis } = await openedOf(tree.root, { minAge: 3600 });
  const { plan, refusals } = buildRemoval(
    inventory,
    analysis.graph,
    resolveRemoval(inventory, parseReferences(references)),
  );
  expect(refusals).toEqual([]);
  return { inventory, graph: analysis.graph, actions: [...actionsOf(inventory, plan, { mode: 'rm', batch: 1 })] };
}

function expectWhole(tree: Tree, tag: string): void {
  expect(existsSync(tree.path(tagCurrentLink('app', tag))), tag).toBe(true);
  expect(brokenThings(tree.root)).toEqual([]);
}

describe('a removed tag that was pushed again since the scan', () => {
  test.each([
    ['naming another image', (tree: Tree) => tree.tag('app', 'v1', OTHER.digest)],
    ['naming the same image', (tree: Tree) => tree.tag('app', 'v1', APP.digest)],
  ])('%s keeps its signatures, whole', async (_what, pushAgain) => {
    const tree = signed();
    const planned = await removalOf(tree, 'app:v1');
    expect(planned.actions.filter(({ kind }) => kind === 'tag').map(({ tag }) => tag)).toEqual(['v1', SIG, SIG_OF_SIG]);
    const outcome = await sweepOf(tree.root, { planned, between: () => pushAgain(tree) });
    expect(outcome.skipped.map(({ path }) => path)).toEqual([tagFolder('app', 'v1')]);
    expect(outcome.actionsDone).toBe(0);
    for (const tag of ['v1', SIG, SIG_OF_SIG]) expectWhole(tree, tag);
    for (const { digest } of [APP, SIGNATURE, OF_SIGNATURE])
      expect(existsSync(tree.path(revisionLink('app', digest)))).toBe(true);
  });

  test('keeps the signature of an image in its index', async () => {
    const tree = signed();
    tree.push('app', 'multi', index([{ manifest: APP }, { manifest: simple('arm') }]));
    tree.age(24 * 30);
    const planned = await removalOf(tree, 'app:multi', 'app:v1');
    const before = wholeOf(tree.root);
    const outcome = await sweepOf(tree.root, {
      planned,
      between: () => tree.tag('app', 'multi', index([{ manifest: APP }, { manifest: simple('arm') }]).digest),
    });
    expect(outcome.skipped).toMatchObject([{ path: tagFolder('app', 'multi') }]);
    expect(lostBetween(before, wholeOf(tree.root), ['app:v1'])).toEqual([]);
  });

  test('keeps the images of its history', async () => {
    const tree = signed();
    tree.push('app', undefined, simple('past'));
    tree.tag('app', 'v1', APP.digest, { history: [simple('past').digest] });
    tree.age(24 * 30);
    const planned = await removalOf(tree, 'app:v1', `app@${simple('past').digest}`);
    await sweepOf(tree.root, { planned, between: () => tree.tag('app', 'v1', APP.digest) });
    expectWhole(tree, 'v1');
    expect(existsSync(tree.path(revisionLink('app', simple('past').digest)))).toBe(true);
  });
});

test('a signature that changed stays alone, and its image goes', async () => {
  const tree = signed();
  const planned = await removalOf(tree, 'app:v1');
  const outcome = await sweepOf(tree.root, { planned, between: () => tree.tag('app', SIG, SIGNATURE.digest) });
  expect(outcome.skipped.map(({ path }) => path)).toEqual([tagFolder('app', SIG)]);
  for (const tag of [SIG, SIG_OF_SIG]) expectWhole(tree, tag);
  expect(existsSync(tree.path(tagFolder('app', 'v1')))).toBe(false);
  expect(existsSync(tree.path(revisionFolder('app', APP.digest)))).toBe(false);
});
