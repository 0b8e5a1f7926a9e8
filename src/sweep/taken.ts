/** What runs of ours took: it is gone from the volume, and not lost. */
import { lstatSync } from 'node:fs';
import type { Digest } from '../layout/digest.ts';
import { AppError, errnoOf } from '../shared/errors.ts';
import { JournalReader } from './journal.ts';
import { runFolder } from './run-folder.ts';
import { listRuns, type RunSummary } from './runs.ts';

export interface TakenByRuns {
  readonly repositories: ReadonlySet<string>;
  /** Of runs that did not reach their end: they may have taken the links of a blob, and not the blob. */
  readonly blobs: ReadonlySet<Digest>;
}

/**
 * Of all runs that a state folder knows, save those that were restored. Repositories: of runs that began after `since`, epoch
 * milliseconds; what was there again at that time may be lost since. Runs that cannot be looked at vouch for nothing: who
 * only reads a volume need not be who sweeps it.
 */
export function takenByRuns(state: string, since = -Infinity): TakenByRuns {
  const repositories = new Set<string>();
  const blobs = new Set<Digest>();
  try {
    for (const run of listRuns(state)) {
      if (run.state === 'restored') continue;
      if (Date.parse(run.startedAt) > since) for (const name of run.repositoriesRemoved) repositories.add(name);
      addBlobsLeft(state, run, blobs);
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
  return { repositories, blobs };
}

function addBlobsLeft(state: string, { run, endedAt, actions }: RunSummary, blobs: Set<Digest>): void {
  const { journal: path } = runFolder(state, run);
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return;
  const journal = new JournalReader(path);
  try {
    if (endedAt !== null && actions >= journal.length) return;
    for (let index = 0; index < journal.length; index++) {
      const { kind, digest } = journal.entry(index);
      if (kind === 'blob' && digest !== undefined) blobs.add(digest);
    }
  } catch (error) {
    // A journal that is not as it was written vouches for nothing.
    if (!(error instanceof AppError)) throw error;
  } finally {
    journal.close();
  }
}
