/** What earlier sweeps moved aside and nobody has purged yet. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Trash } from '../inventory/inventory.ts';
import { listFolder } from './volume.ts';

/** Below the registry root; each folder in it is a run, and what that one moved aside lies in its own folder there. */
const RUNS_FOLDER = '.regsweep/runs';
const TRASH = 'trash';

interface Sum {
  files: number;
  bytes: number;
  diskBytes: number;
}

/** Counts the runs whose trash holds a file, and the bytes of those files. Symbolic links are not followed. */
export function measureTrash(root: string): Trash {
  const folder = join(root, RUNS_FOLDER);
  const total = { runs: 0, bytes: 0, diskBytes: 0 };
  for (const run of foldersIn(folder)) {
    const sum: Sum = { files: 0, bytes: 0, diskBytes: 0 };
    // A run that was purged or restored is remembered, and has nothing in it.
    if (foldersIn(join(folder, run)).includes(TRASH)) addFolder(join(folder, run, TRASH), sum);
    if (sum.files > 0) total.runs++;
    total.bytes += sum.bytes;
    total.diskBytes += sum.diskBytes;
  }
  return total;
}

/** None where it is not there, or cannot be read. */
function foldersIn(folder: string): readonly string[] {
  const listed = listFolder(folder);
  return listed.ok ? listed.entries.filter(({ type }) => type === 'folder').map(({ name }) => name) : [];
}

function addFolder(path: string, sum: Sum): void {
  const pending = [path];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const listed = listFolder(folder);
    if (!listed.ok) continue;
    for (const entry of listed.entries) {
      const place = join(folder, entry.name);
      if (entry.type === 'folder') pending.push(place);
      if (entry.type !== 'file') continue;
      const stats = lstatSync(place, { throwIfNoEntry: false });
      sum.files++;
      sum.bytes += stats?.size ?? 0;
      sum.diskBytes += (stats?.blocks ?? 0) * 512;
    }
  }
}
