import type { ScanSummary } from '../report/model.ts';
import { allProblems } from './problems.ts';
import { totalsOf } from './totals.ts';
import type { MarkedIndex } from './view.ts';

/** What `scan` prints. */
export function scanSummary(
  index: MarkedIndex & { readonly database: string; readonly durationSeconds: number },
): ScanSummary {
  const { inventory } = index.analysis;
  return {
    schema: 'regsweep.scan/1',
    registry: { root: inventory.root, scannedAt: new Date(inventory.scannedAt).toISOString(), layoutVersion: 'v2' },
    database: index.database,
    complete: inventory.complete,
    durationSeconds: index.durationSeconds,
    totals: totalsOf(inventory),
    problems: allProblems(index.analysis),
  };
}
