/**
 * The keys under which a registry's redis cache still believes in what a run took (distribution,
 * `registry/storage/cache/redis/redis.go`, `blobDescriptorHashKey` and `repositoryBlobDescriptorHashKey`). They have no
 * end of life: a registry that is started again goes on believing in them.
 */
import { lstatSync } from 'node:fs';
import { parseRepositoryName } from '../layout/names.ts';
import { AppError } from '../shared/errors.ts';
import { compareText } from '../shared/problem.ts';
import { JournalReader, type JournalEntry } from './journal.ts';
import { runFolder, runTime } from './run-folder.ts';

export interface CacheKeys {
  /** Each once, sorted. */
  readonly keys: readonly string[];
  /** Lines of the journal that no sweep has written, and why: what they took has no key here. */
  readonly leftOut: readonly string[];
}

/** Of one run. Throws `run-missing` where there is no such run, or its journal was purged. */
export function cacheKeysOf(state: string, run: string): CacheKeys {
  const { journal: path } = runFolder(state, run);
  if (runTime(run) === undefined || lstatSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new AppError(
      'run-missing',
      `there is no journal ${path}`,
      'regsweep runs lists the runs; a purge removes it',
    );
  }
  const journal = new JournalReader(path);
  try {
    const keys = new Set<string>();
    const leftOut: string[] = [];
    for (let index = 0; index < journal.length; index++) {
      try {
        const key = keyOf(journal.entry(index), index + 2);
        if (key !== undefined) keys.add(key);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        leftOut.push(error.message);
      }
    }
    return { keys: [...keys].sort(compareText), leftOut };
  } finally {
    journal.close();
  }
}

/** Keys are words of a command line: what is in them is a digest or a name, or there is none. Throws `plan-invalid`. */
function keyOf({ kind, repository, digest }: JournalEntry, line: number): string | undefined {
  if (digest === undefined) return undefined;
  if (kind === 'blob') return `blobs::${digest}`;
  if (kind !== 'layer-link' || repository === undefined) return undefined;
  const name = parseRepositoryName(repository);
  if (name === undefined) throw new AppError('plan-invalid', `line ${line}: repository: is no name of one`);
  return `repository::${name}::blobs::${digest}`;
}
