/** Does one task: what every reading thread runs. */
import type { TaskResult, Task } from './tasks.ts';
import { readBlobFolders } from './blob-folders.ts';
import { readBlobs } from './blobs.ts';
import { readConfig } from './configs.ts';
import { FindingsWriter, unpackDigests } from './findings.ts';
import { readManifests } from './manifests.ts';
import { Reading } from './reading.ts';
import { readPart, readRepository } from './repository.ts';
import { readStates } from './states.ts';
import { Volume } from './volume.ts';

export interface ReadingOptions {
  /** The absolute path of `docker/registry/v2`. */
  readonly base: string;
  /** Whether sha256 layer links are read, and not only listed. */
  readonly readsLayerLinks: boolean;
}

/** What one thread does all its tasks with, one after the other. */
export function openReading({ base, readsLayerLinks }: ReadingOptions): Reading {
  return new Reading(new Volume(base), new FindingsWriter(), readsLayerLinks);
}

export function perform(task: Task, reading: Reading): TaskResult {
  if (task.kind === 'states') return { packet: readStates(task.files, reading.volume), more: [] };
  if (task.kind === 'blob-folders') return { packet: readBlobFolders(task.digests, reading.volume), more: [] };
  const more: Task[] = [];
  switch (task.kind) {
    case 'repositories':
      for (const repository of task.repositories) more.push(...readRepository(reading, repository));
      break;
    case 'part':
      readPart(reading, task);
      break;
    case 'blobs':
      readBlobs(reading, task);
      break;
    case 'manifests':
      readManifests(reading, task);
      break;
    case 'configs':
      for (const digest of unpackDigests(task.digests)) readConfig(reading, digest);
      break;
  }
  return { packet: reading.findings.take(), more };
}
