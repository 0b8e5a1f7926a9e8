/** What speaks against a sweep in the volume itself: the same judgement as a report's notices. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildPlan } from '../../src/gc/plan.ts';
import { refusalsOf, type JudgedVolume, type SweepLimits } from '../../src/gc/refusals.ts';
import { LAYERS, MANIFESTS, repositoryFolder } from '../../src/layout/paths.ts';
import type { Refusal } from '../../src/shared/refusal.ts';
import { seededBytes } from '../support/content.ts';
import { openedOf, reportOf } from '../support/report-of.ts';
import type { Tree } from '../support/tree.ts';
import { simple, volumeWithGarbage } from './volume.ts';

const STRICT: SweepLimits = { maxDeletePercent: 100, acceptLostRepositories: false, tagsAreComplete: false };

async function refusals(
  tree: Tree,
  wishes: Partial<SweepLimits> & Partial<Omit<JudgedVolume, 'inventory'>> = {},
): Promise<readonly Refusal[]> {
  const opened = await openedOf(tree.root);
  const { inventory, revisions, untagged } = opened.analysis;
  const mode = wishes.mode ?? 'revisions';
  const { marking } = mode === 'untagged' ? untagged : revisions;
  const plan = buildPlan(inventory, marking, { youngSince: Infinity, uploadsBefore: -Infinity });
  const { maxDeletePercent, acceptLostRepositories, tagsAreComplete, ...volume } = { ...STRICT, ...wishes };
  const limits = { maxDeletePercent, acceptLostRepositories, tagsAreComplete };
  const found = refusalsOf({ ...volume, inventory, mode }, plan, limits);
  return found;
}

async function codes(...args: Parameters<typeof refusals>): Promise<readonly string[]> {
  return (await refusals(...args)).map(({ code }) => code);
}

test('a sound volume is not refused', async () => {
  expect(await refusals(volumeWithGarbage().tree)).toEqual([]);
  expect(await refusals(volumeWithGarbage().tree, { mode: 'untagged' })).toEqual([]);
});

test('an incomplete scan is refused, whatever is accepted', async () => {
  const { tree } = volumeWithGarbage();
  symlinkSync('loop', tree.path(repositoryFolder('loop')));
  const lifted = { acceptLostRepositories: true, tagsAreComplete: true };
  expect(await codes(tree, lifted)).toEqual(['scan-incomplete']);
});

test('a metadata database elsewhere is refused in every mode', async () => {
  const { tree } = volumeWithGarbage();
  mkdirSync(join(tree.root, 'docker/registry/lockfiles'));
  writeFileSync(join(tree.root, 'docker/registry/lockfiles/database-in-use'), '');
  for (const mode of ['revisions', 'untagged', 'policy', 'rm'] as const) {
    expect(await codes(tree, { mode, tagsAreComplete: true, acceptLostRepositories: true })).toEqual([
      'metadata-elsewhere',
    ]);
  }
});

describe('tags that may be incomplete', () => {
  test('half of the repositories without a tag refuse where tags decide, and only there', async () => {
    const { tree } = volumeWithGarbage();
    tree.push('untagged', undefined, simple('untagged'));
    for (const mode of ['untagged', 'policy'] as const) {
      expect(await codes(tree, { mode })).toEqual(['tags-may-be-incomplete']);
      expect(await codes(tree, { mode, tagsAreComplete: true })).toEqual([]);
    }
    for (const mode of ['revisions', 'rm'] as const) expect(await codes(tree, { mode })).toEqual([]);
  });

  test('fewer than half do not', async () => {
    const { tree } = volumeWithGarbage();
    tree.push('untagged', undefined, simple('untagged'));
    tree.push('second', 'v1', simple('second'));
    expect(await codes(tree, { mode: 'untagged' })).toEqual([]);
  });

  test('a pull-through cache refuses, however many tags it has', async () => {
    const { tree } = volumeWithGarbage();
    writeFileSync(join(tree.root, 'scheduler-state.json'), '{}');
    expect(await codes(tree, { mode: 'untagged' })).toEqual(['tags-may-be-incomplete']);
    expect(await codes(tree)).toEqual([]);
  });
});

describe('lost repositories', () => {
  test('blobs and no repository at all', async () => {
    const { tree } = volumeWithGarbage();
    rmSync(tree.path(repositoryFolder('other')), { recursive: true });
    expect(await codes(tree)).toEqual(['lost-repositories']);
    expect(await codes(tree, { acceptLostRepositories: true })).toEqual([]);
  });

  test('neither blobs nor repositories: there is nothing to lose', async () => {
    const { tree } = volumeWithGarbage();
    rmSync(tree.path(repositoryFolder('other')), { recursive: true });
    rmSync(tree.path('blobs'), { recursive: true });
    expect(await codes(tree)).toEqual([]);
  });

  test('a blob folder without data is no blob', async () => {
    const { tree, garbage } = volumeWithGarbage();
    rmSync(tree.path(repositoryFolder('other')), { recursive: true });
    rmSync(tree.path('blobs'), { recursive: true });
    mkdirSync(tree.path(`blobs/sha256/${garbage.slice(7, 9)}/${garbage.slice(7)}`), { recursive: true });
    expect(await codes(tree)).toEqual([]);
  });

  test('one of the last scan that is gone, unless a run of ours took it', async () => {
    const { tree } = volumeWithGarbage();
    const previous = { perRepository: [{ name: 'other' }, { name: 'gone' }] };

    expect(await codes(tree, { previous })).toEqual(['lost-repositories']);
    const took = (name: string) => ({ repositories: new Set([name]), blobs: new Set<never>() });
    expect(await codes(tree, { previous, takenByRuns: took('gone') })).toEqual([]);
    expect(await codes(tree, { previous, takenByRuns: took('another') })).toEqual(['lost-repositories']);
    expect(await codes(tree, { previous, acceptLostRepositories: true })).toEqual([]);
  });

  test('are named: nobody dares to accept a number', async () => {
    const { tree } = volumeWithGarbage();
    const messageOf = async (names: readonly string[]) => {
      const [refusal] = await refusals(tree, { previous: { perRepository: names.map((name) => ({ name })) } });
      return refusal?.message;
    };
    expect(await messageOf(['team/gone'])).toBe(
      '1 repository of earlier scans is gone (team/gone): is a mount missing?',
    );
    expect(await messageOf(['f', 'e', 'd', 'c', 'b', 'a'])).toBe(
      '6 repositories of earlier scans are gone (a, b, c, and 3 more: lost_repository in the index): is a mount missing?',
    );
  });

  test('a tenth of all bytes in blobs that no link names, unless a run of ours took the links', async () => {
    const { tree } = volumeWithGarbage();
    const unlinked = tree.putBlob(seededBytes('unlinked', 100_000));
    expect(await codes(tree)).toEqual(['lost-repositories']);
    expect(await codes(tree, { acceptLostRepositories: true })).toEqual([]);
    expect(await codes(tree, { takenByRuns: { repositories: new Set(), blobs: new Set([unlinked]) } })).toEqual([]);
  });

  test('less than a tenth is what pushes leave behind', async () => {
    const { tree } = volumeWithGarbage();
    tree.putBlob(seededBytes('unlinked', 10));
    expect(await codes(tree)).toEqual([]);
  });
});

describe('the fuse', () => {
  test('blows above its percentage, and says by how much', async () => {
    const { tree } = volumeWithGarbage();
    const all = await openedOf(tree.root);
    const bytes = [...all.inventory.blobs.bytes].reduce((sum, one) => sum + one, 0);
    const percent = (300 / bytes) * 100;
    expect(await codes(tree, { maxDeletePercent: percent + 0.001 })).toEqual([]);
    const [refusal] = await refusals(tree, { maxDeletePercent: percent - 0.001 });
    expect(refusal).toMatchObject({ code: 'max-delete-percent' });
    expect(refusal?.message).toContain(`(300 of ${bytes})`);
  });

  test('never blows at 100', async () => {
    const { tree } = volumeWithGarbage();
    rmSync(tree.path(`${repositoryFolder('other')}/${MANIFESTS}`), { recursive: true });
    expect(await codes(tree, { maxDeletePercent: 100, acceptLostRepositories: true })).toEqual([]);
    expect(await codes(tree, { maxDeletePercent: 99, acceptLostRepositories: true })).toEqual(['max-delete-percent']);
  });
});

test('all reasons are listed at once', async () => {
  const { tree } = volumeWithGarbage();
  rmSync(tree.path(`${repositoryFolder('other')}/${LAYERS}`), { recursive: true });
  rmSync(tree.path(`${repositoryFolder('other')}/${MANIFESTS}`), { recursive: true });
  mkdirSync(tree.path(`${repositoryFolder('other')}/${LAYERS}`));
  writeFileSync(join(tree.root, 'scheduler-state.json'), '{}');
  mkdirSync(join(tree.root, 'docker/registry/lockfiles'));
  writeFileSync(join(tree.root, 'docker/registry/lockfiles/database-in-use'), '');
  expect(await codes(tree, { mode: 'untagged', maxDeletePercent: 50 })).toEqual([
    'metadata-elsewhere',
    'tags-may-be-incomplete',
    'lost-repositories',
    'max-delete-percent',
  ]);
});

test('a report shows the same as notices, word for word', async () => {
  const { tree } = volumeWithGarbage();
  tree.push('untagged', undefined, simple('untagged'));
  tree.putBlob(seededBytes('unlinked', 100_000));
  const { notices } = await reportOf(tree.root, { mode: 'untagged' });
  expect(notices.map(({ code }) => code)).toEqual(['tags-may-be-incomplete', 'lost-repositories']);
  const refused = await refusals(tree, { mode: 'untagged' });
  expect(notices).toEqual(refused.map(({ code, message }) => ({ code, message })));
});
