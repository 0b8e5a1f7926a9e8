/** What is done from the page is done by the program itself, and seen by whoever looks. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RunsAnswer, ServedState } from '../../src/report/model-serve.ts';
import { layer } from '../support/content.ts';
import { copyFixture } from '../support/fixture.ts';
import { image } from '../support/images.ts';
import { operatedVolume } from '../support/operated-volume.ts';
import { pageOf, shown, type Page } from '../support/page.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
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
    const sweep = await page.job('/api/sweep', { selection, ...shown(effect) });
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
    const job = await page.job('/api/sweep', { selection, ...shown(effect) });
    expect(job, job.messages).toMatchObject({ state: 'done', freedBytes: freed.bytes });
    expect(brokenThings(root)).toEqual(brokenThings(await copyFixture()));
  });
});

describe('nothing is done', () => {
  it('where another index is served than the one that was looked at, though as many things go', async () => {
    const tree = createTree(join(temporaryFolder('retagged'), 'registry'));
    const push = (name: string): void => {
      tree.push('app', 'latest', image({ name, layers: [layer(name)] }));
      tree.age(1000);
    };
    push('first');
    const page = await pageOf(tree.root, ...ALLOWED);
    await page.untilIdle();
    const selection = { kind: 'references', references: ['app:latest'] } as const;
    const seen = await page.effect(selection);
    push('another');
    await page.job('/api/scan', {});
    await page.untilIdle();
    const now = await page.effect(selection);
    expect(now.actions).toBe(seen.actions);
    expect(await page.failure(await page.post('/api/sweep', { selection, ...shown(seen) }))).toMatchObject({
      status: 400,
      code: 'usage',
    });
    expect((await page.state()).jobs.map(({ kind }) => kind)).toEqual(['scan', 'scan']);
    expect(await page.job('/api/sweep', { selection, ...shown(now) })).toMatchObject({ kind: 'sweep', state: 'done' });
  });

  it('without --allow-sweep, and the page says how to come to it', async () => {
    const volume = operatedVolume();
    const page = await pageOf(volume.root, '--min-age', '0');
    await page.untilIdle();
    const before = volume.everything();
    const selection = { kind: 'mode', mode: 'untagged' } as const;
    const asked = [
      await page.post('/api/sweep', { selection, ...shown(await page.effect(selection)) }),
      await page.post('/api/restore', { run: '20260101T000000Z-0000', confirmation: 'restore 20260101T000000Z-0000' }),
    ];
    for (const answer of asked) {
      expect(await page.failure(answer)).toMatchObject({
        status: 403,
        message: expect.stringContaining('--allow-sweep') as unknown,
      });
    }
    expect(await page.state()).toMatchObject({
      maySweep: false,
      sweepRefusal: expect.stringContaining('--allow-sweep') as unknown,
    });
    expect(volume.everything()).toEqual(before);
  });

  it('without the very words that confirm what was shown', async () => {
    const volume = operatedVolume();
    const page = await pageOf(volume.root, ...ALLOWED);
    await page.untilIdle();
    const before = volume.everything();
    const selection = { kind: 'mode', mode: 'untagged' } as const;
    const { actions, generation } = await page.effect(selection);
    for (const confirmation of ['', 'delete', `delete ${actions + 1}`, `${actions}`, `Delete ${actions}`, 'yes']) {
      const answer = await page.post('/api/sweep', { selection, confirmation, generation });
      expect(await page.failure(answer), confirmation).toMatchObject({ status: 400, code: 'usage' });
    }
    for (const run of ['../../etc', '--apply', '', 'a/b', '-x']) {
      const answer = await page.post('/api/restore', { run, confirmation: `restore ${run}` });
      expect((await page.failure(answer)).status, run).toBe(400);
    }
    expect((await page.state()).jobs.map(({ kind }) => kind)).toEqual(['scan']);
    expect(volume.everything()).toEqual(before);
  });

  it('by a proof that does not hold: the sweep says why, and no scan follows', async () => {
    const volume = operatedVolume();
    const config = temporaryFile('config.yml', `storage:\n  filesystem:\n    rootdirectory: ${volume.root}\n`);
    const page = await pageOf(
      volume.root,
      '--allow-sweep',
      '--registry-config',
      config,
      '--min-age',
      '0',
      '--max-delete-percent',
      '100',
    );
    await page.untilIdle();
    const before = volume.layout();
    const selection = { kind: 'mode', mode: 'untagged' } as const;
    const job = await page.job('/api/sweep', { selection, ...shown(await page.effect(selection)) });
    expect(job).toMatchObject({ state: 'failed', status: 4, freedBytes: null });
    expect(job.messages).toMatch(/readonly/);
    expect(volume.layout()).toEqual(before);
    expect((await page.untilIdle()).jobs.map(({ kind }) => kind)).toEqual(['scan', 'sweep']);
  });

  it.each([
    [['--allow-sweep'], /--allow-sweep needs the proof/],
    [['--registry-stopped'], /is for --allow-sweep/],
    [['--port', '65536'], /is no port/],
    [['--no-scan'], /there is no index/],
    [['--host', '192.0.2.1'], /cannot listen at 192.0.2.1/],
  ])('where it is started with %j', async (argv, why) => {
    await expect(pageOf(operatedVolume().root, ...argv)).rejects.toThrow(why);
  });
});

it('an index that cannot be read ends the page where it may not make another', async () => {
  const database = temporaryFile('index.sqlite', 'no index');
  const page = runHere(['serve', operatedVolume().root, '--no-scan', '--db', database], temporaryFolder('cache'));
  expect(await page).toMatchObject({ status: 1, stderr: expect.stringContaining(database) as unknown });
});

describe('whoever listens', () => {
  it('hears of the progress of a scan, one job at a time; who goes away harms nothing', async () => {
    const volume = operatedVolume();
    const page = await pageOf(volume.root, '--min-age', '0');
    await page.untilIdle();
    const gone = new AbortController();
    await page.fetch('/api/events', { signal: gone.signal });
    const heard = listen(page);
    gone.abort();
    expect((await page.post('/api/scan', {})).status).toBe(202);
    expect(await page.failure(await page.post('/api/scan', {}))).toMatchObject({ status: 409, code: 'locked' });
    const { generation } = await page.untilIdle();
    expect(generation).toBe(2);
    const states = await heard.until((state) => state.generation === 2);
    expect(states[0]).toMatchObject({ generation: 1 });
    const stages = states.flatMap(({ jobs }) => jobs.slice(1)).filter(({ stage }) => stage !== '');
    expect(stages.length).toBeGreaterThan(0);
    expect(stages[0]).toMatchObject({ kind: 'scan', state: 'running' });
    // The stream ends with the server, and the server does not wait for who listens.
    expect(await page.end()).toBe(0);
    await heard.end;
  });
});

/** The states that are told. */
function listen(page: Page) {
  const states: ServedState[] = [];
  const read = async (): Promise<void> => {
    const { body } = await page.fetch('/api/events');
    let text = '';
    for await (const piece of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      text += piece;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const [, data = ''] = /^event: state\ndata: (.*)$/.exec(event) ?? [];
        if (data !== '') states.push(JSON.parse(data) as ServedState);
      }
    }
  };
  const end = read().catch(() => undefined);
  return {
    end,
    until: async (isSo: (state: ServedState) => boolean): Promise<readonly ServedState[]> => {
      while (!states.some(isSo)) await wait(10);
      return states;
    },
  };
}

it('what was young when the index was loaded is marked anew once it is not', async () => {
  const volume = operatedVolume();
  const late = volume.tree().putBlob(Buffer.from('garbage of a moment ago'));
  const page = await pageOf(volume.root);
  await page.untilIdle();
  const ofBlobs = async (): Promise<number> =>
    (await page.effect({ kind: 'mode', mode: 'revisions' })).counts.blobs.count;
  const young = await ofBlobs();
  const { generation } = await page.state();
  page.pass(3_700_000);
  await ofBlobs();
  await page.until((state) => state.generation > generation);
  expect(await ofBlobs(), late).toBe(young + 1);
});
