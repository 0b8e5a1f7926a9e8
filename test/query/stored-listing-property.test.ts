/** What `ls` says of a repository out of the little that it reads of an index is what it says when all of it is loaded and marked. */
import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BulkInsert } from '../../src/db/bulk-insert.ts';
import { fillPackedColumns } from '../../src/db/packed-columns.ts';
import { readRepository } from '../../src/db/repository-reader.ts';
import { TABLES } from '../../src/db/schema.ts';
import { analyse } from '../../src/gc/analysis.ts';
import { splitReference } from '../../src/gc/references.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { standardFigures } from '../../src/query/keep-figures.ts';
import { buildListing } from '../../src/query/listing.ts';
import { listOfPart, packShared } from '../../src/query/stored-listing.ts';
import { inventoryOf, taggedRegistries } from '../gc/random-plans.ts';

function indexOf(inventory: Inventory): Database.Database {
  const database = new Database(':memory:');
  const table = TABLES.find(({ name }) => name === 'packed_column');
  database.exec(table?.sql ?? '');
  fillPackedColumns((name, ...columns) => new BulkInsert(database, name, columns), inventory);
  return database;
}

/** Every repository, tag and revision, and some that are not there. */
function referencesIn({ repositories, tags, revisions, digests }: Inventory): readonly string[] {
  const nameOf = (repository: number | undefined) => repositories[repository ?? -1]?.name ?? '';
  return [
    ...repositories.map(({ name }) => name),
    ...tags.name.map((tag, row) => `${nameOf(tags.repository[row])}:${tag}`),
    ...[...revisions.digest].map((id, row) => `${nameOf(revisions.repository[row])}@${digests.digest(id)}`),
    'nobody',
    'nobody:tag',
    `${nameOf(0)}:nothing`,
    `${nameOf(0)}@sha256:`,
  ];
}

function outcome(list: () => unknown): unknown {
  try {
    return list();
  } catch (error) {
    const { message, hint } = error as Error & { readonly hint?: string };
    return { message, hint };
  }
}

test('a repository, a tag and a revision are listed from an index as they are from a marked inventory', () => {
  let listed = 0;
  fc.assert(
    fc.property(taggedRegistries, (registry) => {
      const inventory = inventoryOf(registry);
      const analysis = analyse(inventory, { isIncluded: () => true, youngSince: Infinity, now: 0 });
      const options = { minAgeSeconds: 0, uploadsOlderThanSeconds: undefined, now: 0 };
      const figures = standardFigures({ analysis }, options, true);
      const { data: shared } = packShared(analysis);
      const database = indexOf(inventory);
      for (const reference of referencesIn(inventory)) {
        const names = [reference, splitReference(reference)?.repository ?? reference];
        const part = readRepository(database, names);
        if (part === undefined) throw new Error('it hangs together too deeply');
        const stored = outcome(() => listOfPart(part, figures, shared, reference));
        expect(stored).toEqual(outcome(() => buildListing({ analysis }, reference)));
        if (stored !== undefined && 'kind' in (stored as object)) listed++;
      }
      database.close();
    }),
    { numRuns: 60 },
  );
  expect(listed).toBeGreaterThan(100);
});
