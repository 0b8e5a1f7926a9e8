/** Does one task: what every reading thread runs, and what is done beside them. */
import type { BlobFoldersTask, StatesTask, Task, TaskResult } from './tasks.ts';
import { readBlobFolders } from './blob-folders.ts';
import { readBlobs } from './blobs.ts';
import { readConfig } from './configs.ts';
import { FindingsWriter, unpackDigests } from './findings.ts';
import { readManifests } from './manifests.ts';
import { Reading } from './reading.ts';
import { readPart, readRepository } from './repository.ts';
import { readStates } from './states.ts';
import { runNow, type Steps } from './steps.ts';
import { SyncDisk } from './sync-disk.ts';
import { Volume } from './volume.ts';

export interface ReadingOptions {
  /** The absolute path of `docker/registry/v2`. */
  readonly base: string;
  /** Whether sha256 layer links are read, and not only listed. */
  readonly readsLayerLinks: boolean;
}

/** What one thread does all its tasks with, one after the other. */
export interface Hands {
  readonly volume: Volume;
  readonly disk: SyncDisk;
  readonly reading: Reading;
}

export function openHands({ base, readsLayerLinks }: ReadingOptions): Hands {
  const volume = new Volume(base);
  const disk = new SyncDisk(volume);
  return { volume, disk, reading: new Reading(disk, new FindingsWriter(), readsLayerLinks) };
}

/** Does a task now. */
export function perform(task: Task, { volume, disk, reading }: Hands): TaskResult {
  if (task.kind === 'blob-folders') return { packet: readBlobFolders(task.digests, volume), more: [] };
  return { ...runNow(performSteps(task, reading)), latency: disk.takeLatency() };
}

/** Does a task in as many steps as the disk wants. */
export function* performSteps(task: Exclude<Task, BlobFoldersTask>, reading: Reading): Steps<TaskResult> {
  if (task.kind === 'states') return { packet: yield* readStates(task.files, reading.disk), more: [] };
  const more = yield* readTask(task, reading);
  return { packet: reading.findings.take(), more };
}

/** Returns the tasks that this one was too large for. */
function* readTask(task: Exclude<Task, BlobFoldersTask | StatesTask>, reading: Reading): Steps<readonly Task[]> {
  switch (task.kind) {
    case 'repositories':
      return (yield* reading.each(task.repositories, readRepository)).flat();
    case 'part':
      yield* readPart(reading, task);
      return [];
    case 'blobs':
      yield* readBlobs(reading, task);
      return [];
    case 'manifests':
      yield* readManifests(reading, task);
      return [];
    case 'configs':
      yield* reading.each(unpackDigests(task.digests), readConfig);
      return [];
  }
}
