/** Frees what runs have put aside. From its first moment on such a run cannot be restored, whatever happens next. */
import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Progress } from '../shared/progress.ts';
import { AppError, errnoOf } from '../shared/errors.ts';
import type { Locked } from './arm.ts';
import { replaceFile, syncFolder } from './durable.ts';
import { mountPointsBelow } from './mounts.ts';
import { Pace } from './pace.ts';
import { isPurging, readRunRecord, runFolder, writeRunRecord, type RunFolder } from './run-folder.ts';
import { listRuns, type RunSummary } from './runs.ts';

export interface PurgeWork {
  readonly state: string;
  readonly runs: readonly string[];
}

export interface PurgePorts {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

interface PurgedRun {
  readonly run: string;
  /** It had been purged before. */
  readonly already: boolean;
  /** Freed now: files, folders left out. */
  readonly bytes: number;
  readonly diskBytes: number;
  /** What could not be removed, absolute. The run counts as purged, and purging it again goes on. */
  readonly failed: readonly { readonly path: string; readonly errno: string; readonly message: string }[];
}

export interface PurgeOutcome {
  readonly runs: readonly PurgedRun[];
  /** Ended by the signal: what is left is freed by purging again. */
  readonly stopped: boolean;
}

/** Runs that ended (or, of those that died, began) before this time, epoch milliseconds, and that hold anything still. */
export function runsOlderThan(state: string, before: number): readonly string[] {
  return listRuns(state)
    .filter(({ run, endedAt, startedAt, state: is }) => {
      const folder = runFolder(state, run);
      const left = isPurging(folder) || (is !== 'purged' && !isFreed(folder, is));
      return left && Date.parse(endedAt ?? startedAt) < before;
    })
    .map(({ run }) => run);
}

/** A run that was restored stays one, and its trash may be gone all the same. */
function isFreed({ trash, journal }: RunFolder, state: string): boolean {
  const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  return state === 'restored' && !isThere(trash) && !isThere(journal);
}

/** What is known of these runs, oldest first. Throws `run-missing` where one of them is none. */
export function summariesOf(state: string, runs: readonly string[]): readonly RunSummary[] {
  const known = listRuns(state);
  for (const run of runs) {
    if (known.every((one) => one.run !== run))
      throw new AppError('run-missing', `${run} is no run of ${state}`, 'see regsweep runs');
  }
  return known.filter(({ run }) => runs.includes(run));
}

/** Throws `run-missing` before anything is touched, where one of the runs is none. */
export async function purgeRuns(work: Locked<PurgeWork>, ports: PurgePorts): Promise<PurgeOutcome> {
  summariesOf(work.state, work.runs);
  const runs: PurgedRun[] = [];
  ports.progress.start('Freeing the trash', 'files');
  try {
    for (const run of work.runs) {
      if (ports.signal.aborted) break;
      runs.push(await new Purge(runFolder(work.state, run), ports).run());
    }
  } finally {
    ports.progress.stop();
  }
  return { runs, stopped: ports.signal.aborted };
}

class Purge {
  private readonly pace = new Pace();
  private readonly failed: { path: string; errno: string; message: string }[] = [];
  private files = 0;
  private bytes = 0;
  private diskBytes = 0;
  private mounts: ReadonlySet<string> = new Set();

  constructor(
    private readonly folder: RunFolder,
    private readonly ports: PurgePorts,
  ) {}

  async run(): Promise<PurgedRun> {
    const record = readRunRecord(this.folder);
    const isOver = record !== undefined && (record.state === 'purged' || isFreed(this.folder, record.state));
    const already = isOver && !isPurging(this.folder);
    if (!already) {
      // Durable before the first file goes: half a trash must never be restored.
      if (!isPurging(this.folder)) replaceFile(this.folder.purging, '');
      const emptied = await this.removeTrash();
      if (emptied) {
        // What was put back is not gone for good.
        if (record !== undefined && record.state !== 'restored')
          writeRunRecord(this.folder, { ...record, state: 'purged' });
        for (const path of [this.folder.journal, this.folder.absent]) this.attempt(path, unlinkSync);
        // Without a record the marker is all that says so.
        if (record !== undefined) this.attempt(this.folder.purging, unlinkSync);
      }
      syncFolder(this.folder.path);
    }
    const { bytes, diskBytes, failed } = this;
    return { run: this.folder.run, already, bytes, diskBytes, failed };
  }

  /** True once nothing is left of it. */
  private async removeTrash(): Promise<boolean> {
    const { trash } = this.folder;
    const stats = lstatSync(trash, { throwIfNoEntry: false });
    if (stats === undefined) return true;
    if (!stats.isDirectory()) return this.attempt(trash, unlinkSync);
    // A volume of its own inside the trash is not ours to empty.
    this.mounts = new Set(mountPointsBelow(dirname(trash)));
    if (stats.dev !== lstatSync(dirname(trash)).dev || this.mounts.has(trash)) return this.refuse(trash);
    return await this.removeFolder(trash, stats.dev);
  }

  private async removeFolder(top: string, device: number): Promise<boolean> {
    const open: { readonly path: string; entered: boolean }[] = [{ path: top, entered: false }];
    for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
      if (this.pace.isDue()) await this.pace.rest();
      if (this.ports.signal.aborted) return false;
      if (folder.entered) {
        this.attempt(folder.path, rmdirSync);
        open.pop();
        continue;
      }
      folder.entered = true;
      for (const below of this.emptyOfFiles(folder.path, device)) open.push({ path: below, entered: false });
    }
    return this.failed.length === 0;
  }

  /** Removes the files of a folder, links as what they are, and gives back the folders on the same device. */
  private emptyOfFiles(folder: string, device: number): readonly string[] {
    const below: string[] = [];
    try {
      for (const name of readdirSync(folder)) {
        const path = `${folder}/${name}`;
        const stats = lstatSync(path, { throwIfNoEntry: false });
        if (stats === undefined) continue;
        if (!stats.isDirectory()) {
          if (!this.attempt(path, unlinkSync)) continue;
          this.files++;
          this.bytes += stats.size;
          this.diskBytes += stats.nlink > 1 ? 0 : stats.blocks * 512;
        } else if (stats.dev === device && !this.mounts.has(path)) below.push(path);
        else this.refuse(path);
      }
    } catch (error) {
      this.failedAt(folder, error);
    }
    this.ports.progress.update(this.files);
    return below;
  }

  private attempt(path: string, remove: (path: string) => void): boolean {
    try {
      remove(path);
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return true;
      this.failedAt(path, error);
      return false;
    }
  }

  private refuse(path: string): false {
    this.failed.push({ path, errno: 'EXDEV', message: 'is on another file system: it is not entered' });
    return false;
  }

  private failedAt(path: string, error: unknown): void {
    const errno = errnoOf(error);
    if (errno === undefined || !(error instanceof Error)) throw error;
    this.failed.push({ path, errno, message: error.message });
  }
}
