/** What the locks of a registry say of others of ours: of the root's own state folder, and of that which `--state` names. */
import { lookAtLock, type LockedError } from '../db/lock.ts';
import { AppError, errnoOf } from '../shared/errors.ts';
import type { Refusal } from '../shared/refusal.ts';
import { stateFolder } from '../sweep/state-folder.ts';

/** Who else changes this volume, as far as it can be seen. */
export interface Others {
  readonly refusals: readonly Refusal[];
  /** What could not be looked at. */
  readonly warnings: readonly string[];
  /** Processes of this machine that hold a lock: whatever else speaks of them says nothing new. */
  readonly pids: readonly number[];
}

/** What of one lock is known: who else holds it, or why that cannot be seen. */
export type Look = LockedError | string | undefined;

/**
 * Whether a sweep that began now would be refused for another's lock. Only looks: nothing is made or written, and no lock is
 * taken. `host`: the name of this machine.
 */
export function lookForOthers(root: string, given: string | undefined, host: string): Others {
  const folders = given === undefined ? [undefined] : [undefined, given];
  return othersOf(
    folders.map((folder) => lookAt(stateFolder(root, folder), host)),
    host,
  );
}

/** Never throws for what cannot be seen. */
export function lookAt(folder: string, host: string): Look {
  try {
    return lookAtLock(folder, host);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    const why = error instanceof AppError ? error.message : errno;
    return `whether another sweep is under way cannot be seen in ${folder}: ${why}`;
  }
}

/** One that holds both locks is told once. */
export function othersOf(looks: readonly Look[], host: string): Others {
  const found = new Map<string, LockedError>();
  const warnings = new Set<string>();
  for (const look of looks) {
    if (typeof look === 'string') warnings.add(look);
    else if (look !== undefined) {
      const key = look.holder === undefined ? look.message : `${look.holder.pid} ${look.holder.host}`;
      if (!found.has(key)) found.set(key, look);
    }
  }
  return {
    refusals: [...found.values()].map(({ message, hint }) => ({
      code: 'locked',
      message,
      ...(hint === undefined ? {} : { hint }),
    })),
    warnings: [...warnings],
    pids: [...found.values()].flatMap(({ holder }) => (holder?.host === host ? [holder.pid] : [])),
  };
}
