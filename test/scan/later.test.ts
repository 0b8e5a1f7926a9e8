/** A volume that answers late is asked many things at once, and says the same of itself, however it is damaged. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openPool, type Pace } from '../../src/scan/pool.ts';
import { DAMAGES } from '../support/damage.ts';
import { copyFixture } from '../support/fixture.ts';
import { scannedContent } from '../support/scanned-content.ts';
import { temporaryFolder } from '../support/temporary.ts';

const NOW = Date.UTC(2026, 0, 15);
/** More than there are processors: questions wait side by side. */
const LATER: Pace = { concurrency: 1000 };
const ONE_BY_ONE: Pace = { concurrency: 1 };

let whole: string;

beforeAll(async () => {
  whole = await copyFixture();
});

function scanned(root: string, pace: Pace, readsLayerLinks: boolean, signal?: AbortSignal): Promise<unknown> {
  const wishes = signal === undefined ? { now: NOW } : { now: NOW, signal };
  return scannedContent(
    root,
    (base) => openPool({ base, readsLayerLinks, readsHistoryLinks: readsLayerLinks }, pace),
    wishes,
  );
}

describe('what a scan finds where many things are asked at once', () => {
  it.each(DAMAGES)('is what it finds one by one, damaged by $name', async ({ name, inflict }) => {
    const root = join(temporaryFolder('later'), 'registry');
    execFileSync('cp', ['-a', whole, root]);
    inflict(root);
    const readsLayerLinks = /layer|tag/.test(name);
    expect(await scanned(root, LATER, readsLayerLinks)).toEqual(await scanned(root, ONE_BY_ONE, readsLayerLinks));
  });

  it('is the same at a pace of so many reads a second', async () => {
    expect(await scanned(whole, { maxIops: 5000 }, true)).toEqual(await scanned(whole, ONE_BY_ONE, true));
  });
});

it('a scan that is interrupted ends at once, though it reads slowly', async () => {
  const interrupt = new AbortController();
  const reading = scanned(whole, { maxIops: 1 }, true, interrupt.signal);
  setTimeout(() => interrupt.abort(), 100);
  await expect(reading).rejects.toMatchObject({ code: 'interrupted' });
}, 20_000);
