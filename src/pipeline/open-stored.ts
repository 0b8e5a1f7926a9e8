/** What a scan left in an index for whoever asks without one: read without the inventory, and without marking anything. */
import { defaultIndexPath } from '../db/location.ts';
import { indexExists, readIndexFile } from '../db/open.ts';
import { readRepository, type RepositoryPart } from '../db/repository-reader.ts';
import { readStoredValues, type StoredValues } from '../db/stored-values.ts';
import { splitReference } from '../gc/references.ts';
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

export interface StoredPart extends StoredIndex {
  readonly part: RepositoryPart;
}

type Ports = Pick<IndexPorts, 'environment' | 'warn'>;

/**
 * The named values of the index that the request means; `undefined` where it was written by another version of the program.
 * Warns and throws as `openIndex` does without a scan.
 */
export async function openStored(
  request: IndexRequest,
  names: readonly string[],
  ports: Ports,
): Promise<StoredIndex | undefined> {
  const { root, database } = await placeOf(request, ports);
  const stored = readIndexFile(database, (opened) => readStoredValues(opened, names));
  return stored && { database, values: checked(stored, root, request, ports) };
}

/**
 * As `openStored`, with as much of the inventory as that repository needs which `reference` names, or of which it names a tag
 * or digest; `undefined` also where one of the values is not there, or what the repository reaches
 * hangs together too deeply.
 */
export async function openStoredPart(
  request: IndexRequest,
  names: readonly string[],
  reference: string,
  ports: Ports,
): Promise<StoredPart | undefined> {
  const { root, database } = await placeOf(request, ports);
  const repository = splitReference(reference)?.repository;
  const candidates = repository === undefined ? [reference] : [reference, repository];
  const read = readIndexFile(database, (opened) => {
    const stored = readStoredValues(opened, names);
    const part = stored?.values.size === names.length ? readRepository(opened, candidates) : undefined;
    return stored && part && { stored, part };
  });
  return read && { database, values: checked(read.stored, root, request, ports), part: read.part };
}

async function placeOf(
  { root: given, database }: IndexRequest,
  { environment }: Ports,
): Promise<{ readonly root: string; readonly database: string }> {
  const root = await nameRegistryRoot(given, environment);
  return { root, database: database ?? defaultIndexPath(root) };
}

function checked(stored: StoredValues, root: string, request: IndexRequest, { warn }: Ports): StoredValues['values'] {
  warnOfOtherRoot(stored.root, root, warn);
  refuseOlderAge(request, stored.minAgeSeconds);
  return stored.values;
}

/** Whether there is a file where the index of the request would be; `database` is given. */
export function indexIsThere({ database }: Pick<IndexRequest, 'database'>): boolean {
  return database !== undefined && indexExists(database);
}
