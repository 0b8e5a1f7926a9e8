/** What is mounted inside a registry: a bind mount of the same file system has the same device, and only its table tells. */
import { readFileSync } from 'node:fs';
import { errnoOf } from '../shared/errors.ts';

/** Linux, `proc_pid_mountinfo(5)`: the fifth field is the mount point, with blanks and the like as `\ooo`. */
const MOUNT_TABLE = '/proc/self/mountinfo';
const MOUNT_POINT = 4;

/**
 * The absolute paths below `folder` at which something is mounted now. None where the system has no such table; then the
 * devices of the folders are all that can be compared.
 */
export function mountPointsBelow(folder: string): readonly string[] {
  return tableLines()
    .map((line) => unescaped(line.split(' ')[MOUNT_POINT] ?? ''))
    .filter((point) => point.startsWith(`${folder}/`));
}

function tableLines(): readonly string[] {
  try {
    return readFileSync(MOUNT_TABLE, 'utf8').split('\n');
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}

function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
