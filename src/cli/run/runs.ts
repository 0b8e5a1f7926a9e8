import { renderRuns } from '../../report/index.ts';
import { cacheKeysOf } from '../../sweep/cache-keys.ts';
import { listRuns, type RunSummary } from '../../sweep/runs.ts';
import { stateFolder } from '../../sweep/state-folder.ts';
import { AppError, errnoOf } from '../../shared/errors.ts';
import type { RunsArguments } from '../commands/runs.ts';
import type { RunningCommand } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { FRESH } from './fresh.ts';
import { startSession, type Session } from './session.ts';

/** `regsweep runs`. */
export async function runRuns(args: RunsArguments, context: RunningCommand): Promise<void> {
  const session = await startSession({ ...args, ...FRESH }, context);
  const state = stateFolder(session.root, args.state);
  const { run } = args;
  if (args.redisKeys) return deliverKeys(session, state, run, context);
  const runs = runsOf(state).filter((row) => run === undefined || row.run === run);
  if (run !== undefined && runs.length === 0) throw noSuchRun(run, state);
  await session.deliver(renderRuns(session.format, { schema: 'regsweep.runs/1', runs }, session.appearance()));
}

function runsOf(state: string): readonly RunSummary[] {
  try {
    return listRuns(state);
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === undefined) throw cause;
    const hint = 'it is for its owner alone: run it as who sweeps, as root or as the user of the registry';
    throw new AppError('root-unreadable', `the state folder ${state} cannot be read (${errno})`, hint, { cause });
  }
}

/** One key a line, for `xargs redis-cli del`: the cache keeps what went until its keys go. Ends with 1 where one is missing. */
async function deliverKeys(
  session: Session,
  state: string,
  run: string | undefined,
  context: RunningCommand,
): Promise<void> {
  if (run === undefined) throw new AppError('usage', '--redis-keys wants the run whose keys are meant');
  if (session.format !== 'table') throw new AppError('usage', '--redis-keys is plain text and has no other format');
  const { keys, leftOut } = cacheKeysOf(state, run);
  await session.deliver(keys.map((key) => `${key}\n`).join(''));
  for (const why of leftOut) session.messages.warn(`no key for what is not as it was written: ${why}`);
  if (leftOut.length > 0) context.endWith(EXIT.failed);
}

function noSuchRun(run: string, state: string): AppError {
  return new AppError('run-missing', `${run} is no run of ${state}`, 'regsweep runs lists them');
}
