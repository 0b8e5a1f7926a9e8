import { SweepTurn } from '../../pipeline/turn.ts';
import { renderPurge } from '../../report/index.ts';
import { locked } from '../../sweep/arm.ts';
import { purgeRuns, runsOlderThan, type PurgeOutcome } from '../../sweep/purge.ts';
import { freeBytes } from '../../sweep/state-folder.ts';
import { AppError } from '../../shared/errors.ts';
import { parseSeconds } from '../durations.ts';
import type { PurgeArguments } from '../commands/purge.ts';
import type { RunningCommand } from '../context.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { sayFailures } from './failures.ts';
import { FRESH } from './fresh.ts';
import { holderAt } from './holder.ts';
import { startSession } from './session.ts';

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
    const before = freeBytes(state);
    const runs = named.length > 0 ? named : runsOlderThan(state, context.now() - (older ?? 0) * 1000 + 1);
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

function statusOf({ runs, stopped }: PurgeOutcome): ExitStatus {
  if (runs.some(({ failed }) => failed.length > 0)) return EXIT.failed;
  return stopped ? EXIT.stopped : EXIT.done;
}
