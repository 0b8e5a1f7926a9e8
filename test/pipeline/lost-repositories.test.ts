/** What counts as lost, from one scan to the next: what a run of ours took is gone, and not lost. */
import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lostRepositories } from '../../src/gc/refusals.ts';
import { repositoryFolder } from '../../src/layout/paths.ts';
import type { IndexRequest } from '../../src/pipeline/open-index.ts';
import { createRunFolder, runName, writeRunRecord } from '../../src/sweep/run-folder.ts';
import { asNobody } from '../support/nobody.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-01T00:00:00Z');

interface Site {
  readonly root: string;
  readonly tree: Tree;
  /** The repositories that are lost, as a scan at this time finds. */
  readonly lostAt: (time: number, request?: Partial<IndexRequest>) => Promise<readonly string[]>;
}

function site(): Site {
  const root = join(temporaryFolder('lost'), 'registry');
  const tree = createTree(root);
  for (const name of ['app', 'team/app']) tree.push(name, 'latest', image({ name, layers: [layer(name)] }));
  const database = join(temporaryFolder('index'), 'index.sqlite');
  const lostAt: Site['lostAt'] = async (now, request) =>
    lostRepositories(await openedOf(root, { now, request: { database, ...request } }));
  return { root, tree, lostAt };
}

/** A run that says it took `team/app`, begun at this time. */
function ranAt(root: string, time: number): void {
  const run = runName(time, '00aa');
  const startedAt = new Date(time).toISOString();
  writeRunRecord(createRunFolder(join(root, '.regsweep'), run), {
    run,
    mode: 'rm',
    startedAt,
    endedAt: startedAt,
    actions: 1,
    bytes: 1,
    diskBytes: 1,
    state: 'purged',
    repositoriesRemoved: ['team/app'],
  });
}

function takeAway({ root, tree }: Site): void {
  renameSync(tree.path(repositoryFolder('team')), join(root, '..', 'mounted elsewhere'));
}

test('a repository that a run took since the scan before is not lost', async () => {
  const registry = site();
  expect(await registry.lostAt(START)).toEqual([]);
  ranAt(registry.root, START + HOUR);
  takeAway(registry);
  expect(await registry.lostAt(START + 2 * HOUR)).toEqual([]);
});

test('one that a run took once, and that was there again at the scan before, is lost when it is gone', async () => {
  const registry = site();
  ranAt(registry.root, START - HOUR);
  expect(await registry.lostAt(START)).toEqual([]);
  takeAway(registry);
  expect(await registry.lostAt(START + HOUR)).toEqual(['team/app']);
  expect(await registry.lostAt(START + 2 * HOUR)).toEqual(['team/app']);
});

test('what is lost stays lost when all that was known is forgotten, and until it is accepted', async () => {
  const registry = site();
  await registry.lostAt(START);
  takeAway(registry);
  expect(await registry.lostAt(START + HOUR, { full: true })).toEqual(['team/app']);
  expect(await registry.lostAt(START + 2 * HOUR)).toEqual(['team/app']);
  expect(await registry.lostAt(START + 3 * HOUR, { acceptLostRepositories: true })).toEqual(['team/app']);
  expect(await registry.lostAt(START + 4 * HOUR)).toEqual([]);
});

test('runs that may not be looked at vouch for nothing, and keep nobody from reading the volume', async () => {
  const registry = site();
  await registry.lostAt(START);
  ranAt(registry.root, START + HOUR);
  takeAway(registry);
  const opened = await asNobody(registry.root, async () => {
    chmodSync(join(registry.root, '.regsweep'), 0o000);
    return openedOf(registry.root, { now: START });
  });
  expect(opened.takenByRuns).toEqual({ repositories: new Set(), blobs: new Set() });
  expect(opened.inventory.complete).toBe(true);
});

test('a folder of runs that is none vouches for nothing', async () => {
  const { root } = site();
  writeFileSync(join(root, '.regsweep'), '');
  expect((await openedOf(root)).takenByRuns).toEqual({ repositories: new Set(), blobs: new Set() });
});

test('an index that is asked without a scan tells of what its scan found lost, and of nothing that was taken or accepted', async () => {
  const registry = site();
  await registry.lostAt(START);
  ranAt(registry.root, START + HOUR);
  takeAway(registry);
  expect(await registry.lostAt(START + 2 * HOUR)).toEqual([]);
  expect(await registry.lostAt(START + 3 * HOUR, { noScan: true })).toEqual([]);
  const other = site();
  await other.lostAt(START);
  takeAway(other);
  await other.lostAt(START + HOUR);
  expect(await other.lostAt(START + 2 * HOUR, { noScan: true })).toEqual(['team/app']);
  await other.lostAt(START + 3 * HOUR, { acceptLostRepositories: true });
  expect(await other.lostAt(START + 4 * HOUR, { noScan: true })).toEqual([]);
});
