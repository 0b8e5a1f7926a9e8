/** Which files are worth a stat before policies decide: beside those that any sweep could take, what their tags let go. */
import type { Candidates } from '../inventory/candidates.ts';
import { BLOB_STATED, BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import type { Retention } from '../policy/model.ts';
import { at, flagAt, rowsOf } from '../shared/columns.ts';
import { findCandidates } from './candidates.ts';
import { buildGraph } from './graph.ts';
import { mark, UNREFERENCED, type Marking } from './mark.ts';
import { entriesToGo } from './plan.ts';
import { graphWithFollowers, policyRoots } from './policy-roots.ts';
import { Governed, type RetentionOptions } from './retention.ts';

/**
 * As `findCandidates`, in its place: what any of the policies could take, marked with nothing held back, neither doubtful
 * nor young. Throws `usage` as `analyse` does: before anything is measured.
 */
export function findPolicyCandidates(
  inventory: Inventory,
  retentions: readonly Retention[],
  options: Omit<RetentionOptions, 'youngSince' | 'retention'>,
  everyFile: boolean,
): Candidates {
  const always = findCandidates(inventory, everyFile);
  const graph = buildGraph(inventory);
  const wanted: Wanted = {
    blobs: new Set(always.blobs),
    layerLinks: new Set(always.layerLinks),
    tagIndexEntries: new Set(always.tagIndexEntries),
  };
  for (const retention of retentions) {
    const governed = new Governed(inventory, graph, { ...options, retention, youngSince: Infinity });
    governed.refuseFlattenedTimes();
    const roots = policyRoots(governed);
    const marking = mark(inventory, graphWithFollowers(inventory, graph, roots), {
      roots,
      isIncluded: () => true,
      doubts: new Uint8Array(inventory.repositories.length),
      youngSince: Infinity,
    });
    addWhatGoes(inventory, marking, wanted);
  }
  const { blobs, layerLinks, tagIndexEntries } = wanted;
  return { blobs: sorted(blobs), layerLinks: sorted(layerLinks), tagIndexEntries: sorted(tagIndexEntries) };
}

/** Rows, and ids of digests. */
type Wanted = Readonly<Record<keyof Candidates, Set<number>>>;

function addWhatGoes(inventory: Inventory, marking: Marking, wanted: Wanted): void {
  const { blobs, layerLinks, tags, tagIndexEntries } = inventory;
  const take = (id: number): void => {
    if ((flagAt(blobs.flags, id) & (BLOB_STORED | BLOB_STATED)) === BLOB_STORED) wanted.blobs.add(id);
  };
  for (let row = 0; row < layerLinks.digest.length; row++) if (marking.layerLink[row] === 0) wanted.layerLinks.add(row);
  for (const row of wanted.layerLinks) take(at(layerLinks.digest, row));
  for (let id = 0; id < inventory.digests.size; id++) if (marking.level[id] === UNREFERENCED) take(id);
  for (const row of entriesToGo(inventory, marking, Infinity)) wanted.tagIndexEntries.add(row);
  for (let tag = 0; tag < tags.current.length; tag++) {
    if (marking.tag[tag] !== 0) continue;
    for (const row of rowsOf(tagIndexEntries.byTag, tag)) wanted.tagIndexEntries.add(row);
  }
}

function sorted(rows: ReadonlySet<number>): readonly number[] {
  return [...rows].sort((a, b) => a - b);
}
