/** Two runs of one second: their names do not tell which was the first. */
import { mkdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listRuns } from '../../src/sweep/runs.ts';
import { createRunFolder, writeRunRecord } from '../../src/sweep/run-folder.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { changedPaths, snapshot } from '../support/snapshot.ts';
import { restoreOf, stateOf, sweepOf } from '../support/sweep-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

const FIRST = '20260301T000001Z-ffff';
const SECOND = '20260301T000001Z-0000';

it('what the second took is found for a restore of the first', async () => {
  const tree = createTree(temporaryFolder('same-second'));
  const shared = image({ name: 'shared', layers: [layer('shared')] });
  tree.push('kept', 'v1', image({ name: 'kept', layers: [layer('kept')] }));
  tree.push('a', 'v1', shared);
  tree.push('b', 'v1', shared);
  tree.age(100);
  const before = snapshot(tree.path('repositories/a'));
  await sweepOf(tree.root, { mode: 'untagged', tags: ['a:v1'], options: { run: FIRST } });
  await sweepOf(tree.root, { mode: 'untagged', tags: ['b:v1'], options: { run: SECOND } });
  expect(await restoreOf(tree.root, FIRST)).toMatchObject({ leftOut: [], failed: [] });
  expect(changedPaths(before, snapshot(tree.path('repositories/a')))).toEqual([]);
});

it('are listed in the order in which they began', () => {
  const state = stateOf(temporaryFolder('same-second'));
  mkdirSync(state);
  for (const [run, milliseconds] of [
    [SECOND, '900'],
    [FIRST, '100'],
  ] as const) {
    const at = `2026-03-01T00:00:01.${milliseconds}Z`;
    const counted = { actions: 0, bytes: 0, diskBytes: 0, repositoriesRemoved: [] };
    writeRunRecord(createRunFolder(state, run), {
      run,
      mode: 'rm',
      startedAt: at,
      endedAt: at,
      state: 'trash',
      ...counted,
    });
  }
  expect(listRuns(state).map(({ run }) => run)).toEqual([FIRST, SECOND]);
});
