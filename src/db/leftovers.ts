/**
 * The file that an index is written to before its rename. A process that is killed leaves it behind, as large as the index;
 * the next one clears it away.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../shared/errors.ts';

/** With the journal that SQLite keeps beside it. */
const ENDING = /^\.\d+\.[0-9a-f]{8}\.tmp(-journal)?$/;
/** Writing touches the file again and again: after so long nobody does. Milliseconds. */
const LEFT_BEHIND_AFTER = 3_600_000;

/** A name beside `path` that says which process writes there; the random part is for a number that is given out again. */
export function temporaryNameOf(path: string, pid: number): string {
  return `${path}.${pid}.${randomBytes(4).toString('hex')}.tmp`;
}

/** Removes what others began to write beside `path` and left. What cannot be removed stays: it is in nobody's way. */
export function removeLeftovers(path: string, now: number): void {
  const folder = dirname(path);
  const name = basename(path);
  for (const entry of attempt(() => readdirSync(folder)) ?? []) {
    if (!entry.startsWith(name) || !ENDING.test(entry.slice(name.length))) continue;
    attempt(() => removeIfOld(join(folder, entry), now));
  }
}

function removeIfOld(file: string, now: number): void {
  if (statSync(file).mtimeMs < now - LEFT_BEHIND_AFTER) rmSync(file, { force: true });
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}
