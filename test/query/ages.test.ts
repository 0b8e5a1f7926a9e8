import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ageBands } from '../../src/query/ages.ts';
import { copyFixture } from '../support/fixture.ts';
import { openedOf } from '../support/report-of.ts';

const DAY = 24 * 3600 * 1000;

test('every tag is in the band of its push, and the bytes add up to what tags reach', async () => {
  const root = await copyFixture();
  const opened = await openedOf(root);
  const { tags } = opened.inventory;
  const reached = opened.analysis.untagged.marking.level;
  let bytes = 0;
  for (const [id, level] of reached.entries()) {
    if (level === 1 && ((opened.inventory.blobs.flags[id] ?? 0) & 1) !== 0)
      bytes += opened.inventory.blobs.bytes[id] ?? 0;
  }
  const newest = Math.max(...tags.time);
  const bands = ageBands(opened, { now: newest + 40 * DAY });
  expect(bands.reduce((sum, band) => sum + band.tags, 0)).toBe(tags.time.filter((time) => !Number.isNaN(time)).length);
  expect(bands.reduce((sum, band) => sum + band.bytes, 0)).toBe(bytes);
  expect(bands.slice(0, 3).every((band) => band.tags === 0)).toBe(true);
});

test('what two tags reach counts for the newer one, and a push from the future is as young as can be', async () => {
  const root = await copyFixture();
  const before = await openedOf(root);
  const now = Date.now();
  const { inventory } = before;
  const times = [now + 5 * DAY, ...Array.from({ length: inventory.tags.name.length }, () => now - 500 * DAY)];
  for (const [row, name] of inventory.tags.name.entries()) {
    const repository = inventory.repositories[inventory.tags.repository[row] ?? 0]?.name ?? '';
    const link = join(root, 'docker/registry/v2/repositories', repository, '_manifests/tags', name, 'current/link');
    const time = new Date(times[row] ?? now);
    utimesSync(link, time, time);
  }
  const bands = ageBands(await openedOf(root), { now });
  expect(bands.map(({ tags }) => tags)).toEqual([1, 0, 0, 0, 0, inventory.tags.name.length - 1]);
  expect(bands[0]?.bytes).toBeGreaterThan(0);
});
