/** A plan is for one volume: nearly all of its witnesses stand there. An index is content with half. */
import { expect, test } from 'vitest';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import { BLOB_STORED, MANIFEST_KINDS, SOUND, type Inventory } from '../../src/inventory/inventory.ts';
import { belongsTo, chooseWitnesses, isSameVolume, type NamedWitness } from '../../src/inventory/witnesses.ts';
import { digestBytes } from '../support/content.ts';
import { scanFacts } from '../support/scan-facts.ts';

/** A volume of 40 manifests of which the first `without` are gone. */
function volume(without: number, shift = 0): Inventory {
  const builder = new InventoryBuilder();
  for (let one = without; one < 40; one++) {
    const id = builder.digests.intern(digestBytes(Buffer.from(`manifest ${one}`)));
    builder.blob(id, BLOB_STORED);
    const file = { bytes: 100 + one, diskBytes: 4096, time: 1_000_000 + shift };
    const kind = MANIFEST_KINDS.indexOf('image');
    builder.manifest(id, undefined, { health: SOUND, kind, mediaType: '', artifactType: '', ...file });
  }
  return builder.build(scanFacts());
}

/** Of the first manifests, whatever their digests. */
function witnesses(count: number): readonly NamedWitness[] {
  return Array.from({ length: count }, (_, one) => {
    return { digest: digestBytes(Buffer.from(`manifest ${one}`)), bytes: 100 + one, time: 1_000_000 };
  });
}

test.each([
  [32, 0, true],
  [32, 2, true],
  [32, 3, false],
  [16, 1, true],
  [16, 2, false],
  [8, 1, false],
  [1, 1, false],
  [0, 40, true],
])('of %d witnesses %d are gone: the plan belongs to the volume: %s', (count, gone, belongs) => {
  expect(belongsTo(witnesses(count), volume(gone))).toBe(belongs);
});

test('a witness of another size or time does not stand; a second is no difference', () => {
  expect(belongsTo(witnesses(32), volume(0, 999))).toBe(true);
  expect(belongsTo(witnesses(32), volume(0, 1000))).toBe(false);
  expect(
    belongsTo(
      witnesses(32).map((one) => ({ ...one, bytes: 1 })),
      volume(0),
    ),
  ).toBe(false);
});

test('an index is of the volume when half of its witnesses stand', () => {
  expect(isSameVolume(witnesses(32), volume(16))).toBe(true);
  expect(isSameVolume(witnesses(32), volume(17))).toBe(false);
});

test('at most 32 are chosen, and only among what stays', () => {
  const inventory = volume(0);
  expect(chooseWitnesses(inventory)).toHaveLength(32);
  expect(
    chooseWitnesses(inventory, (id) => id < 5)
      .map(({ digest }) => digest)
      .toSorted(),
  ).toEqual([0, 1, 2, 3, 4]);
});

test('those with the lowest digests are chosen, of many, of every algorithm, and in whatever order they came', () => {
  const builder = new InventoryBuilder();
  const manifest = { health: SOUND, kind: 0, mediaType: '', artifactType: '', bytes: 1, diskBytes: 1, time: 1 };
  const all = Array.from({ length: 3000 }, (_, one) =>
    digestBytes(Buffer.from(`manifest ${one}`), one % 200 === 7 ? 'sha384' : 'sha256'),
  );
  for (const digest of all) builder.manifest(builder.digests.intern(digest), undefined, manifest);
  const inventory = builder.build(scanFacts());
  const lowest = (digests: readonly string[]): readonly string[] =>
    [...digests].sort((a, b) => (a < b ? -1 : 1)).slice(0, 32);
  const chosen = (stays?: (id: number) => boolean): readonly string[] =>
    chooseWitnesses(inventory, stays).map(({ digest }) => inventory.digests.digest(digest));
  expect(chosen()).toEqual(lowest(all));
  expect(chosen((id) => id % 90 === 7)).toEqual(lowest(all.filter((_, id) => id % 90 === 7)));
});
