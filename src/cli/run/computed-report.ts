/** Reports that need the inventory: of a scan, by a policy, or where an index keeps none that still holds. */
import { judgeVolume } from '../../gc/refusals.ts';
import { momentOf } from '../../gc/thresholds.ts';
import type { Retention } from '../../policy/model.ts';
import { comparisonOf, type ComparedNames } from '../../query/comparison.ts';
import { buildReport } from '../../query/report.ts';
import { retentionOf } from '../../query/retention.ts';
import { standardReport } from '../../query/standard-figures.ts';
import type { Report } from '../../report/model.ts';
import { AppError } from '../../shared/errors.ts';
import type { ReportArguments } from '../commands/report.ts';
import type { RunningCommand } from '../context.ts';
import { isStandard, type MarkingOptions } from './marking.ts';
import { retentionToCompare } from './retention.ts';
import { withoutPolicy } from './retention-words.ts';
import type { Opened } from './opened.ts';
import type { Session } from './session.ts';

interface PolicyToCompare {
  readonly retention: Retention;
  readonly names: ComparedNames;
}

/** What `--compare` names; throws `usage` where there is no policy to compare it with. */
export async function policyToCompare(
  compare: string,
  args: ReportArguments,
  { retention }: MarkingOptions,
): Promise<PolicyToCompare> {
  if (args.targetFree !== undefined) {
    throw new AppError('usage', '--compare shows all that each policy lets go, and --target-free takes less of one');
  }
  if (retention === undefined) throw withoutPolicy('--compare shows a policy beside another');
  const names = { a: args.policy ?? 'command line', b: compare };
  return { retention: await retentionToCompare(compare, retention), names };
}

export interface ComputedReport {
  readonly report: Report;
  /** What it was made of. */
  readonly opened: Opened;
}

/** Scans, or marks the index as it is, and reports. */
export async function computedReport(
  session: Session,
  { explain }: ReportArguments,
  marking: MarkingOptions,
  compared: PolicyToCompare | undefined,
  { now }: RunningCommand,
): Promise<ComputedReport> {
  const opened = await session.open({
    ...marking,
    ...(compared === undefined ? {} : { compared: compared.retention }),
  });
  const report = {
    ...(reportMade(opened, marking, now()) ?? buildReport(opened, marking, now())),
    ...(compared === undefined ? {} : { comparison: comparisonOf(opened, marking, compared.names) }),
    ...(explain ? { retention: retentionOf(opened.analysis) } : {}),
  };
  return { report, opened };
}

/** The report that the scan left in the index, if it is the one that is asked for. */
function reportMade(opened: Opened, marking: MarkingOptions, generatedAt: number): Report | undefined {
  const { figures, analysis, inventory } = opened;
  if (figures === undefined || !isStandard(marking)) return undefined;
  const { youngSince } = analysis;
  const made = standardReport(figures, marking, momentOf(youngSince, marking), generatedAt);
  // Of runs and of what is gone this scan knows more than the index will tell.
  return made && { ...made, notices: judgeVolume({ ...opened, inventory, mode: marking.mode }) };
}
