/** What a target takes of small volumes whose sizes are chosen by hand. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Order, Policy } from '../../src/policy/model.ts';
import { tagPatterns } from '../../src/policy/patterns.ts';
import { buildReport } from '../../src/query/report.ts';
import { planIn } from '../../src/gc/plan-in.ts';
import { retentionOf } from '../../src/query/retention.ts';
import { layer } from '../support/content.ts';
import { cosignSignature, cosignTag, image } from '../support/images.ts';
import { policyOf, retentionBy } from '../support/policies.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';
import { looseLayer, multiArch, simple } from './volume.ts';

const KB = 1000;

function newTree(): Tree {
  return createTree(join(temporaryFolder('target'), 'registry'));
}

/** An image of layers of these names, each of so many kilobytes. */
function built(name: string, ...layers: readonly (readonly [string, number])[]) {
  return image({ name, layers: layers.map(([seed, size]) => layer(seed, size * KB)) });
}

/** Keeps nothing but tags named `keep`. */
function policy(orderBy: Order = 'pushed'): Policy {
  return policyOf({ keepTags: [{ patterns: tagPatterns(['keep']), keepers: [{ kind: 'always' }] }], orderBy });
}

interface Wishes {
  readonly kilobytes: number;
  readonly mode?: 'revisions' | 'untagged' | 'policy';
  readonly orderBy?: Order;
  readonly repo?: readonly string[];
}

async function asked(tree: Tree, { kilobytes, mode = 'policy', orderBy = 'pushed', repo = [] }: Wishes) {
  const target = { mode, diskBytes: kilobytes * KB, uploadsOlderThanSeconds: undefined };
  const request = { target, ...(mode === 'policy' ? { retention: retentionBy(policy(orderBy)) } : {}) };
  const opened = await openedOf(tree.root, { request, repo });
  const { analysis } = opened;
  const view = { mode, minAgeSeconds: 0, uploadsOlderThanSeconds: undefined, now: Date.now() };
  const plan = planIn(analysis, mode, view);
  const { tags, repositories, revisions, digests } = analysis.inventory;
  const names = (row: number): string =>
    `${repositories[tags.repository[row] ?? -1]?.name ?? ''}:${tags.name[row] ?? ''}`;
  return {
    report: buildReport(opened, view),
    explained: retentionOf(analysis),
    tags: Array.from(plan.tags, names).sort(),
    revisions: Array.from(plan.revisions, (row) => digests.digest(revisions.digest[row] ?? -1)).sort(),
    blobs: Array.from(plan.blobs, (id) => digests.digest(id)).sort(),
  };
}

describe('two images that share a layer', () => {
  /** Both share 100 kB; each has 10 kB of its own. */
  function sharing(): Tree {
    const tree = newTree();
    tree.push('app', 'a', built('a', ['shared', 100], ['of a', 10]));
    tree.push('app', 'b', built('b', ['shared', 100], ['of b', 10]));
    tree.pushedAt('app', 'a', 9);
    tree.pushedAt('app', 'b', 8);
    return tree;
  }

  test('free it only together: what one of them frees alone is not enough', async () => {
    const { report, tags } = await asked(sharing(), { kilobytes: 100 });
    expect(tags).toEqual(['app:a', 'app:b']);
    expect(report.target).toMatchObject({ reached: true, images: 2, candidates: 2 });
    expect(report.target?.freedDiskBytes).toBe(report.reclaimable.total.diskBytes);
    expect(report.target?.freedDiskBytes).toBeGreaterThan(120 * KB);
    expect(report.target?.freedDiskBytes).toBeLessThan(220 * KB);
  });

  test('lose only the older, where what that frees alone is enough', async () => {
    const { tags, blobs } = await asked(sharing(), { kilobytes: 10 });
    expect(tags).toEqual(['app:a']);
    expect(blobs).not.toContain(layer('shared', 100 * KB).digest);
  });

  test('free nothing of it while another repository keeps it', async () => {
    const tree = sharing();
    tree.push('other', 'keep', built('kept', ['shared', 100]));
    const { report } = await asked(tree, { kilobytes: 100 });
    expect(report.target).toMatchObject({ reached: false, images: 2, candidates: 2 });
    expect(report.target?.freedDiskBytes).toBeLessThan(100 * KB);
  });
});

describe('garbage', () => {
  test('goes first, and alone where it is enough', async () => {
    const tree = newTree();
    tree.push('app', 'a', built('a', ['of a', 50]));
    looseLayer(tree, 'app', 'garbage');
    for (const mode of ['revisions', 'untagged', 'policy'] as const) {
      const { report, tags, blobs } = await asked(tree, { kilobytes: 1, mode });
      expect({ tags, blobs: blobs.length }).toEqual({ tags: [], blobs: 1 });
      expect(report.target).toMatchObject({ reached: true, images: 0 });
      expect(report.target?.garbageDiskBytes).toBe(report.reclaimable.total.diskBytes);
    }
  });

  test('is all that goes where nothing lets any image go', async () => {
    const tree = newTree();
    tree.push('app', 'a', built('a', ['of a', 50]));
    looseLayer(tree, 'app', 'garbage');
    const { report } = await asked(tree, { kilobytes: 40, mode: 'revisions' });
    expect(report.target).toMatchObject({ reached: false, images: 0, candidates: 0 });
    expect(report.reclaimable.blobs.count).toBe(1);
  });
});

describe('the order of loss', () => {
  test('is by what a repository holds: the one with two small images loses none while another has many', async () => {
    const tree = newTree();
    for (const [at, tag] of ['s1', 's2'].entries()) {
      tree.push('small', tag, built(tag, [tag, 20]));
      tree.pushedAt('small', tag, 90 - at);
    }
    for (let at = 1; at <= 6; at++) {
      tree.push('large', `l${at}`, built(`l${at}`, [`l${at}`, 20]));
      tree.pushedAt('large', `l${at}`, 20 - at);
    }
    expect((await asked(tree, { kilobytes: 60 })).tags).toEqual(['large:l1', 'large:l2']);
    expect((await asked(tree, { kilobytes: 160 })).tags).toEqual(['large:l1', 'large:l2', 'large:l3', 'large:l4']);
  });

  test('begins with what no tag names, the oldest first', async () => {
    const tree = newTree();
    const untagged = built('untagged', ['untagged', 20]);
    tree.push('app', undefined, untagged);
    tree.push('app', 'a', built('a', ['of a', 90]));
    tree.pushedAt('app', 'a', 90);
    const { tags, revisions } = await asked(tree, { kilobytes: 20 });
    expect({ tags, revisions }).toEqual({ tags: [], revisions: [untagged.digest] });
    expect((await asked(tree, { kilobytes: 20, mode: 'untagged' })).revisions).toEqual([untagged.digest]);
  });

  test('is that of the policy', async () => {
    const tree = newTree();
    for (const [at, tag] of ['v10.0.0', 'v9.0.0'].entries()) {
      tree.push('app', tag, built(tag, [tag, 20]));
      tree.pushedAt('app', tag, 90 - at);
    }
    expect((await asked(tree, { kilobytes: 20 })).tags).toEqual(['app:v10.0.0']);
    expect((await asked(tree, { kilobytes: 20, orderBy: 'semver' })).tags).toEqual(['app:v9.0.0']);
  });

  test('leaves an old image that frees little, once a newer one has freed enough', async () => {
    const tree = newTree();
    tree.push('app', 'keep', built('kept', ['base', 30]));
    tree.push('app', 'old', built('old', ['base', 30]));
    tree.push('app', 'new', built('new', ['base', 30], ['of new', 200]));
    tree.pushedAt('app', 'old', 9);
    tree.pushedAt('app', 'new', 8);
    const { tags, explained } = await asked(tree, { kilobytes: 200 });
    expect(tags).toEqual(['app:new']);
    const old = explained[0]?.tags.find(({ tag }) => tag === 'old');
    expect(old).toMatchObject({ kept: true, reasons: ['not needed for the target'] });
  });
});

describe('an image', () => {
  test('goes with all its tags, its signatures, and what an index holds; they count for it', async () => {
    const tree = newTree();
    const index = multiArch('index');
    tree.push('app', 'v1', index);
    tree.push('app', 'stable', index);
    const signature = cosignSignature(index);
    tree.push('app', cosignTag(index.digest), signature);
    tree.push('app', 'v2', simple('v2'));
    for (const [at, tag] of ['v1', 'stable', 'v2'].entries()) tree.pushedAt('app', tag, 9 - at);
    const { report, tags, revisions } = await asked(tree, { kilobytes: 1 });
    expect(tags).toEqual(['app:stable', 'app:v1', `app:${cosignTag(index.digest)}`].sort());
    const images = [index, signature, ...index.children].map(({ digest }) => digest);
    expect(revisions).toEqual(images.sort());
    expect(report.target).toMatchObject({ images: 1, candidates: 2 });
  });

  test('stays outside --repo, and is none that may go', async () => {
    const tree = newTree();
    tree.push('app', 'a', built('a', ['of a', 50]));
    tree.push('other', 'b', built('b', ['of b', 50]));
    const { report, tags } = await asked(tree, { kilobytes: 90, repo: ['app'] });
    expect(tags).toEqual(['app:a']);
    expect(report.target).toMatchObject({ reached: false, images: 1, candidates: 1 });
  });
});
