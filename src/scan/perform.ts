/** Does one task: what every reading thread runs. */
import type { TaskResult, Task } from './tasks.ts';
import { readBlobs } from './blobs.ts';
import { FindingsWriter, unpackDigests } from './findings.ts';
import { readManifest } from './manifests.ts';
import { Reading } from './reading.ts';
import { readPart, readRepository } from './repository.ts';
import { readStates } from './states.ts';
import type { Volume } from './volume.ts';

export function perform(task: Task, volume: Volume): TaskResult {
  if (task.kind === 'states') return { packet: readStates(task.files, volume), more: [] };
  const findings = new FindingsWriter();
  const reading = new Reading(volume, findings);
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
      for (const digest of unpackDigests(task.digests)) readManifest(reading, digest, task.candidates);
      break;
  }
  return { packet: findings.take(), more };
}
