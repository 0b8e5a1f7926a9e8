import { actionsOf } from '../../gc/actions.ts';
import { tagReasons } from '../../gc/explain.ts';
import { planHeader } from '../../gc/plan-header.ts';
import { planLines } from '../../gc/plan-file.ts';
import { planTotals } from '../../gc/plan-totals.ts';
import { allProblems } from '../../query/problems.ts';
import { planIn } from '../../query/view.ts';
import { formatBytes, formatQuantity } from '../../report/format.ts';
import type { PlanArguments } from '../commands/plan.ts';
import type { CommandContext } from '../context.ts';
import { markingOrPolicy, type MarkingOptions } from './marking.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

/** `regsweep plan`: the plan that `report` counts, as a file. Nothing is deleted, and nothing refuses to write a plan. */
export async function runPlan(args: PlanArguments, context: CommandContext): Promise<void> {
  const marking = await markingOrPolicy(args, context.now());
  const session = await startSession(args, context);
  const { analysis } = await session.open(marking);
  const { inventory } = analysis;
  const plan = planIn(analysis, marking.mode, marking);
  const { mode, minAgeSeconds, now, policy } = marking;
  const facts = { mode, minAgeSeconds, createdAt: now, options: shapedBy(marking) };
  const header = planHeader(inventory, plan, policy === undefined ? facts : { ...facts, policy });
  await session.deliverLines(
    planLines(header, actionsOf(inventory, plan, { mode, batch: 1, ...tagReasons(analysis) })),
  );
  const { total } = planTotals(inventory, plan);
  const count = formatQuantity(total.count, 'deletion', 'deletions');
  session.messages.note(`${count}: ${formatBytes(total.bytes)}, ${formatBytes(total.diskBytes)} on disk`);
  warnOfProblems(allProblems(analysis), inventory.complete, session.messages);
}

/** What another plan must be made with to be comparable. */
export function shapedBy({ mode, repositories, minAgeSeconds, uploadsOlderThanSeconds }: MarkingOptions) {
  return {
    untagged: mode === 'untagged',
    repo: repositories,
    minAgeSeconds,
    uploadsOlderThanSeconds: uploadsOlderThanSeconds ?? null,
  };
}
