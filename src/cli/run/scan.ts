import { scanSummary } from '../../query/scan-summary.ts';
import { renderScan } from '../../report/index.ts';
import type { ScanArguments } from '../commands/scan.ts';
import type { CommandContext } from '../context.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

/** `regsweep scan`. */
export async function runScan(args: ScanArguments, context: CommandContext): Promise<void> {
  const session = await startSession(args, context);
  const opened = await session.open();
  const summary = scanSummary(opened);
  await session.deliver(renderScan(session.format, summary, session.appearance(Infinity)));
  warnOfProblems(summary.problems, summary.complete, session.messages);
}
