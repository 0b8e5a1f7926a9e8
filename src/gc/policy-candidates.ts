/** Which files are worth a stat before policies decide: beside those that any sweep could take, what their tags let go. */
import type { Candidates } from '../inventory/candidates.ts';
import { BLOB_STATED, BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, rowsOf } from '../shared/columns.ts';
import { findCandidates } from './candidates.ts';
import { buildGraph } from './graph.ts';
import { mark, UNREFERENCED } from './mark.ts';
import { entriesToGo } from './plan.ts';
import { graphWithFollowers, policyRoots } from './policy-roots.ts';
import { Governed, type RetentionOptions } from './retention.ts';

/**
 * As `findCandidates`, in its place: marked with nothing held back, neither doubtful nor young. Throws `usage` as `analyse`
 * does: before anything is measured.
 */
export function findPolicyCandidates(
  inventory: Inventory,
  options: Omit<RetentionOptions, 'youngSince'>,
  everyBlob: boolean,
): Candidates {
  const always = findCandidates(inventory, everyBlob);
  const graph = buildGraph(inventory);
  const governed = new Governed(inventory, graph, { ...options, youngSince: Infinity });
  governed.refuseFlattenedTimes();
  const roots = policyRoots(governed);
  const marking = mark(inventory, graphWithFollowers(inventory, graph, roots), {
    roots,
    isIncluded: () => true,
    doubts: new Uint8Array(inventory.repositories.length),
    youngSince: Infinity,
  });
  const { blobs, layerLinks, tags, tagIndexEntries } = inventory;
  const links = new Set(always.layerLinks);
  for (let row = 0; row < layerLinks.digest.length; row++) if (marking.layerLink[row] === 0) links.add(row);
  const wanted = new Set(always.blobs);
  const take = (id: number): void => {
    if ((flagAt(blobs.flags, id) & (BLOB_STORED | BLOB_STATED)) === BLOB_STORED) wanted.add(id);
  };
  for (const row of links) take(at(layerLinks.digest, row));
  for (let id = 0; id < inventory.digests.size; id++) if (marking.level[id] === UNREFERENCED) take(id);
  const entries = new Set(always.tagIndexEntries);
  for (const row of entriesToGo(inventory, marking, Infinity)) entries.add(row);
  for (let tag = 0; tag < tags.current.length; tag++) {
    if (marking.tag[tag] === 0) for (const row of rowsOf(tagIndexEntries.byTag, tag)) entries.add(row);
  }
  const sorted = (rows: ReadonlySet<number>): readonly number[] => [...rows].sort((a, b) => a - b);
  return { blobs: sorted(wanted), layerLinks: sorted(links), tagIndexEntries: sorted(entries) };
}
