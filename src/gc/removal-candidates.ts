/** Which files are worth a stat before `rm`: beside those that any sweep could take, what is named takes what is kept. */
import type { Candidates } from '../inventory/candidates.ts';
import { BLOB_STATED, type Inventory } from '../inventory/inventory.ts';
import { flagAt, rowsOf } from '../shared/columns.ts';
import { findCandidates } from './candidates.ts';
import { buildGraph } from './graph.ts';
import { buildRemoval } from './removal.ts';
import { resolveRemoval, type Reference } from './removal-names.ts';

/** As `findCandidates`, in its place. Throws `no-such-name`, `ambiguous-name`: before anything is measured. */
export function findRemovalCandidates(
  inventory: Inventory,
  references: readonly Reference[],
  everyFile: boolean,
): Candidates {
  const always = findCandidates(inventory, everyFile);
  const { plan } = buildRemoval(inventory, buildGraph(inventory), resolveRemoval(inventory, references));
  const unknown = plan.blobs.filter((id) => (flagAt(inventory.blobs.flags, id) & BLOB_STATED) === 0);
  const { byTag } = inventory.tagIndexEntries;
  // A tag goes with all its history.
  const history = [...plan.tags].flatMap((tag) => [...rowsOf(byTag, tag)]);
  return {
    blobs: [...new Set([...always.blobs, ...unknown])],
    layerLinks: [...new Set([...always.layerLinks, ...plan.layerLinks])],
    tagIndexEntries: [...new Set([...always.tagIndexEntries, ...plan.tagIndexEntries, ...history])],
  };
}
