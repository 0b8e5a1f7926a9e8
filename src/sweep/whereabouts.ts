/** Where a thing that is to be on the volume lies now: there, in the trash of a run, or in that of a later one. */
import { lstatSync } from 'node:fs';
import type { ActionKind } from '../gc/action.ts';
import type { Digest } from '../layout/digest.ts';
import { blobFolder, DATA } from '../layout/paths.ts';
import { errnoOf } from '../shared/errors.ts';
import { goesAsFile, isPurging, runFolder, runTime, trashPath, type RunFolder } from './run-folder.ts';
import { runNames } from './runs.ts';
import { SafePaths } from './safe-path.ts';

/** One trash, whose paths are proved as those of the volume are. */
export class Trash {
  private readonly paths: SafePaths;

  /** Throws the error of `lstat` where the run's folder cannot be looked at. */
  constructor(readonly folder: RunFolder) {
    this.paths = new SafePaths(folder.path, '');
  }

  /** The absolute path of what an action put here; `undefined` where it is not here, or something else is. */
  find(kind: ActionKind, path: string): string | undefined {
    const proved = this.paths.prove(trashPath(kind, path));
    if (!proved.ok) return undefined;
    const stats = lstatSync(proved.absolute, { throwIfNoEntry: false });
    const isIt = goesAsFile(kind) ? stats?.isFile() : stats?.isDirectory();
    return isIt === true ? proved.absolute : undefined;
  }
}

export type Whereabouts = 'volume' | 'trash' | 'later' | undefined;

export class Places {
  /** The trash of the run itself. */
  readonly trash: Trash;
  /** Those of the runs after it, the oldest first. */
  private readonly later: readonly Trash[];

  constructor(
    state: string,
    run: string,
    private readonly volume: SafePaths,
  ) {
    this.trash = new Trash(runFolder(state, run));
    // Names tell seconds: of two runs of one second either may have been the later.
    const since = runTime(run) ?? 0;
    const after = runNames(state).filter((name) => name !== run && (runTime(name) ?? 0) >= since);
    const folders = after.map((name) => runFolder(state, name)).filter((folder) => !isPurging(folder));
    this.later = folders.map((folder) => new Trash(folder));
  }

  get hasLater(): boolean {
    return this.later.length > 0;
  }

  /** Where the folder of a blob that has its data is. */
  ofBlob(digest: Digest): { readonly where: Whereabouts; readonly data: string | undefined } {
    const path = blobFolder(digest);
    const onVolume = this.volume.absolute(`${path}/${DATA}`);
    if (isReadable(onVolume)) return { where: 'volume', data: onVolume };
    const trash = dataIn(this.trash, path);
    if (trash !== undefined) return { where: 'trash', data: trash };
    for (const one of this.later) {
      const later = dataIn(one, path);
      if (later !== undefined) return { where: 'later', data: later };
    }
    return { where: undefined, data: undefined };
  }

  /** In the trash of which later run this is, absolute. */
  inLater(kind: ActionKind, path: string): string | undefined {
    for (const one of this.later) {
      const found = one.find(kind, path);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function dataIn(trash: Trash, path: string): string | undefined {
  const folder = trash.find('blob', path);
  const data = folder === undefined ? undefined : `${folder}/${DATA}`;
  return data !== undefined && isFile(data) ? data : undefined;
}

/** Whether a registry would serve it: for reading, symbolic links to its folders are followed. */
export function isReadable(path: string): boolean {
  try {
    return isFile(path);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
