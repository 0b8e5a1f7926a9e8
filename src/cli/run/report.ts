import { momentOf } from '../../gc/thresholds.ts';
import { worstRows } from '../../query/rank.ts';
import { standardReport } from '../../query/standard-figures.ts';
import type { Report } from '../../report/model.ts';
import { AppError } from '../../shared/errors.ts';
import { stateFolder } from '../../sweep/state-folder.ts';
import { parseCondition } from '../../gate/parse.ts';
import { severitiesOf } from '../../shared/problem.ts';
import type { ReportArguments } from '../commands/report.ts';
import type { RunningCommand } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { parseCount } from '../numbers.ts';
import { isStandard, markingOrPolicy, shapingOptions, targetWords, type MarkingOptions } from './marking.ts';
import { retentionWords, withoutPolicy } from './retention-words.ts';
import { startSession, type Session } from './session.ts';
import type { ComputedReport } from './computed-report.ts';
import { warnOfProblems } from './warnings.ts';

const REPOSITORIES_ON_A_SCREEN = 8;

/**
 * `regsweep report`: done (0) with or without damage, which is only warned of; 5 where a target is not reached; 3 where
 * `--fail-if` holds.
 */
export async function runReport(args: ReportArguments, context: RunningCommand): Promise<void> {
  const marking = await markingOrPolicy(args, context.now());
  if (args.explain && marking.retention === undefined) throw withoutPolicy('--explain says why a policy keeps tags');
  refuseInFigures(args);
  const condition = args.failIf === undefined ? undefined : parseCondition(args.failIf);
  const metricRepositories = parseCount('metric-repositories', args.metricRepositories);
  const compared =
    args.compare === undefined
      ? undefined
      : await (await import('./computed-report.ts')).policyToCompare(args.compare, args, marking);
  const session = await startSession(args, context);
  const shapedBy = [...shapingOptions(args), ...targetWords(args), ...retentionWords(args)];
  const made = await madeReport(session, marking, context, async () =>
    (await import('./computed-report.ts')).computedReport(session, args, marking, compared, context),
  );
  const { report } = made;
  if (session.format === 'openmetrics') {
    const { deliverMetrics } = await import('./report-metrics.ts');
    await deliverMetrics(session, report, { top: metricRepositories, looks: args.scan });
  } else await deliverReport(session, made, marking, shapedBy);
  warnOfProblems(severitiesOf(report.problems), report.complete, session.messages);
  if (report.target?.reached === false) context.endWith(EXIT.stopped);
  if (condition === undefined) return;
  const { failIf } = await import('./gate.ts');
  failIf(condition, report, args.scan ? stateFolder(session.root, undefined) : undefined);
}

async function deliverReport(
  session: Session,
  { report, opened }: MadeReport,
  marking: MarkingOptions,
  shapedBy: readonly string[],
): Promise<void> {
  const worst = worstRows(report.repositories, REPOSITORIES_ON_A_SCREEN);
  const sizes = session.format === 'table' ? await session.keptSizes() : [];
  const shown = { worst, sizes, shapedBy };
  if (opened === undefined || session.format !== 'html') {
    // Not needed for the scan, and loaded while the index is being written.
    const { renderReport } = await import('../../report/index.ts');
    await session.deliver(renderReport(session.format, report, shown, session.appearance()));
    return;
  }
  const { reportPage } = await import('./report-page.ts');
  await session.deliver(await reportPage(opened, marking, report, shown));
}

type MadeReport = Partial<ComputedReport> & Pick<ComputedReport, 'report'>;

/** What the last scan left, if that does: a page shows more than it keeps. */
async function madeReport(
  session: Session,
  marking: MarkingOptions,
  context: RunningCommand,
  compute: () => Promise<ComputedReport>,
): Promise<MadeReport> {
  const report = session.format === 'html' ? undefined : await storedReport(session, marking, context);
  return report === undefined ? compute() : { report };
}

async function storedReport(
  session: Session,
  marking: MarkingOptions,
  { now }: RunningCommand,
): Promise<Report | undefined> {
  if (!isStandard(marking)) return undefined;
  const stored = await session.stored(marking);
  if (stored === undefined) return undefined;
  return standardReport(stored.figures, marking, momentOf(stored.youngSince, marking), now());
}

/** Throws `usage` for what a page and metrics do not show. */
function refuseInFigures({ format, compare, explain }: ReportArguments): void {
  if ((format !== 'html' && format !== 'openmetrics') || (compare === undefined && !explain)) return;
  throw new AppError(
    'usage',
    `--format ${format} shows the figures, not what ${explain ? '--explain' : '--compare'} says`,
    'ask for that in another format: as a table, as json, csv, ndjson or markdown',
  );
}
