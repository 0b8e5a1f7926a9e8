/** What the analyses share: an inventory that is marked, and how it is to be looked at. */
import type { Analysis, ModeAnalysis } from '../gc/analysis.ts';
import { REFERENCED } from '../gc/mark.ts';
import type { TakenByRuns } from '../gc/refusals.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Report } from '../report/model.ts';
import { flagAt } from '../shared/columns.ts';
import type { StandardFigures } from './standard-figures.ts';

/** Totals of the scan before, for growth. */
export interface PreviousScan {
  readonly perRepository: readonly {
    readonly name: string;
    readonly referencedBytes: number;
    readonly taggedBytes: number;
  }[];
}

export interface MarkedIndex {
  readonly analysis: Analysis;
  readonly previous?: PreviousScan;
  /** Repositories that were gone in earlier scans already. */
  readonly lost?: readonly string[];
  /** Absent: no run of ours took anything. */
  readonly takenByRuns?: TakenByRuns;
  /** What a scan made of the same inventory in the standard modes, where that is at hand. */
  readonly figures?: StandardFigures;
}

/** Whether a revision (its row) is not referenced where tags alone are roots. */
export function untaggedIn({ analysis, figures }: MarkedIndex): (row: number) => boolean {
  if (figures !== undefined) return (row) => flagAt(figures.untaggedRevisions, row) === 1;
  const { revision } = analysis.untagged.marking;
  return (row) => flagAt(revision, row) !== REFERENCED;
}

export interface ViewOptions {
  readonly mode: ModeAnalysis['mode'];
  readonly minAgeSeconds: number;
  /** Uploads that began longer ago go; `undefined`: none does. */
  readonly uploadsOlderThanSeconds: number | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The registry that a result is about. */
export function registryOf({ root, scannedAt }: Inventory): Report['registry'] {
  return { root, scannedAt: new Date(scannedAt).toISOString(), layoutVersion: 'v2' };
}
