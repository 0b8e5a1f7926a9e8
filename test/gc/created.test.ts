/** The time of an index, however its parts hang together. */
import { expect, test } from 'vitest';
import { createdTimes } from '../../src/gc/created.ts';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import { CHILD, INDEX_KIND, SOUND } from '../../src/inventory/inventory.ts';
import { digestBytes } from '../support/content.ts';
import { scanFacts } from '../support/scan-facts.ts';

const DAY = Date.UTC(2025, 0, 1);

/** Indexes by number, each with what it names, and what it says itself. */
function timesOf(indexes: readonly { readonly names: readonly number[]; readonly says?: number }[]): Float64Array {
  const builder = new InventoryBuilder();
  const ids = indexes.map((_, number) => builder.digests.intern(digestBytes(Buffer.from(`index ${number}`))));
  const unknown = { health: SOUND, kind: INDEX_KIND, mediaType: '', artifactType: '', bytes: 1, diskBytes: 1, time: 0 };
  for (const [number, { names, says = NaN }] of indexes.entries()) {
    builder.manifest(ids[number] ?? -1, undefined, { ...unknown, created: says });
    for (const name of names) {
      builder.reference(ids[name] ?? -1, { kind: CHILD, flags: 0, bytes: 1, mediaType: '', platform: '' });
    }
  }
  const inventory = builder.build(scanFacts());
  return createdTimes(inventory);
}

test('it is that of the newest part, and its own where the parts have none', () => {
  const times = timesOf([
    { names: [1, 2], says: DAY + 9 },
    { names: [], says: DAY },
    { names: [3] },
    { names: [], says: DAY + 1 },
    { names: [5], says: DAY + 2 },
    { names: [] },
  ]);
  expect([...times]).toEqual([DAY + 1, DAY, DAY + 1, DAY + 1, DAY + 2, NaN]);
});

test('it takes no stack, however deep', () => {
  const levels = 100_000;
  const chain = Array.from({ length: levels }, (_, at) =>
    at === levels - 1 ? { names: [], says: DAY } : { names: [at + 1] },
  );
  expect(timesOf(chain).every((time) => time === DAY)).toBe(true);
});

test('of indexes that name each other it is found all the same', () => {
  expect([...timesOf([{ names: [1, 1] }, { names: [0, 2] }, { names: [2], says: DAY }])]).toEqual([DAY, DAY, DAY]);
});
