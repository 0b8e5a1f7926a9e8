import { KeptScans } from '../db/history.ts';
import { readIndexFile } from '../db/open.ts';
import { readRoot } from '../db/reader.ts';

/**
 * Gives the scans that an index keeps to `use`, and the registry root that they are of; they can be read for as long as the
 * call lasts. Throws what the index file gives cause for (`index-…`).
 */
export function withKeptScans<T>(database: string, use: (kept: KeptScans, root: string) => T): T {
  return readIndexFile(database, (opened) => use(new KeptScans(opened), readRoot(opened)));
}
