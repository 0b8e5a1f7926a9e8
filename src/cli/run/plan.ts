import { planMarked } from '../../pipeline/plan-marked.ts';
import { allProblems } from '../../query/problems.ts';
import { explanationOf } from '../../query/retention.ts';
import { targetResult } from '../../query/target.ts';
import { formatBytes, formatQuantity } from '../../report/format.ts';
import { AppError } from '../../shared/errors.ts';
import { severitiesOf } from '../../shared/problem.ts';
import type { PlanArguments } from '../commands/plan.ts';
import type { RunningCommand } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { markingOrPolicy, type MarkingOptions } from './marking.ts';
import { withoutPolicy } from './retention-words.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

/**
 * `regsweep plan`: the plan that `report` counts, as a file. Nothing is deleted, and nothing refuses to write a plan. Ends with
 * 5 where a target is not reached.
 */
export async function runPlan(args: PlanArguments, context: RunningCommand): Promise<void> {
  const marking = await markingOrPolicy(args, context.now());
  refuseUnclear(args, marking);
  const session = await startSession(args, context);
  const opened = await session.open(marking);
  const { analysis, inventory } = opened;
  const planned = planMarked(opened, marking);
  const { total } = planned.totals;
  await session.deliverLines(planned.lines());
  if (args.explain) {
    const { renderExplanation } = await import('../../report/index.ts');
    const explained = renderExplanation(session.format, explanationOf(analysis), session.appearanceBeside());
    await session.deliverBeside(explained);
  }
  const count = formatQuantity(total.count, 'deletion', 'deletions');
  session.messages.note(`${count}: ${formatBytes(total.bytes)}, ${formatBytes(total.diskBytes)} on disk`);
  const { target } = targetResult(analysis, total.diskBytes);
  if (target?.reached === false) {
    session.messages.warn(`--target-free is not reached: ${formatBytes(target.diskBytes)} are wanted`);
    context.endWith(EXIT.stopped);
  }
  warnOfProblems(severitiesOf(allProblems(analysis)), inventory.complete, session.messages);
}

/** The plan is NDJSON; what `--explain` prints beside it has formats, and needs a stdout of its own. */
function refuseUnclear(args: PlanArguments, { retention }: MarkingOptions): void {
  if (!args.explain) {
    if (!args.json && (args.format === undefined || args.format === 'ndjson')) return;
    throw new AppError('usage', 'a plan is NDJSON: --format and --json are for what --explain prints beside it');
  }
  if (retention === undefined) throw withoutPolicy('--explain says why a policy keeps tags');
  if (args.output !== undefined && args.output !== '-') return;
  throw new AppError('usage', '--explain prints on stdout, and so does the plan', 'give the plan a file: -o FILE');
}
