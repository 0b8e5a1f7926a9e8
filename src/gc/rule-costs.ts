/**
 * What each rule of the policies costs: what would go besides if just that rule were not there. Marked once more for each
 * rule; what several rules keep is nobody's cost, so these do not add up to what the policy keeps.
 */
import { BLOB_STATED, BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { eachLeftOut, type KeepingRule } from '../policy/rules.ts';
import { flagAt, numberAt } from '../shared/columns.ts';
import type { PolicyAnalysis } from './analysis.ts';
import { CountedImages } from './counted-images.ts';
import { known } from './figures.ts';
import type { Graph } from './graph.ts';
import { markBlobs, UNREFERENCED, type MarkedBlobs } from './mark.ts';
import { graphWithFollowers, policyRoots } from './policy-roots.ts';
import type { Roots } from './roots.ts';

export interface RuleCost {
  readonly rule: KeepingRule;
  readonly tags: number;
  readonly images: number;
  readonly blobs: number;
  /** Apparent. */
  readonly bytes: number;
  /** Allocated; NaN where one of the blobs was not stat-ed. */
  readonly diskBytes: number;
}

/**
 * The cost of every rule, in the order of the file. `plain`: without what the policies add to it. What was never stat-ed
 * because the policies keep it is as young as the links and manifests that tell its time.
 */
export function ruleCosts(inventory: Inventory, plain: Graph, analysis: PolicyAnalysis): readonly RuleCost[] {
  const images = new CountedImages(inventory);
  const { governed, marking, roots, doubts } = analysis;
  return Array.from(eachLeftOut(governed.options.retention), ({ rule, without }) => {
    const under = governed.under(without);
    const rootsUnder = policyRoots(under, analysis);
    if (isSame(roots, rootsUnder)) return { rule, tags: 0, images: 0, blobs: 0, bytes: 0, diskBytes: 0 };
    const { isIncluded, youngSince } = under.options;
    const graph = graphWithFollowers(inventory, plain, rootsUnder);
    const options = { roots: rootsUnder, isIncluded, youngSince, doubts, newest: under.newest };
    return { rule, ...costOf(inventory, images, marking, markBlobs(inventory, graph, options)) };
  });
}

/** Whether what is kept is the same: another rule keeps all that this one does, or it keeps nothing. */
function isSame(a: Roots, b: Roots): boolean {
  const areEqual = (left: ArrayLike<number>, right: ArrayLike<number>): boolean => {
    for (let row = 0; row < left.length; row++) if (left[row] !== right[row]) return false;
    return true;
  };
  return areEqual(a.tags, b.tags) && areEqual(a.revisions, b.revisions) && areEqual(a.subjects, b.subjects);
}

function costOf(
  inventory: Inventory,
  images: CountedImages,
  { level, tag }: MarkedBlobs,
  without: MarkedBlobs,
): Omit<RuleCost, 'rule'> {
  const { flags, bytes, diskBytes } = inventory.blobs;
  const goesBesides = (id: number): boolean =>
    without.level[id] === UNREFERENCED && level[id] !== UNREFERENCED && (flagAt(flags, id) & BLOB_STORED) !== 0;
  const cost = { tags: 0, images: images.count(goesBesides), blobs: 0, bytes: 0, diskBytes: 0 };
  for (let row = 0; row < tag.length; row++) if (tag[row] !== 0 && without.tag[row] === 0) cost.tags++;
  for (let id = 0; id < level.length; id++) {
    if (!goesBesides(id)) continue;
    cost.blobs++;
    cost.bytes += known(numberAt(bytes, id));
    cost.diskBytes += (flagAt(flags, id) & BLOB_STATED) === 0 ? NaN : numberAt(diskBytes, id);
  }
  return cost;
}
