/** Does one task: what every reading thread runs. */
import type { TaskResult, Task } from './tasks.ts';
import { readBlobs } from './blobs.ts';
import { FindingsWriter, unpackDigests } from './findings.ts';
import { readManifest } from './manifests.ts';
import { PacketWriter } from './packet.ts';
import { Reading } from './reading.ts';
import { readPart, readRepository } from './repository.ts';
import type { Stated, Volume } from './volume.ts';

/** The outcome of a stat in the packet of a `states` task. */
export const STATE_FOUND = 0;
export const STATE_MISSING = 1;
export const STATE_FAILED = 2;

export function perform(task: Task, volume: Volume): TaskResult {
  if (task.kind === 'states') return { packet: states(task.paths, volume), more: [] };
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

/** Of each path: outcome, bytes, allocated bytes, time. */
function states(paths: readonly string[], volume: Volume): Uint8Array<ArrayBuffer> {
  const packet = new PacketWriter();
  for (const path of paths) {
    const stated = volume.state(path);
    packet.u8(outcomeOf(stated));
    if (!stated.ok) continue;
    packet.f64(stated.state.bytes);
    packet.f64(stated.state.diskBytes);
    packet.f64(stated.state.time);
  }
  return packet.take();
}

/** Something else in a file's place is as good as nothing: the registry cannot read it either. */
function outcomeOf(stated: Stated): number {
  if (stated.ok) return STATE_FOUND;
  return stated.missing || stated.errno === 'not-a-file' ? STATE_MISSING : STATE_FAILED;
}
