/** What policies keep, and what each of their rules costs. */
import type { Analysis, PolicyAnalysis } from '../gc/analysis.ts';
import { CountedImages } from '../gc/counted-images.ts';
import { UNREFERENCED } from '../gc/mark.ts';
import { ruleCosts } from '../gc/rule-costs.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { PolicyFigures } from '../report/model-retention.ts';
import { flagAt } from '../shared/columns.ts';

/** The figures of a registry that was marked by policies. */
export function policyFigures({ inventory, graph, limited }: Analysis, policy: PolicyAnalysis): PolicyFigures {
  const fates = fatesUnder(inventory, policy);
  // Beside a target there is no telling what a rule keeps from what is not needed.
  if (limited !== undefined) return { ...fates, rules: [] };
  return {
    ...fates,
    rules: ruleCosts(inventory, graph, policy).map(({ rule, diskBytes, ...cost }) => ({
      ...rule,
      ...cost,
      diskBytes: Number.isNaN(diskBytes) ? null : diskBytes,
    })),
  };
}

/** How many tags and images stay, and how many go. */
export function fatesUnder(inventory: Inventory, { marking }: PolicyAnalysis): Pick<PolicyFigures, 'tags' | 'images'> {
  const images = new CountedImages(inventory);
  const going = marking.tag.reduce((count, level) => (level === 0 ? count + 1 : count), 0);
  return {
    tags: { kept: marking.tag.length - going, going },
    images: {
      kept: images.count((id) => flagAt(marking.level, id) !== UNREFERENCED),
      going: images.count((id) => flagAt(marking.level, id) === UNREFERENCED),
    },
  };
}
