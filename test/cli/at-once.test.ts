/** Programs of ours beside each other on one volume and one index, each in a process of its own. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import type { Report } from '../../src/report/model.ts';
import { runBuilt, type Finished } from '../support/built-program.ts';
import { APPLY, operatedVolume, type OperatedVolume } from '../support/operated-volume.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { brokenThings } from '../support/whole.ts';

const ROUNDS = 2;
const LOCKED = expect.stringMatching(/another sweep/) as unknown;

function totalsOf({ stdout }: Finished): unknown {
  const { totals, reclaimable } = JSON.parse(stdout) as Report;
  return { totals, reclaimable };
}

function start(volume: OperatedVolume, command: string, ...argv: readonly string[]): Promise<Finished> {
  return runBuilt([command, volume.root, '--json', ...argv], volume.cache);
}

it('two sweeps: each thing goes once, by one of them, and the other is refused or has nothing left to do', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const volume = operatedVolume();
    const ended = await Promise.all([start(volume, 'sweep', ...APPLY), start(volume, 'sweep', ...APPLY)]);
    for (const { status, stdout, stderr } of ended) {
      // Refused before it takes its turn it says so in its document, afterwards it has none.
      if (status !== 0) expect({ status, told: stdout + stderr }).toEqual({ status: 4, told: LOCKED });
    }
    expect(ended.some(({ status }) => status === 0)).toBe(true);
    const { runs } = await volume.json('runs');
    expect(runs.reduce((sum, { actions }) => sum + actions, 0)).toBe(21);
    expect(brokenThings(volume.root)).toEqual([]);
  }
});

it('three scans into one index: all tell the same, and it is whole afterwards, with nothing beside it', async () => {
  const volume = operatedVolume();
  const index = join(temporaryFolder('shared'), 'index.sqlite');
  const ended = await Promise.all([1, 2, 3].map(() => start(volume, 'report', '--db', index)));
  expect(ended.map(({ status }) => status)).toEqual([0, 0, 0]);
  const alone = totalsOf(await start(volume, 'report', '--db', index, '--no-scan'));
  for (const one of ended) expect(totalsOf(one)).toEqual(alone);
  expect(readdirSync(dirname(index))).toEqual(['index.sqlite']);
});

it('scans beside a sweep: none crashes, and the sweep does what it does alone', async () => {
  const volume = operatedVolume();
  const sweep = start(volume, 'sweep', ...APPLY);
  const scans = await Promise.all([1, 2, 3].map(() => start(volume, 'report', '--full')));
  for (const { status, stderr } of scans) {
    expect(status).toBe(0);
    expect(stderr).not.toMatch(/^\s+at /m);
  }
  expect((await sweep).status).toBe(0);
  expect((await volume.json('runs')).runs).toMatchObject([{ actions: 21, state: 'trash' }]);
  expect(brokenThings(volume.root)).toEqual([]);
});
