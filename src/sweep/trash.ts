/** What earlier sweeps moved aside and nobody has purged yet. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Trash } from '../inventory/inventory.ts';
import { listFolder } from '../scan/volume.ts';
import { runFolder } from './run-folder.ts';
import { listReadableRuns } from './runs.ts';

/**
 * The runs of a state folder that hold anything, and what. A run that reached its end has written down what it moved. What
 * else lies in a trash is measured: of one that was cut off, what a restore left there, what a purge did not get to. Symbolic
 * links are not followed; what may not be looked at counts nothing, and of runs that may not `warn` is told.
 */
export function heldTrash(state: string, warn: (message: string) => void = () => undefined): Trash {
  const held = { runs: 0, bytes: 0, diskBytes: 0 };
  const runs = listReadableRuns(state);
  if (runs === undefined) warn(`${state} cannot be read: what earlier sweeps left in the trash is not counted`);
  for (const { run, state: is, bytes, diskBytes } of runs ?? []) {
    const amount = is === 'trash' ? { bytes, diskBytes } : measureFolder(runFolder(state, run).trash);
    if (amount.bytes === 0 && amount.diskBytes === 0) continue;
    held.runs++;
    held.bytes += amount.bytes;
    held.diskBytes += amount.diskBytes;
  }
  return held;
}

function measureFolder(path: string): { readonly bytes: number; readonly diskBytes: number } {
  const sum = { bytes: 0, diskBytes: 0 };
  const pending = [path];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const listed = listFolder(folder);
    if (!listed.ok) continue;
    for (const entry of listed.entries) {
      const place = join(folder, entry.name);
      if (entry.type === 'folder') pending.push(place);
      if (entry.type !== 'file') continue;
      const stats = lstatSync(place, { throwIfNoEntry: false });
      sum.bytes += stats?.size ?? 0;
      sum.diskBytes += (stats?.blocks ?? 0) * 512;
    }
  }
  return sum;
}
