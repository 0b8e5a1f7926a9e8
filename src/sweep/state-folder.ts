/** Where runs are kept: on the registry's own file system unless told, so that a move to the trash is a rename. */
import { lstatSync, realpathSync, statfsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LAYOUT_FOLDER } from '../layout/paths.ts';
import { AppError, errnoOf } from '../shared/errors.ts';
import { noRoom } from '../shared/no-room.ts';
import { ensureFolder } from './durable.ts';
import { STATE_FOLDER } from './run-folder.ts';

const PRIVATE = 0o700;

/** The state folder of a registry root, or the one that `given` names. It need not be there. */
export function stateFolder(root: string, given: string | undefined): string {
  return given === undefined ? join(root, STATE_FOLDER) : resolve(given);
}

/** Whether anything stands where it would be. */
export function hasStateFolder(root: string, given: string | undefined): boolean {
  return lstatSync(stateFolder(root, given), { throwIfNoEntry: false }) !== undefined;
}

/** Whether both names lead to one folder. False where that cannot be seen. */
export function isSameFolder(one: string, other: string): boolean {
  const first = identityOf(one);
  return first !== undefined && first === identityOf(other);
}

function identityOf(path: string): string | undefined {
  try {
    const stats = statSync(path, { bigint: true });
    return `${stats.dev}:${stats.ino}`;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

/** It, made where it is not there, as a real path. Throws `no-room` where it cannot be made, `usage` inside the layout. */
export function openStateFolder(root: string, given: string | undefined): string {
  const path = stateFolder(root, given);
  refuseInLayout(root, path);
  const real = madeFolder(path);
  refuseInLayout(root, real);
  return real;
}

function madeFolder(path: string): string {
  try {
    ensureFolder(path, PRIVATE);
    return realpathSync.native(path);
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === undefined) throw cause;
    throw noRoom(`the state folder ${path} cannot be made`, errno, cause);
  }
}

/** Nothing of ours ever lies where the registry and its collector look. */
function refuseInLayout(root: string, path: string): void {
  if (!`${path}/`.startsWith(`${join(root, LAYOUT_FOLDER)}/`)) return;
  throw new AppError(
    'usage',
    `the state folder ${path} would lie among the registry's own files`,
    '--state names a folder outside of docker/registry/v2',
  );
}

/** Free bytes of the file system that `path` is on, as it says itself. */
export function freeBytes(path: string): number {
  const { bfree, bsize } = statfsSync(path);
  return bfree * bsize;
}
