/** What `repair` answers, out of what was prepared and what was done. */
import type { Action } from '../gc/action.ts';
import { ADVICE } from '../gc/repair-left.ts';
import type { CarriedOut } from '../pipeline/carry-out.ts';
import type { PreparedRepair } from '../pipeline/prepare-repair.ts';
import type { RepairAction, RepairResult } from '../report/model-repair.ts';
import { doneOf } from './sweep-result.ts';
import { registryOf } from './view.ts';

/** `now`: epoch milliseconds. */
export function repairResult(prepared: PreparedRepair, now: number, carriedOut?: CarriedOut): RepairResult {
  const { opened, plan, request } = prepared;
  const { dropDangling, relinkChildren } = request.wishes;
  return {
    schema: 'regsweep.repair/1',
    generatedAt: new Date(now).toISOString(),
    registry: registryOf(opened.inventory),
    dropDangling,
    relinkChildren,
    plan: planned(plan.batches.flat()),
    left: plan.left.map((one) => ({ ...one, advice: ADVICE[one.code] })),
    refusals: prepared.refusals,
    warnings: prepared.warnings,
    notes: prepared.notes,
    done: carriedOut === undefined ? null : doneOf(carriedOut, { inTrash: true, leftOut: 0 }),
  };
}

function planned(actions: readonly Action[]): RepairResult['plan'] {
  const count = (kind: Action['kind']): number => actions.filter((action) => action.kind === kind).length;
  return {
    actions: actions.length,
    folders: count('make-folder'),
    links: count('write-link'),
    tags: count('tag'),
    tagIndexEntries: count('tag-index-entry'),
    revisions: count('revision'),
    layerLinks: count('layer-link'),
    list: actions.map(listed),
  };
}

function listed({ kind, path, repository, tag, digest, expect, reason }: Action): RepairAction {
  return {
    kind,
    path,
    ...(repository === undefined ? {} : { repository }),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
    expect,
    reason,
  };
}
