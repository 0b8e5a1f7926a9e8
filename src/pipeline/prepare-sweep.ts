/**
 * From a registry root to a sweep that is ready: a fresh scan, the plan that it means (or what of a plan file it still
 * asks for), and every reason not to carry it out. Nothing is changed here.
 */
import { buildPlan, type Plan } from '../gc/plan.ts';
import { planTotals, type PlanTotals } from '../gc/plan-totals.ts';
import type { ParsedAction, PlanHeader } from '../gc/plan-file.ts';
import { refusalsOf, type SweepLimits } from '../gc/refusals.ts';
import { buildRemoval, resolveRemoval } from '../gc/removal.ts';
import { parseReferences } from '../gc/references.ts';
import { selectFromFile, type SkippedLine } from '../gc/select.ts';
import { belongsTo } from '../inventory/witnesses.ts';
import { AppError } from '../shared/errors.ts';
import type { Proof, Refusal } from '../shared/refusal.ts';
import { openIndex, type IndexPorts, type IndexRequest, type OpenedIndex } from './open-index.ts';
import { takenByRuns } from './taken-by-runs.ts';

/** What is to go: what a mode means, or what the operator named. */
export type Wish =
  | { readonly mode: 'revisions' | 'untagged'; readonly uploadsOlderThanSeconds: number | undefined }
  | { readonly mode: 'rm'; readonly references: readonly string[] };

export interface SweepRequest {
  readonly index: Omit<IndexRequest, 'noScan' | 'full' | 'diskUsage' | 'minAgeYields'>;
  readonly wish: Wish;
  /** Only what this plan file names, as far as the volume still asks for it. */
  readonly planFile?: { readonly header: PlanHeader; readonly actions: Iterable<ParsedAction> };
  readonly limits: SweepLimits;
  /** `--max-bytes`: free no more than this. */
  readonly maxBytes: number | undefined;
  /** The folder of runs, where it is not the default. */
  readonly state: string | undefined;
  /** It is to be carried out: links that a report trusts are read, too. */
  readonly apply: boolean;
}
