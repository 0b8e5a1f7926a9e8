import type { ScanSummary } from '../report/model.ts';
import { allProblems } from './problems.ts';
import { totalsOf } from './totals.ts';
import { registryOf, type MarkedIndex } from './view.ts';

/** What `scan` prints. */
export function scanSummary(
  index: MarkedIndex & { readonly database: string; readonly durationSeconds: number },
): ScanSummary {
  const { inventory } = index.analysis;
  return {
    schema: 'regsweep.scan/1',
    registry: registryOf(inventory),
    database: index.database,
    complete: inventory.complete,
    durationSeconds: index.durationSeconds,
    totals: totalsOf(inventory),
    problems: allProblems(index.analysis),
  };
}
