/**
 * The keys under which a registry's redis cache still believes in what a run took (distribution,
 * `registry/storage/cache/redis/redis.go`, `blobDescriptorHashKey` and `repositoryBlobDescriptorHashKey`). They have no
 * end of life: a registry that is started again goes on believing in them.
 */
import { lstatSync } from 'node:fs';
import { AppError } from '../shared/errors.ts';
import { compareText } from '../shared/problem.ts';
import { JournalReader, type JournalEntry } from './journal.ts';
import { runFolder, runTime } from './run-folder.ts';

/** Of one run, each once, sorted. Throws `run-missing` where there is no such run, or its journal was purged. */
export function cacheKeysOf(state: string, run: string): readonly string[] {
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
    for (let index = 0; index < journal.length; index++) {
      const key = keyOf(journal.entry(index));
      if (key !== undefined) keys.add(key);
    }
    return [...keys].sort(compareText);
  } finally {
    journal.close();
  }
}

function keyOf({ kind, repository, digest }: JournalEntry): string | undefined {
  if (digest === undefined) return undefined;
  if (kind === 'blob') return `blobs::${digest}`;
  if (kind === 'layer-link' && repository !== undefined) return `repository::${repository}::blobs::${digest}`;
  return undefined;
}
