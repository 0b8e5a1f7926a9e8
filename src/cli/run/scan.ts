import { summaryOf } from '../../query/standard-figures.ts';
import { renderScan } from '../../report/index.ts';
import { severitiesOf } from '../../shared/problem.ts';
import type { ScanArguments } from '../commands/scan.ts';
import type { CommandContext } from '../context.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

/** `regsweep scan`. */
export async function runScan(args: ScanArguments, context: CommandContext): Promise<void> {
  const session = await startSession(args, context);
  const stored = await session.stored();
  const summary =
    stored === undefined
      ? await (await import('./computed.ts')).computedSummary(session)
      : summaryOf(stored.figures.volume, stored);
  await session.deliver(renderScan(session.format, summary, session.appearance(Infinity)));
  warnOfProblems(severitiesOf(summary.problems), summary.complete, session.messages);
}
