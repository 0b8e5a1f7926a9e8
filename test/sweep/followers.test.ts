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
import { putBackOf, sweepOf, type Planned } from '../support/sweep-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';
import { brokenThings, lostBetween, wholeOf, type Whole } from '../support/whole.ts';

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
  return { inventory, graph: analysis.graph, plan, actions: [...actionsOf(inventory, plan, { mode: 'rm', batch: 1 })] };
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

const REFERRER = image({ name: 'sbom', layers: [layer('sbom')], subject: APP, format: 'oci' });

/** What stands of `app:v1` as a client sees it, and of all that is about it. */
function expectSignaturesOfWhatStands(tree: Tree, before: Whole): void {
  const stands = (path: string): boolean => existsSync(tree.path(path));
  const tagsNow = ['v1', SIG, SIG_OF_SIG].filter((tag) => stands(tagCurrentLink('app', tag)));
  const isImage = (of: Pushable, tag: string): boolean =>
    tagsNow.includes(tag) || stands(revisionLink('app', of.digest));
  if (isImage(APP, 'v1')) {
    expect(tagsNow).toContain(SIG);
    expect(stands(revisionLink('app', REFERRER.digest))).toBe(true);
  }
  if (isImage(SIGNATURE, SIG)) expect(tagsNow).toContain(SIG_OF_SIG);
  const gone = ['v1', SIG, SIG_OF_SIG].filter((tag) => !tagsNow.includes(tag)).map((tag) => `app:${tag}`);
  expect(lostBetween(before, wholeOf(tree.root), gone)).toEqual([]);
}

function signedAndReferred(): Tree {
  const tree = signed();
  tree.push('app', undefined, REFERRER);
  tree.age(24 * 30);
  return tree;
}

describe('signatures that had gone come back out of the trash', () => {
  test('where the image was pushed again by its digest', async () => {
    const tree = signedAndReferred();
    const [before, planned] = [wholeOf(tree.root), await removalOf(tree, 'app:v1')];
    const { run, skipped } = await sweepOf(tree.root, { planned, between: () => tree.revision('app', APP.digest) });
    expect(skipped).toMatchObject([{ kind: 'revision', path: revisionFolder('app', APP.digest) }]);
    const { paths, failed } = await putBackOf(tree.root, run, planned);
    expect(failed).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining([tagFolder('app', SIG), tagFolder('app', SIG_OF_SIG)]));
    expectSignaturesOfWhatStands(tree, before);
    expect(existsSync(tree.path(tagFolder('app', 'v1')))).toBe(false);
  });

  test('but none that was pushed anew meanwhile, and none that was named by itself', async () => {
    const tree = signedAndReferred();
    const planned = await removalOf(tree, 'app:v1');
    const { run } = await sweepOf(tree.root, { planned, between: () => tree.revision('app', APP.digest) });
    tree.push('app', SIG, cosignSignature(OTHER));
    const { paths } = await putBackOf(tree.root, run, planned);
    expect(paths).not.toContain(tagFolder('app', SIG));
    const other = signed();
    const named = await removalOf(other, `app:${SIG}`);
    const removed = await sweepOf(other.root, { planned: named });
    expect(await putBackOf(other.root, removed.run, named)).toEqual({ paths: [], failed: [] });
  });

  test('whatever action the sweep ends before, and whichever it leaves', { timeout: 120_000 }, async () => {
    const { actions } = await removalOf(signedAndReferred(), 'app:v1');
    const things = actions.filter(({ kind }) => kind !== 'empty-directory');
    expect(new Set(things.map(({ kind }) => kind))).toEqual(new Set(['tag', 'revision', 'layer-link', 'blob']));
    const changed = { bytes: -1, modifiedAt: null };
    const lists = things.flatMap((action, place) => [
      actions.slice(0, place + 1),
      actions.map((one) => (one === action ? { ...one, expect: changed } : one)),
    ]);
    for (const list of lists) {
      const tree = signedAndReferred();
      const [before, planned] = [wholeOf(tree.root), await removalOf(tree, 'app:v1')];
      const { run } = await sweepOf(tree.root, { planned, actions: list });
      expect((await putBackOf(tree.root, run, planned)).failed).toEqual([]);
      expectSignaturesOfWhatStands(tree, before);
    }
  });
});
