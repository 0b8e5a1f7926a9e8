/** Which blobs a verification hashes. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BLOB_STORED, type Inventory } from '../../src/inventory/inventory.ts';
import { bytesOf, hashable, selectBlobs } from '../../src/inventory/selection.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

let inventory: Inventory;

beforeAll(async () => {
  const tree = createTree(join(temporaryFolder('selection'), 'registry'));
  for (let n = 0; n < 40; n++) tree.push('app', `v${n}`, image({ name: `${n}`, layers: [layer(`selection ${n}`)] }));
  ({ inventory } = await openedOf(tree.root, { request: { diskUsage: true } }));
});

const slice = (part: number, of: number) => selectBlobs(inventory, { kind: 'slice', slice: part, of }, undefined);

describe('parts', () => {
  it.each([1, 2, 7, 100])('of %i cover every blob, each once', (of) => {
    const parts = Array.from({ length: of }, (_, part) => slice(part + 1, of)).flat();
    expect(parts.sort((a, b) => a - b)).toEqual(hashable(inventory));
    expect(parts.length).toBe(120);
  });

  it('stay the same, whatever was verified', () => {
    const verifiedAt = new Float64Array(inventory.digests.size).map((_, id) => (id % 3 === 0 ? NaN : 1000 - id));
    const again = selectBlobs(inventory, { kind: 'slice', slice: 2, of: 7 }, verifiedAt);
    expect(again.sort((a, b) => a - b)).toEqual([...slice(2, 7)].sort((a, b) => a - b));
  });

  it('are of about one size', () => {
    for (let part = 1; part <= 4; part++) expect(Math.abs(slice(part, 4).length - 30)).toBeLessThan(20);
  });
});

describe('so many percent', () => {
  it('are those that were not verified for longest: runs that follow each other cover all', () => {
    const verifiedAt = new Float64Array(inventory.digests.size).fill(NaN);
    const seen = new Set<number>();
    let runs = 0;
    for (; seen.size < hashable(inventory).length; runs++) {
      const some = selectBlobs(inventory, { kind: 'percent', percent: 10 }, verifiedAt);
      expect(some.length).toBeGreaterThan(0);
      for (const id of some) {
        seen.add(id);
        verifiedAt[id] = 1000 + runs;
      }
    }
    expect(runs).toBeLessThanOrEqual(11);
  });

  it('count in bytes, and are one blob at least', () => {
    const all = hashable(inventory).reduce((sum, id) => sum + bytesOf(inventory, id), 0);
    const some = selectBlobs(inventory, { kind: 'percent', percent: 25 }, undefined);
    const bytes = some.reduce((sum, id) => sum + bytesOf(inventory, id), 0);
    const last = bytesOf(inventory, some.at(-1) ?? 0);
    expect(bytes).toBeGreaterThanOrEqual(all / 4);
    expect(bytes - last).toBeLessThan(all / 4);
    expect(selectBlobs(inventory, { kind: 'percent', percent: 0.000001 }, undefined)).toHaveLength(1);
    expect(selectBlobs(inventory, { kind: 'percent', percent: 100 }, undefined)).toEqual(hashable(inventory));
  });
});

it('all begins with what was never verified, and goes on with what was not for longest', () => {
  const ids = hashable(inventory);
  const verifiedAt = new Float64Array(inventory.digests.size).fill(NaN);
  for (const [place, id] of ids.entries()) if (place % 2 === 0) verifiedAt[id] = 5000 - place;
  const order = selectBlobs(inventory, { kind: 'all' }, verifiedAt).map((id) => verifiedAt[id] ?? NaN);
  const first = order.findIndex((time) => !Number.isNaN(time));
  expect(first).toBe(60);
  expect(order.slice(0, first).every(Number.isNaN)).toBe(true);
  expect(order.slice(first)).toEqual([...order.slice(first)].sort((a, b) => a - b));
});

it('what is not stored is not hashed', () => {
  const [first = 0] = hashable(inventory);
  const flags = inventory.blobs.flags.slice();
  flags[first] = (flags[first] ?? 0) & ~BLOB_STORED;
  expect(hashable({ ...inventory, blobs: { ...inventory.blobs, flags } })).not.toContain(first);
});
