/** What a scan left in an index for whoever asks without one: read without the inventory, and without marking anything. */
import { defaultIndexPath } from '../db/location.ts';
import { readIndexFile } from '../db/open.ts';
import { readStoredValues } from '../db/stored-values.ts';
import { nameRegistryRoot } from '../scan/locate.ts';
import { refuseOlderAge } from './older-age.ts';
import type { IndexPorts, IndexRequest } from './open-index.ts';
import { warnOfOtherRoot } from './other-root.ts';

export interface StoredIndex {
  /** The file that holds the index. */
  readonly database: string;
  /** By name. */
  readonly values: ReadonlyMap<string, Uint8Array>;
}

/**
 * The named values of the index that the request means; `undefined` where it was written by another version of the program.
 * Warns and throws as `openIndex` does without a scan.
 */
export async function openStored(
  request: IndexRequest,
  names: readonly string[],
  ports: Pick<IndexPorts, 'environment' | 'warn'>,
): Promise<StoredIndex | undefined> {
  const root = await nameRegistryRoot(request.root, ports.environment);
  const database = request.database ?? defaultIndexPath(root);
  const stored = readIndexFile(database, (opened) => readStoredValues(opened, names));
  if (stored === undefined) return undefined;
  warnOfOtherRoot(stored.root, root, ports.warn);
  refuseOlderAge(request, stored.minAgeSeconds);
  return { database, values: stored.values };
}
