/** A volume that answers late is asked many things at once, and says the same of itself, however it is damaged. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openIndex } from '../../src/pipeline/open-index.ts';
import type { Pace } from '../../src/scan/pool.ts';
import { noProgress } from '../../src/shared/progress.ts';
import { DAMAGES } from '../support/damage.ts';
import { copyFixture } from '../support/fixture.ts';
import { tablesOf } from '../support/index-tables.ts';
import { temporaryFolder } from '../support/temporary.ts';

const NOW = Date.UTC(2026, 0, 15);
/** More than there are processors: questions wait side by side. */
const LATER: Pace = { concurrency: 1000 };
const ONE_BY_ONE: Pace = { concurrency: 1 };

let whole: string;

beforeAll(async () => {
  whole = await copyFixture();
});

async function tablesWith(root: string, pace: Pace, readLayerLinks: boolean): Promise<unknown> {
  const database = join(temporaryFolder('index'), 'index.sqlite');
  const request = { root, database, noScan: false, full: false, diskUsage: false, minAgeSeconds: 0, repositories: [] };
  const opened = await openIndex(
    { ...request, readLayerLinks },
    {
      environment: {},
      progress: noProgress,
      signal: new AbortController().signal,
      warn: () => undefined,
      now: () => NOW,
      pace,
    },
  );
  await opened.stored;
  return tablesOf(database);
}

describe('the index of a volume that is asked many things at once', () => {
  it.each(DAMAGES.map(({ name }) => name))('is that of one that is asked one by one, damaged by %s', async (name) => {
    const root = join(temporaryFolder('later'), 'registry');
    execFileSync('cp', ['-a', whole, root]);
    DAMAGES.find((damage) => damage.name === name)?.inflict(root);
    const readsLayerLinks = name.includes('layer');
    expect(await tablesWith(root, LATER, readsLayerLinks)).toEqual(await tablesWith(root, ONE_BY_ONE, readsLayerLinks));
  });

  it('is the same at a pace of so many reads a second', async () => {
    expect(await tablesWith(whole, { maxIops: 5000 }, true)).toEqual(await tablesWith(whole, ONE_BY_ONE, true));
  });
});
