/** Removals that are decided in a part of the inventory, beside those that are decided in all of it. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildGraph } from '../../src/gc/graph.ts';
import { buildRemoval } from '../../src/gc/removal.ts';
import { Removals } from '../../src/gc/removals.ts';
import type { Removal } from '../../src/gc/removal-names.ts';
import { BLOB_UNTOUCHABLE, ROW_UNTOUCHABLE, type Inventory } from '../../src/inventory/inventory.ts';
import { inventoryOf, taggedRegistries } from './random-plans.ts';

const rarely = fc.nat(19).map((number) => number === 19);
const sometimes = fc.nat(3).map((number) => number === 3);
const flags = (one: fc.Arbitrary<boolean>): fc.Arbitrary<boolean[]> => fc.array(one, { minLength: 30, maxLength: 30 });

/** Things that lie where nothing is deleted. */
function withUntouchables(inventory: Inventory, blobs: readonly boolean[], rows: readonly boolean[]): Inventory {
  const flagged = (of: Uint8Array, which: readonly boolean[], flag: number): Uint8Array =>
    of.map((value, row) => (which[row] === true ? value | flag : value));
  return {
    ...inventory,
    blobs: { ...inventory.blobs, flags: flagged(inventory.blobs.flags, blobs, BLOB_UNTOUCHABLE) },
    revisions: { ...inventory.revisions, flags: flagged(inventory.revisions.flags, rows, ROW_UNTOUCHABLE) },
    layerLinks: { ...inventory.layerLinks, flags: flagged(inventory.layerLinks.flags, rows, ROW_UNTOUCHABLE) },
    tags: { ...inventory.tags, flags: flagged(inventory.tags.flags, rows, ROW_UNTOUCHABLE) },
  };
}

function removalOf(inventory: Inventory, named: readonly (readonly boolean[])[]): Removal {
  const [repositories = [], tags = [], revisions = []] = named;
  const which = (length: number, given: readonly boolean[]): Uint8Array =>
    Uint8Array.from({ length }, (_, row) => (given[row] === true ? 1 : 0));
  return {
    repositories: which(inventory.repositories.length, repositories),
    tags: which(inventory.tags.name.length, tags),
    revisions: which(inventory.revisions.digest.length, revisions),
  };
}

test('one inventory answers removal after removal as if it were asked for the first time', () => {
  const named = fc.tuple(flags(rarely), flags(sometimes), flags(sometimes));
  fc.assert(
    fc.property(
      taggedRegistries,
      flags(rarely),
      flags(rarely),
      fc.array(named, { minLength: 1, maxLength: 3 }),
      (registry, blobs, rows, asked) => {
        const inventory = withUntouchables(inventoryOf(registry), blobs, rows);
        const graph = buildGraph(inventory);
        const removals = new Removals(inventory, graph);
        for (const one of asked) {
          const removal = removalOf(inventory, one);
          expect(removals.plan(removal)).toEqual(buildRemoval(inventory, graph, removal));
        }
      },
    ),
    { numRuns: 300 },
  );
});
