import type { Retention } from '../../policy/model.ts';
import { comparisonOf, type ComparedNames } from '../../query/comparison.ts';
import { worstRows } from '../../query/rank.ts';
import { buildReport } from '../../query/report.ts';
import { retentionOf } from '../../query/retention.ts';
import type { ReportArguments } from '../commands/report.ts';
import { AppError } from '../../shared/errors.ts';
import type { RunningCommand } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { markingOrPolicy, shapingOptions, targetWords, type MarkingOptions } from './marking.ts';
import { retentionToCompare, retentionWords, withoutPolicy } from './retention.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

const REPOSITORIES_ON_A_SCREEN = 8;

/** `regsweep report`: done (0) with or without damage, which is only warned of; 5 where a target is not reached. */
export async function runReport(args: ReportArguments, context: RunningCommand): Promise<void> {
  const marking = await markingOrPolicy(args, context.now());
  if (args.explain && marking.retention === undefined) throw withoutPolicy('--explain says why a policy keeps tags');
  const compared = await policyToCompare(args, marking);
  const session = await startSession(args, context);
  const opened = await session.open({
    ...marking,
    ...(compared === undefined ? {} : { compared: compared.retention }),
  });
  const report = {
    ...buildReport(opened, marking, context.now()),
    ...(compared === undefined ? {} : { comparison: comparisonOf(opened, marking, compared.names) }),
    ...(args.explain ? { retention: retentionOf(opened.analysis) } : {}),
  };
  // Not needed for the scan, and loaded while the index is being written.
  const { renderReport } = await import('../../report/index.ts');
  const worst = worstRows(report.repositories, REPOSITORIES_ON_A_SCREEN);
  const shown = { worst, shapedBy: [...shapingOptions(args), ...targetWords(args), ...retentionWords(args)] };
  await session.deliver(renderReport(session.format, report, shown, session.appearance()));
  warnOfProblems(report.problems, report.complete, session.messages);
  if (report.target?.reached === false) context.endWith(EXIT.stopped);
}

interface PolicyToCompare {
  readonly retention: Retention;
  readonly names: ComparedNames;
}

/** What `--compare` names; throws `usage` where there is no policy to compare it with. */
async function policyToCompare(
  args: ReportArguments,
  { retention }: MarkingOptions,
): Promise<PolicyToCompare | undefined> {
  if (args.compare === undefined) return undefined;
  if (args.targetFree !== undefined) {
    throw new AppError('usage', '--compare shows all that each policy lets go, and --target-free takes less of one');
  }
  if (retention === undefined) throw withoutPolicy('--compare shows a policy beside another');
  const names = { a: args.policy ?? 'command line', b: args.compare };
  return { retention: await retentionToCompare(args.compare, retention), names };
}
