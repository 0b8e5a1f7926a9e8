/** The sweeps that were carried out, as their folders tell. */
import { readdirSync } from 'node:fs';
import { compareText } from '../shared/problem.ts';
import { errnoOf } from '../shared/errors.ts';
import { isPurging, readRunRecord, runFolder, runsFolder, runTime, type RunFolder } from './run-folder.ts';

/** `partial`: whoever ran it died, or runs it now. `purged`: there is nothing (any more) to be put back. */
type RunState = 'trash' | 'purged' | 'restored' | 'partial';

/** Times are ISO 8601. */
export interface RunSummary {
  readonly run: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** `null` where whoever ran it died before he wrote it down. */
  readonly mode: string | null;
  readonly actions: number;
  readonly bytes: number;
  readonly diskBytes: number;
  readonly state: RunState;
  /** Repositories of which that sweep left nothing. */
  readonly repositoriesRemoved: readonly string[];
}

/**
 * All runs of a state folder, oldest first; none where there is no such folder, or something else in its place. What is not
 * named like a run is none.
 */
export function listRuns(state: string): readonly RunSummary[] {
  const runs = runNames(state).map((run) => summaryOf(runFolder(state, run)));
  // Names tell seconds; of two runs of one second the records know which was the first.
  return runs.sort((a, b) => compareText(a.startedAt, b.startedAt) || compareText(a.run, b.run));
}

/** As `listRuns`; `undefined` where the system lets nobody look: who only reads a volume need not be who sweeps it. */
export function listReadableRuns(state: string): readonly RunSummary[] | undefined {
  try {
    return listRuns(state);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

/** The folders of all runs, oldest first. */
export function runNames(state: string): readonly string[] {
  try {
    const entries = readdirSync(runsFolder(state), { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory() && runTime(entry.name) !== undefined);
    return names.map(({ name }) => name).sort(compareText);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return [];
    throw error;
  }
}

function summaryOf(folder: RunFolder): RunSummary {
  const { run } = folder;
  const record = readRunRecord(folder);
  const none = { endedAt: null, mode: null, actions: 0, bytes: 0, diskBytes: 0, repositoriesRemoved: [] };
  if (record === undefined) {
    const startedAt = new Date(runTime(run) ?? NaN).toISOString();
    return { ...none, run, startedAt, state: isPurging(folder) ? 'purged' : 'partial' };
  }
  const state = isPurging(folder) || record.state === 'deleted' ? 'purged' : record.state;
  const { startedAt, endedAt, mode, actions, bytes, diskBytes, repositoriesRemoved } = record;
  return { run, startedAt, endedAt, mode, actions, bytes, diskBytes, state, repositoriesRemoved };
}
