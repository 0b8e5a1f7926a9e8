/** What each kind of task reads. */
import type { StatesTask, Task, TaskResult, WalkTask } from './tasks.ts';
import { readBlobs } from './blobs.ts';
import { readConfig } from './configs.ts';
import { unpackDigests } from './findings.ts';
import { readManifests } from './manifests.ts';
import type { Reading } from './reading.ts';
import { readPart, readRepository } from './repository.ts';
import { readStates } from './states.ts';
import type { Steps } from './steps.ts';

/** Does a task in as many steps as the disk wants. */
export function* performSteps(task: WalkTask, reading: Reading): Steps<TaskResult> {
  if (task.kind === 'states') return { packet: yield* readStates(task.files, reading.disk), more: [] };
  const more = yield* readTask(task, reading);
  return { packet: reading.findings.take(), more };
}

/** Returns the tasks that this one was too large for. */
function* readTask(task: Exclude<WalkTask, StatesTask>, reading: Reading): Steps<readonly Task[]> {
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
