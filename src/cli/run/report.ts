import { worstRows } from '../../query/rank.ts';
import { buildReport } from '../../query/report.ts';
import { retentionOf } from '../../query/retention.ts';
import { AppError } from '../../shared/errors.ts';
import type { ReportArguments } from '../commands/report.ts';
import type { RunningCommand } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { markingOrPolicy, shapingOptions, targetWords } from './marking.ts';
import { retentionWords } from './retention.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

const REPOSITORIES_ON_A_SCREEN = 8;

/** `regsweep report`: done (0) with or without damage, which is only warned of; 5 where a target is not reached. */
export async function runReport(args: ReportArguments, context: RunningCommand): Promise<void> {
  const marking = await markingOrPolicy(args, context.now());
  if (args.explain && marking.retention === undefined) {
    throw new AppError(
      'usage',
      '--explain says why a policy keeps tags, and there is none',
      'give a --policy, or a rule as --keep-last 2',
    );
  }
  const session = await startSession(args, context);
  const opened = await session.open(marking);
  const report = buildReport(opened, marking);
  const explained = args.explain ? { ...report, retention: retentionOf(opened.analysis) } : report;
  // Not needed for the scan, and loaded while the index is being written.
  const { renderReport } = await import('../../report/index.ts');
  const worst = worstRows(report.repositories, REPOSITORIES_ON_A_SCREEN);
  const shown = { worst, shapedBy: [...shapingOptions(args), ...targetWords(args), ...retentionWords(args)] };
  await session.deliver(renderReport(session.format, explained, shown, session.appearance()));
  warnOfProblems(report.problems, report.complete, session.messages);
  if (report.target?.reached === false) context.endWith(EXIT.stopped);
}
