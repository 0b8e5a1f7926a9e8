/** What is done from the page is done by the program itself, and seen by whoever looks. */
import { describe, expect, it } from 'vitest';
import type { RunsAnswer } from '../../src/report/model-serve.ts';
import { copyFixture } from '../support/fixture.ts';
import { operatedVolume } from '../support/operated-volume.ts';
import { pageOf } from '../support/page.ts';
import { brokenThings, lostBetween, wholeOf } from '../support/whole.ts';

const ALLOWED = ['--allow-sweep', '--registry-stopped', '--min-age', '0', '--max-delete-percent', '100'];

describe('a sweep from the page', () => {
  it('takes what was selected and shown, and a restore brings it back', async () => {
    const volume = operatedVolume();
    const before = wholeOf(volume.root);
    const page = await pageOf(volume.root, ...ALLOWED);
    await page.untilIdle();
    const selection = { kind: 'references', references: ['team/app/tools:1.0'] } as const;
    const effect = await page.effect(selection);
    expect(effect).toMatchObject({ possible: true, refusals: [], unstated: 0 });
    const sweep = await page.job('/api/sweep', { selection, confirmation: `delete ${effect.actions}` });
    expect(sweep).toMatchObject({ kind: 'sweep', state: 'done', status: 0, freedBytes: effect.freed.bytes });
    expect(lostBetween(before, wholeOf(volume.root), ['team/app/tools:1.0'])).toEqual([]);
    const { jobs } = await page.untilIdle();
    expect(jobs.map(({ kind, state }) => [kind, state])).toEqual([
      ['scan', 'done'],
      ['sweep', 'done'],
      ['scan', 'done'],
    ]);
    expect((await page.effect(selection)).possible).toBe(false);
    const { run } = sweep;
    expect((await page.get<RunsAnswer>('/api/runs')).runs).toMatchObject([{ run, mode: 'rm', state: 'trash' }]);
    const restore = await page.job('/api/restore', { run, confirmation: `restore ${String(run)}` });
    expect(restore).toMatchObject({ state: 'done', status: 0, run });
    expect(wholeOf(volume.root)).toEqual(before);
    await page.untilIdle();
    expect(await page.effect(selection)).toMatchObject({ possible: true, actions: effect.actions });
    expect(await page.end()).toBe(0);
  });

  it.each([
    { kind: 'mode', mode: 'revisions' },
    { kind: 'mode', mode: 'untagged' },
    { kind: 'policy', text: 'policies:\n  - repositories: ["**"]\n    keepTags: [{ keepLast: 1 }]\n' },
  ] as const)('frees as many bytes as the page said: $kind $mode', async (selection) => {
    const root = await copyFixture();
    const page = await pageOf(root, ...ALLOWED);
    await page.untilIdle();
    const effect = await page.effect(selection);
    const { actions, freed } = effect;
    expect(actions).toBeGreaterThan(0);
    const job = await page.job('/api/sweep', { selection, confirmation: `delete ${actions}` });
    expect(job, job.messages).toMatchObject({ state: 'done', freedBytes: freed.bytes });
    expect(brokenThings(root)).toEqual(brokenThings(await copyFixture()));
  });
});
