/** What a scan made of its inventory and left in the index for whoever asks without one, and what that was made with. */
import type Database from 'better-sqlite3';
import type { Inventory } from '../inventory/inventory.ts';
import { PackedColumns } from './packed-columns.ts';
import type { NamedBytes } from './pieces.ts';

const FACTS_NAME = 'facts';

export interface StoredValues extends Pick<Inventory, 'root' | 'minAgeSeconds'> {
  readonly values: ReadonlyMap<string, Uint8Array>;
}

/** The facts that `readStoredValues` gives with the values. */
export function packFacts({ root, minAgeSeconds }: Inventory): NamedBytes {
  return { name: FACTS_NAME, data: Buffer.from(JSON.stringify({ root, minAgeSeconds })) };
}

/**
 * Those of the named values that an open index holds; `undefined` where another version of the program wrote it, which may
 * have made something else of the same. Throws `index-foreign` where they are not what was written (`readIndexFile`).
 */
export function readStoredValues(database: Database.Database, names: readonly string[]): StoredValues | undefined {
  const packed = new PackedColumns(database);
  if (!packed.isOfThisProgram) return undefined;
  const facts = JSON.parse(packed.text(FACTS_NAME)) as Omit<StoredValues, 'values'>;
  const values = new Map<string, Uint8Array>();
  for (const name of names) {
    const value = packed.find(name);
    if (value !== undefined) values.set(name, value);
  }
  return { ...facts, values };
}
