/** A sweep of the command line beside the page, and a page that is killed while its sweep is under way. */
import { existsSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { runBuilt } from '../support/built-program.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { APPLY, OperatedVolume } from '../support/operated-volume.ts';
import { pageOf, shippedPage, shown } from '../support/page.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
import { brokenThings, lostBetween, wholeOf } from '../support/whole.ts';

const ALLOWED = ['--allow-sweep', '--registry-stopped', '--min-age', '0', '--max-delete-percent', '100'];
const KEPT = 5;
const GOING = 150;

/** `app` with a few tags that stay and many untagged images: enough for a sweep to be met in the middle. */
function crowdedVolume(): OperatedVolume {
  const tree = createTree(join(temporaryFolder('crowded'), 'registry'));
  const base = layer('base');
  for (let number = 0; number < KEPT; number++) {
    tree.push('app', `v${number}`, image({ name: `kept ${number}`, layers: [base, layer(`kept ${number}`)] }));
  }
  for (let number = 0; number < GOING; number++) {
    tree.push('app', undefined, image({ name: `going ${number}`, layers: [base, layer(`going ${number}`)] }));
  }
  tree.age(1000);
  return new OperatedVolume(tree.root);
}

it('a sweep beside scans and questions of the page loses nothing, and both end well', async () => {
  const volume = crowdedVolume();
  const before = wholeOf(volume.root);
  const page = await pageOf(volume.root, ...ALLOWED);
  const sweep = runBuilt(['sweep', volume.root, '--untagged', ...APPLY, '--json', '--db', page.database], volume.cache);
  const statuses = new Set<number>();
  const over = new AbortController();
  void sweep.finally(() => over.abort());
  while (!over.signal.aborted) {
    statuses.add((await page.post('/api/scan', {})).status);
    statuses.add((await page.post('/api/effect', { kind: 'mode', mode: 'untagged' })).status);
    statuses.add((await page.post('/api/effect', { kind: 'references', references: ['app:v1'] })).status);
    await wait(20);
  }
  const { status, stdout, stderr } = await sweep;
  expect(status, stderr + stdout).toBe(0);
  // Not yet an index, a scan that runs already: and else an answer.
  expect([...statuses].filter((one) => ![200, 202, 409, 503].includes(one))).toEqual([]);
  expect(lostBetween(before, wholeOf(volume.root))).toEqual([]);
  expect(brokenThings(volume.root)).toEqual([]);
  await page.untilIdle();
  await page.job('/api/scan', {});
  await page.untilIdle();
  expect((await page.effect({ kind: 'mode', mode: 'untagged' })).actions).toBe(0);
  expect((await page.effect({ kind: 'references', references: ['app:v1'] })).actions).toBeGreaterThan(3);
  expect(await page.end()).toBe(0);
});

it.each([
  ['SIGKILL', null],
  ['SIGTERM', 0],
  ['SIGINT', 0],
] as const)(
  'a page that ends by %s while its sweep runs leaves a whole volume, and the next sweep finishes',
  async (signal, status) => {
    const volume = crowdedVolume();
    const before = wholeOf(volume.root);
    const { page, process } = await shippedPage(volume.root, ...ALLOWED);
    await page.untilIdle();
    const selection = { kind: 'mode', mode: 'untagged' } as const;
    const effect = await page.effect(selection);
    expect(effect.actions).toBeGreaterThan(GOING * 3);
    expect((await page.post('/api/sweep', { selection, ...shown(effect) })).status).toBe(202);
    const runs = join(volume.root, '.regsweep/runs');
    while (!existsSync(runs) || readdirSync(runs).length === 0) await wait(1);
    const gone = once(process, 'exit');
    process.kill(signal);
    const [code] = (await gone) as [number | null];
    expect(code).toBe(status);
    expect(lostBetween(before, wholeOf(volume.root))).toEqual([]);
    await untilUnlocked(volume);
    expect(lostBetween(before, wholeOf(volume.root))).toEqual([]);
    const next = await volume.json('sweep', '--untagged', ...APPLY);
    expect(next).toMatchObject({ status: 0, refusals: [] });
    expect((await volume.json('sweep', '--untagged', '--min-age', '0')).plan.blobs.count).toBe(0);
    expect(lostBetween(before, wholeOf(volume.root))).toEqual([]);
    expect(brokenThings(volume.root)).toEqual([]);
  },
);

/** The sweep ends by itself once nobody watches it: it has the lock until then. */
async function untilUnlocked(volume: OperatedVolume): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { refusals } = await volume.json('sweep', '--untagged', '--min-age', '0');
    if (!refusals.some(({ code }) => code === 'locked')) return;
    await wait(50);
  }
  throw new Error('the sweep of the page that is gone never ended');
}
