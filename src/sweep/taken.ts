/** What runs of ours took: it is gone from the volume, and not lost. */
import { lstatSync } from 'node:fs';
import { parseDigest, type Digest } from '../layout/digest.ts';
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
 * Of all runs that a state folder knows, save those that were restored. Where it cannot be read, for want of rights above
 * all, nothing is known to be taken: a report goes on, and a guard rather refuses.
 */
export function takenByRuns(state: string): TakenByRuns {
  const repositories = new Set<string>();
  const blobs = new Set<Digest>();
  for (const run of readableRuns(state)) {
    if (run.state === 'restored') continue;
    for (const name of run.repositoriesRemoved) repositories.add(name);
    addBlobsLeft(state, run, blobs);
  }
  return { repositories, blobs };
}

function readableRuns(state: string): readonly RunSummary[] {
  try {
    return listRuns(state);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}

function addBlobsLeft(state: string, { run, endedAt, actions }: RunSummary, blobs: Set<Digest>): void {
  const { journal: path } = runFolder(state, run);
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return;
  const journal = new JournalReader(path);
  try {
    if (endedAt !== null && actions >= journal.length) return;
    for (let index = 0; index < journal.length; index++) {
      const { kind, digest: text } = journal.entry(index);
      const digest = kind === 'blob' && text !== undefined ? parseDigest(text) : undefined;
      if (digest !== undefined) blobs.add(digest);
    }
  } catch (error) {
    // A journal that is not as it was written vouches for nothing.
    if (!(error instanceof AppError)) throw error;
  } finally {
    journal.close();
  }
}
