/** What earlier sweeps moved aside and nobody has purged yet. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Trash } from '../inventory/inventory.ts';
import { listFolder } from './volume.ts';

/** Below the registry root; each folder in it is a run. */
const RUNS_FOLDER = '.regsweep/runs';

/** Counts the runs in the trash and the bytes of their files. Symbolic links are not followed; what may not be looked at counts nothing. */
export function measureTrash(root: string): Trash {
  const folder = join(root, RUNS_FOLDER);
  const listed = listFolder(folder);
  const runs = listed.ok ? listed.entries.filter((entry) => entry.type === 'folder') : [];
  const sum = { bytes: 0, diskBytes: 0 };
  for (const run of runs) addFolder(join(folder, run.name), sum);
  return { runs: runs.length, ...sum };
}

function addFolder(path: string, sum: { bytes: number; diskBytes: number }): void {
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
}
