/**
 * Which files are worth a stat: what could go in any mode, and blobs whose size no reference tells. The rest of a
 * registry is never touched, which is most of it.
 */
import type { Candidates } from '../inventory/candidates.ts';
import { BLOB_STATED, BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import { buildGraph } from './graph.ts';
import { mark, UNREFERENCED } from './mark.ts';
import { entriesToGo } from './plan.ts';
import { standardRoots } from './roots.ts';

/**
 * Marks from tags alone, with nothing held back: what is needed even then cannot go in any mode. `everyFile` (for
 * `--disk-usage`) asks for all: then the index knows what any policy would free on disk.
 */
export function findCandidates(inventory: Inventory, everyFile: boolean): Candidates {
  const marking = mark(inventory, buildGraph(inventory), {
    roots: standardRoots(inventory, 'untagged'),
    isIncluded: () => true,
    doubts: new Uint8Array(inventory.repositories.length),
    youngSince: Infinity,
  });
  const { blobs, layerLinks } = inventory;
  const wanted = new Uint8Array(inventory.digests.size);
  const links: number[] = [];
  for (let row = 0; row < layerLinks.digest.length; row++) {
    const id = at(layerLinks.digest, row);
    const stored = (flagAt(blobs.flags, id) & BLOB_STORED) !== 0;
    const isNeeded = marking.layerLink[row] !== 0 && stored;
    if (!isNeeded || everyFile) links.push(row);
    if (isNeeded) continue;
    wanted[id] = 1;
  }
  const stat: number[] = [];
  for (let id = 0; id < inventory.digests.size; id++) {
    const flags = flagAt(blobs.flags, id);
    if ((flags & BLOB_STORED) === 0 || (flags & BLOB_STATED) !== 0) continue;
    const couldGo = marking.level[id] === UNREFERENCED || wanted[id] === 1;
    if (couldGo || everyFile || Number.isNaN(numberAt(blobs.bytes, id))) stat.push(id);
  }
  const entries = everyFile ? inventory.tagIndexEntries.digest.keys() : entriesToGo(inventory, marking, Infinity);
  return { blobs: stat, layerLinks: links, tagIndexEntries: [...entries] };
}
