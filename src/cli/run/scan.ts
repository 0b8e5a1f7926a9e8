import { summaryOf } from '../../query/standard-figures.ts';
import { renderScan } from '../../report/index.ts';
import { severitiesOf } from '../../shared/problem.ts';
import type { ScanArguments } from '../commands/scan.ts';
import type { CommandContext } from '../context.ts';
import { parseSeconds } from '../durations.ts';
import { DEFAULT_MIN_AGE, DEFAULT_UPLOADS_OLDER_THAN } from '../options.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

/** What documents are read for their youth alone; `undefined`: nobody said. */
function keptBy({ minAge }: ScanArguments, now: number) {
  if (minAge === DEFAULT_MIN_AGE) return undefined;
  const uploadsOlderThanSeconds = parseSeconds('uploads-older-than', DEFAULT_UPLOADS_OLDER_THAN);
  return { minAgeSeconds: parseSeconds('min-age', minAge), repositories: [], uploadsOlderThanSeconds, now };
}

/** `regsweep scan`. */
export async function runScan(args: ScanArguments, context: CommandContext): Promise<void> {
  const session = await startSession(args, context);
  const kept = keptBy(args, context.now());
  const stored = await session.stored(kept);
  const summary =
    stored === undefined
      ? await (await import('./computed.ts')).computedSummary(session, kept)
      : summaryOf(stored.figures.volume, stored);
  await session.deliver(renderScan(session.format, summary, session.appearance(Infinity)));
  warnOfProblems(severitiesOf(summary.problems), summary.complete, session.messages);
}
