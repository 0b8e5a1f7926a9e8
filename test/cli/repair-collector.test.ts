/**
 * The trees in which one bad place makes the registry's own collector abort or lose images, mended, and then left to the real
 * one (2.8.2), plain and with -m, and to what is predicted of that of 3.x: it comes to its end, and every tag that was whole is
 * whole. What repair does not mend is said here with its reason, and what an operator is told to do about it is done.
 */
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LAYERS, REPOSITORIES, repositoryFolder, revisionLink, tagCurrentLink } from '../../src/layout/paths.ts';
import type { RepairResult } from '../../src/report/model-repair.ts';
import { multiArch, pushBlobs, simple } from '../gc/volume.ts';
import { digestBytes, layer } from '../support/content.ts';
import { damage } from '../support/damage.ts';
import { artifactManifest, image, MEDIA } from '../support/images.ts';
import { predicted } from '../support/predicted-run.ts';
import { garbageCollect, hasRealRegistry, startRegistry } from '../support/real-registry.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';
import { lostBetween, wholeOf, type Whole } from '../support/whole.ts';

const APPLY = ['--apply', '--registry-stopped', '--min-age', '0', '--max-delete-percent', '100'];

/** Two repositories and nothing that -m takes. */
function soundTree(): Tree {
  const tree = createTree(join(temporaryFolder('repaired'), 'registry'));
  const app = image({ name: 'app', layers: [layer('app/base'), layer('app/code')] });
  tree.push('app', '0.9', image({ name: 'old', layers: [layer('app/old')] }));
  tree.push('app', '1.0', app);
  tree.tag('app', 'stable', app.digest);
  tree.push('shop/api', '3.1', image({ name: 'shop', layers: [layer('shop/api')] }));
  return tree;
}

function copyOf(root: string): string {
  const copy = join(temporaryFolder('copy'), 'registry');
  cpSync(root, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return copy;
}

const cache = temporaryFolder('cache');

async function repair(root: string, ...argv: readonly string[]): Promise<RepairResult> {
  const { status, stdout, stderr } = await runHere(['repair', root, '--json', ...argv], cache);
  if (stdout === '') throw new Error(`repair ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as RepairResult;
}

interface Wanted {
  /** What was whole before anything was damaged. */
  readonly whole: Whole;
  /** Tags (`repository:tag`) that are not asked for: their content is gone, or they are gone themselves. */
  readonly without?: readonly string[];
  readonly modes?: readonly boolean[];
}

/** What goes wrong when the real collector, and that of 3.x in thought, is let loose on copies. */
async function wrongWithCollectors(root: string, wanted: Wanted): Promise<readonly string[]> {
  const { whole, without = [], modes = [false, true] } = wanted;
  const wrong: string[] = [];
  for (const deleteUntagged of modes) {
    const copy = copyOf(root);
    const { exitCode, stderr } = await garbageCollect(copy, { dryRun: false, deleteUntagged });
    const mode = deleteUntagged ? 'with -m' : 'plain';
    if (exitCode !== 0) wrong.push(`${mode}: ended with ${exitCode}: ${stderr.slice(-200)}`);
    const lost = lostBetween(whole, wholeOf(copy), without);
    wrong.push(...lost.filter((line) => !line.startsWith('dangles')).map((line) => `${mode}: ${line}`));
  }
  for (const deleteUntagged of [false, true]) {
    const { ending, broken } = predicted(root, { dialect: 'distribution-3', deleteUntagged });
    if (ending.kind !== 'done') wrong.push(`3.x: ${ending.kind}`);
    wrong.push(...broken.map(({ repository, tag }) => `3.x breaks ${repository}:${tag}`));
  }
  return wrong;
}

/** Whether the real collector would abort, or take anything of a tree in which nothing is to go. */
async function isHurt(root: string, deleteUntagged: boolean): Promise<boolean> {
  const { exitCode, eligibleBlobs } = await garbageCollect(root, { dryRun: true, deleteUntagged });
  return exitCode !== 0 || eligibleBlobs.length > 0;
}

/** The tags of the image that is hit. */
const VICTIM = ['app:1.0', 'app:stable'];

interface Mended {
  readonly name: string;
  /** How it comes to be. Absent: the damage of that name. */
  readonly inflict?: (tree: Tree) => void;
  readonly options?: readonly string[];
  readonly without?: readonly string[];
  readonly modes?: readonly boolean[];
  /** The damage itself hurts no collector of 2.8. */
  readonly isHarmless?: true;
}

const MENDED: readonly Mended[] = [
  { name: 'revision-link-empty' },
  { name: 'revision-link-newline' },
  { name: 'revision-link-garbage' },
  { name: 'revision-link-upper-case' },
  { name: 'revision-link-other-digest' },
  { name: 'revision-link-to-nowhere' },
  { name: 'tag-current-empty' },
  { name: 'tag-current-newline' },
  { name: 'tag-current-garbage' },
  { name: 'tag-names-unlinked-revision' },
  { name: 'tag-names-revision-linked-as-layer' },
  { name: 'tag-left-after-removal-by-hand', without: ['app:stable'] },
  // Only the collector of 3.x reads layer links.
  { name: 'layer-link-empty', isHarmless: true },
  { name: 'layer-link-newline', isHarmless: true },
  { name: 'layer-link-missing', isHarmless: true },
  { name: 'layer-link-other-digest', isHarmless: true },
  { name: 'layers-missing' },
  { name: 'revisions-missing' },
  // Its tags are gone with the folder: 2.8 aborts without it, and with it -m takes what no tag names.
  { name: 'tags-missing', without: ['app:0.9', ...VICTIM] },
  ...['missing', 'empty', 'truncated', 'null', 'other-json', 'six-mebibytes'].map((kind): Mended => ({
    name: `manifest-blob-${kind}`,
    options: ['--drop-dangling'],
    without: VICTIM,
  })),
  { name: 'tag-current-to-nowhere', options: ['--drop-dangling'], without: ['app:1.0'], isHarmless: true },
  { name: 'tag-current-missing', options: ['--drop-dangling'], without: ['app:1.0'], isHarmless: true },
  { name: 'tag-folder-empty', options: ['--drop-dangling'], without: ['app:1.0'], isHarmless: true },
  {
    name: 'an index child without a revision link',
    // With -m 2.8 breaks every index: see below.
    modes: [false],
    options: ['--relink-children'],
    inflict: (tree) => {
      const top = multiArch('multi');
      pushBlobs(tree, 'app', top, 'with');
      tree.push('app', 'multi', { ...top, children: [] });
    },
  },
  {
    name: 'an index child without a revision link, and the same whole in another repository',
    modes: [false],
    options: ['--relink-children'],
    // Plain, the other repository keeps it; the collector of 3.x breaks it with -m.
    isHarmless: true,
    inflict: (tree) => {
      const top = multiArch('multi');
      tree.push('a', 'v1', { ...top, children: [] });
      mkdirSync(tree.path(`${repositoryFolder('a')}/${LAYERS}`));
      tree.push('b', 'v1', top);
    },
  },
];

describe.skipIf(!hasRealRegistry())(
  'once it is repaired, the real collector comes to its end and loses nothing',
  () => {
    it.each(MENDED)('$name $options', async ({ name, inflict, options = [], without = [], modes, isHarmless }) => {
      const tree = soundTree();
      const { root } = tree;
      const before = wholeOf(root);
      if (inflict === undefined) damage(name).inflict(root);
      else inflict(tree);
      expect((await isHurt(root, false)) || (await isHurt(root, true)) || isHarmless === true).toBe(true);
      const { done, refusals } = await repair(root, ...options, ...APPLY);
      expect({ refusals, failed: done?.failed, skipped: done?.skipped }).toEqual({
        refusals: [],
        failed: [],
        skipped: [],
      });
      expect(done?.actions).toBeGreaterThan(0);
      expect((await repair(root, ...options)).plan).toMatchObject({ actions: 0, list: [] });
      const wanted = { whole: before, without, ...(modes === undefined ? {} : { modes }) };
      expect(await wrongWithCollectors(root, wanted)).toEqual([]);
    });
  },
);

describe.skipIf(!hasRealRegistry())('a registry that is read-only', () => {
  it('is the proof, whatever it cannot serve yet, and serves the image once its links are mended', async () => {
    const tree = soundTree();
    const one = image({ name: 'served', layers: [layer('served')] });
    tree.push('served', 'v1', one);
    tree.push('served', 'v2', one);
    tree.write(revisionLink('served', one.digest), '');
    tree.write(tagCurrentLink('served', 'v2'), `${one.digest}\n`);
    rmSync(tree.path(`${repositoryFolder('served')}/${LAYERS}`), { recursive: true });
    const registry = await startRegistry(tree.root, { readonly: true });
    try {
      await expect(registry.client.pull('served', 'v1', one)).rejects.toThrow();
      const { refusals, done } = await repair(tree.root, '--apply', '--registry-url', registry.url);
      expect(refusals).toEqual([]);
      expect(done).toMatchObject({ actions: 5, skipped: [], failed: [], stopped: null });
      for (const tag of ['v1', 'v2']) await registry.client.pull('served', tag, one);
    } finally {
      await registry.stop();
    }
  });
});

describe.skipIf(!hasRealRegistry())('a manifest that names what its pusher may not have', () => {
  it('is taken by a registry where it does not look, and is served nothing more once links are mended', async () => {
    const root = join(temporaryFolder('leak'), 'registry');
    const registry = await startRegistry(root);
    const secret = layer('secret');
    const own = image({ name: 'own', layers: [layer('own')], format: 'oci' });
    await registry.client.push('theirs', 'v1', image({ name: 'theirs', layers: [secret] }));
    await registry.client.push('mine', 'v1', own);
    const blobs = [{ mediaType: MEDIA.ociLayer, digest: secret.digest, size: secret.bytes.length }];
    const crafted = Buffer.from(JSON.stringify({ ...(JSON.parse(own.bytes.toString()) as object), blobs }));
    await registry.client.pushManifest('mine', 'v2', MEDIA.ociManifest, crafted);
    await registry.stop();
    expect((await repair(root, ...APPLY, '--relink-children')).plan.actions).toBe(0);
    const again = await startRegistry(root);
    try {
      expect((await again.client.headBlob('mine', secret.digest)).status).toBe(404);
    } finally {
      await again.stop();
    }
  });
});

/** Whatever is named to be moved away is moved away. */
async function moveAway(root: string): Promise<void> {
  const { left } = await repair(root);
  const away = temporaryFolder('away');
  for (const [place, { code, path }] of left.entries()) {
    if (code === 'move-away') renameSync(createTree(root).path(path), join(away, String(place)));
  }
}

async function removeImage(root: string): Promise<void> {
  const { left } = await repair(root);
  for (const { code, repository, digest } of left) {
    if (code !== 'never-collect') continue;
    const named = `${repository ?? ''}@${digest ?? ''}`;
    const { status, stderr } = await runHere(['rm', root, named, ...APPLY], cache);
    if (status !== 0) throw new Error(`rm ${named} ended with ${status}: ${stderr}`);
  }
}

interface NotMended {
  readonly name: string;
  readonly because: string;
  /** Codes of what repair says of it; none: it refuses, or has nothing to say. */
  readonly says: readonly string[];
  readonly refusals?: readonly string[];
  /** What the operator does about it. */
  readonly wayOut: (root: string) => Promise<void> | void;
  readonly without?: readonly string[];
  readonly inflict?: (tree: Tree) => void;
}

const NO_LINK = 'what stands in the place of the link is no file, and is not ours to take';
const NOT_THE_REGISTRYS = 'it is not the registry’s, and nothing tells whose it is';
const IS_RIGHT = 'its bytes are what its digest says: somebody pushed it so';

const NOT_MENDED: readonly NotMended[] = [
  {
    name: 'revision-link-is-folder',
    because: NO_LINK,
    says: ['move-away'],
    wayOut: async (root) => {
      await moveAway(root);
      await repair(root, ...APPLY);
    },
  },
  {
    name: 'revision-link-dangling-symbolic-link',
    because: 'a symbolic link that leads nowhere may be a mount that is missing: the scan is incomplete',
    says: [],
    refusals: ['scan-incomplete'],
    wayOut: async (root) => {
      const { list } = (await repair(root)).plan;
      for (const { path } of list) rmSync(createTree(root).path(path));
      await repair(root, ...APPLY);
    },
  },
  ...[
    'blobs-malformed-hexadecimal',
    'blobs-one-letter',
    'blobs-wrong-shard',
    'blobs-unregistered-algorithm',
    'blobs-trash-of-another-tool',
    'tags-stray-file',
    'tags-name-with-space',
    'underscore-file-in-repositories',
    'underscore-file-in-repository',
  ].map((name): NotMended => ({ name, because: NOT_THE_REGISTRYS, says: ['move-away'], wayOut: moveAway })),
  ...['repository-name-upper-case', 'repository-name-hidden'].map((name): NotMended => ({
    name,
    because: 'no registry serves an image under such a name, and which one was meant nobody tells',
    says: ['move-away'],
    wayOut: async (root) => {
      const tree = createTree(root);
      const { left } = await repair(root);
      for (const { path } of left) renameSync(tree.path(path), tree.path(`${REPOSITORIES}/app`));
    },
  })),
  ...['manifest-null', 'manifest-unknown-media-type', 'manifest-manifests-not-an-array'].map((name): NotMended => ({
    name,
    because: IS_RIGHT,
    says: ['never-collect'],
    wayOut: removeImage,
  })),
  {
    name: 'an OCI artifact manifest',
    because: IS_RIGHT,
    says: ['never-collect'],
    wayOut: removeImage,
    inflict: (tree) => {
      const bytes = Buffer.from('bill of materials');
      const blob = { mediaType: 'application/spdx+json', bytes, digest: digestBytes(bytes) };
      tree.push('app', 'bill', artifactManifest({ artifactType: 'application/spdx+json', blobs: [blob] }));
    },
  },
  {
    // Only report --as reads manifests as the registry does, letter by letter.
    name: 'manifest-without-schema-version',
    because: `${IS_RIGHT}, and to everybody but the registry it is an image`,
    says: [],
    wayOut: async (root) => {
      await runHere(['rm', root, 'app:planted', ...APPLY], cache);
    },
  },
  {
    name: 'manifests-missing',
    because: 'with the folder went all that said which images there were: the volume looks like one that lost a mount',
    says: [],
    refusals: ['lost-repositories'],
    without: ['app:0.9', ...VICTIM],
    // From a backup; here it is done without.
    wayOut: () => undefined,
  },
];

describe.skipIf(!hasRealRegistry())('not to be mended by repair', () => {
  it.each(NOT_MENDED)('$name, because $because', async ({ name, says, refusals = [], wayOut, without, inflict }) => {
    const tree = soundTree();
    const { root } = tree;
    const before = wholeOf(root);
    if (inflict === undefined) damage(name).inflict(root);
    else inflict(tree);
    const result = await repair(root, '--drop-dangling', '--relink-children', ...APPLY);
    expect(result.left.map(({ code }) => code)).toEqual(says);
    expect(result.refusals.map(({ code }) => code)).toEqual(refusals);
    expect(result.done?.actions ?? 0).toBe(0);
    await wayOut(root);
    const wanted = { whole: before, ...(without === undefined ? {} : { without }) };
    expect(await wrongWithCollectors(root, wanted)).toEqual([]);
  });

  it('a layer by its sha512, because the collector looks for a blob of that name: it must never run', async () => {
    const tree = soundTree();
    const one = layer('by-sha512');
    const alias = digestBytes(one.bytes, 'sha512');
    const named = image({ layers: [{ ...one, digest: alias }] });
    tree.push('alias', 'v1', { ...named, blobs: [named.config] });
    tree.putBlob(one.bytes);
    tree.linkLayer('alias', one.digest);
    tree.linkLayer('alias', alias, one.digest);
    const before = wholeOf(tree.root);
    const { plan, left } = await repair(tree.root);
    expect(plan.actions).toBe(0);
    expect(left.map(({ code, digest }) => [code, digest])).toEqual([['never-collect', alias]]);
    // A sweep of ours keeps it; the registry's own collector would not.
    await runHere(['sweep', tree.root, ...APPLY], cache);
    expect(lostBetween(before, wholeOf(tree.root))).toEqual([]);
    expect((await garbageCollect(tree.root, { dryRun: true })).eligibleBlobs).toEqual([one.digest]);
  });

  it('an index with all its children under -m, because nothing is wrong with it: 2.8 breaks every index so', async () => {
    const tree = soundTree();
    const top = multiArch('multi');
    tree.push('shop/multi', 'latest', top);
    expect(await repair(tree.root, '--relink-children', '--drop-dangling')).toMatchObject({
      plan: { actions: 0 },
      left: [],
    });
    expect(await wrongWithCollectors(tree.root, { whole: wholeOf(tree.root), modes: [false] })).toEqual([]);
    const { eligibleManifests } = await garbageCollect(tree.root, { dryRun: true, deleteUntagged: true });
    expect(eligibleManifests).toEqual(top.children.map(({ digest }) => digest).sort());
  });

  it('an untagged signature under -m, because it is for -m to take: it has no tag', async () => {
    const tree = soundTree();
    const subject = simple('signed', 'oci');
    const referrer = simple('referrer', 'oci', subject);
    tree.push('signed', 'v1', subject);
    tree.push('signed', undefined, referrer);
    expect((await repair(tree.root)).plan.actions).toBe(0);
    const { eligibleManifests } = await garbageCollect(tree.root, { dryRun: true, deleteUntagged: true });
    expect(eligibleManifests).toEqual([referrer.digest]);
  });
});
