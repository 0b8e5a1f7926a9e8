/** What `sweep` and `rm` answer, out of what was prepared and what was done. */
import type { PlanTotals } from '../gc/plan-totals.ts';
import type { CarriedOut } from '../pipeline/carry-out.ts';
import type { PreparedSweep } from '../pipeline/prepare-sweep.ts';
import type { SweepDone, SweepResult } from '../report/model-sweep.ts';
import { reclaimableOf } from './report.ts';
import { resultOf } from './target.ts';
import { registryOf } from './view.ts';

export interface SweepFacts {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly inTrash: boolean;
  /** What the trash holds now. */
  readonly trash: SweepResult['trash'];
  readonly carriedOut?: CarriedOut;
}

export function sweepResult(prepared: PreparedSweep, facts: SweepFacts): SweepResult {
  const { inventory } = prepared.opened;
  return {
    schema: 'regsweep.sweep/1',
    generatedAt: new Date(facts.now).toISOString(),
    registry: registryOf(inventory),
    mode: prepared.header.mode,
    minAgeSeconds: prepared.header.minAgeSeconds,
    plan: planned(prepared.totals),
    ...budgetOf(prepared),
    ...targetOf(prepared, facts.carriedOut),
    refusals: prepared.refusals,
    warnings: prepared.warnings,
    notes: prepared.notes,
    notInPlan: prepared.notInPlan,
    trash: facts.trash,
    done:
      facts.carriedOut === undefined
        ? null
        : doneOf(facts.carriedOut, { inTrash: facts.inTrash, leftOut: prepared.leftOut }),
  };
}

function budgetOf({ request, within, leftOut }: PreparedSweep): Pick<SweepResult, 'budget'> {
  const { maxBytes } = request;
  if (maxBytes === undefined) return {};
  const { count: actions, diskBytes: freedDiskBytes } = within;
  return { budget: { diskBytes: maxBytes, actions, freedDiskBytes, left: leftOut } };
}

/** A plan file is measured by what is taken of it: whether more would go without a target it does not ask. */
function targetOf(
  { request, opened, totals, within }: PreparedSweep,
  carriedOut: CarriedOut | undefined,
): Pick<SweepResult, 'target'> {
  const { targetDiskBytes: wanted } = request;
  if (wanted === undefined) return {};
  const freed = carriedOut?.outcome.diskBytes ?? within.diskBytes;
  // Images and garbage are counted of a plan that goes whole.
  const chosen = freed < totals.total.diskBytes ? undefined : opened.analysis.limited;
  return { target: resultOf(wanted, freed, chosen) };
}

function planned(totals: PlanTotals): SweepResult['plan'] {
  return { actions: totals.total.count, ...reclaimableOf(totals) };
}

/** `leftOut`: actions that a budget leaves for a later run. */
export function doneOf(
  carriedOut: CarriedOut,
  { inTrash, leftOut }: { readonly inTrash: boolean; readonly leftOut: number },
): SweepDone {
  const { outcome, putBack, startedAt, endedAt, freedOnFileSystem } = carriedOut;
  const { run, actionsDone, bytes, diskBytes, gone, dropped, left, stopped, skipped, failed } = outcome;
  return {
    run,
    inTrash,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    actions: actionsDone,
    bytes,
    diskBytes,
    gone,
    dropped,
    left: left + leftOut,
    // A budget of bytes is kept by what is planned, not by stopping.
    stopped: stopped ?? (leftOut > 0 ? 'max-bytes' : null),
    skipped,
    failed: [...failed, ...putBack.failed].map(({ kind, path, errno }) => ({ kind, path, errno })),
    putBack: putBack.paths,
    freedOnFileSystem,
  };
}
