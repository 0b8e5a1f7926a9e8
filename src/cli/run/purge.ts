import { SweepTurn } from '../../pipeline/turn.ts';
import { quoteShellWord } from '../../report/escape.ts';
import { formatQuantity } from '../../report/format.ts';
import { renderPurge, renderRuns } from '../../report/index.ts';
import { locked } from '../../sweep/arm.ts';
import { purgeRuns, runsOlderThan, summariesOf, type PurgeOutcome } from '../../sweep/purge.ts';
import type { RunSummary } from '../../sweep/runs.ts';
import { freeBytes } from '../../sweep/state-folder.ts';
import { AppError } from '../../shared/errors.ts';
import { parseSeconds } from '../durations.ts';
import type { PurgeArguments } from '../commands/purge.ts';
import { confirm, notConfirmed } from '../confirm.ts';
import type { RunningCommand } from '../context.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { sayFailures } from './failures.ts';
import { FRESH } from './fresh.ts';
import { holderAt } from './holder.ts';
import { startSession, type Session } from './session.ts';

/** `regsweep purge`. It touches our own folder alone, and wants no proof. */
export async function runPurge(args: PurgeArguments, context: RunningCommand): Promise<void> {
  const older = args.olderThan === undefined ? undefined : parseSeconds('older-than', args.olderThan);
  const named = args.run ?? [];
  if (older !== undefined && named.length > 0) {
    throw new AppError('usage', 'give either runs or --older-than');
  }
  const session = await startSession({ ...args, ...FRESH }, context);
  const { root, ports } = session;
  const turn = new SweepTurn(root, args.state, holderAt(context.now()));
  let outcome: PurgeOutcome;
  let freed: number;
  try {
    const { lock, state, warnings } = turn.take();
    for (const warning of warnings) ports.warn(warning);
    const runs = named.length > 0 ? named : runsOlderThan(state, context.now() - (older ?? 0) * 1000 + 1);
    if (!args.yes && !(await isConfirmed(summariesOf(state, runs), session, context))) throw notConfirmed();
    const before = freeBytes(state);
    outcome = await purgeRuns(locked({ state, runs }, lock), ports);
    freed = freeBytes(state) - before;
  } finally {
    turn.release();
  }
  const result = {
    schema: 'regsweep.purge/1' as const,
    runs: outcome.runs.map(({ run, bytes, diskBytes, failed }) => ({ run, bytes, diskBytes, failed })),
    freedOnFileSystem: freed,
  };
  await session.deliverAlways(renderPurge(session.format, result, session.appearance()));
  sayFailures(
    outcome.runs.flatMap(({ failed }) => failed),
    session.messages,
  );
  context.endWith(statusOf(outcome));
}

/** Whoever is asked sees the runs first, and on stderr: stdout is for the result. */
async function isConfirmed(runs: readonly RunSummary[], session: Session, context: RunningCommand): Promise<boolean> {
  if (runs.length === 0) return true;
  const table = (): string => renderRuns('table', { schema: 'regsweep.runs/1', runs }, session.appearanceOfMessages());
  const root = quoteShellWord(session.root);
  const question = `The trash of ${formatQuantity(runs.length, 'run')} of ${root} is freed for good: there is no way back.`;
  return confirm(question, table, context);
}

function statusOf({ runs, stopped }: PurgeOutcome): ExitStatus {
  if (runs.some(({ failed }) => failed.length > 0)) return EXIT.failed;
  return stopped ? EXIT.stopped : EXIT.done;
}
