/** What `sweep` and `rm` have in common: show what would go, and with `--apply` carry it out. */
import { randomBytes } from 'node:crypto';
import { carryOut, type CarriedOut } from '../../pipeline/carry-out.ts';
import {
  prepareSweep,
  type PreparedSweep,
  type SweepingPorts,
  type SweepRequest,
  type Wish,
} from '../../pipeline/prepare-sweep.ts';
import type { SweepTurn } from '../../pipeline/turn.ts';
import { sweepResult } from '../../query/sweep-result.ts';
import { formatBytes, formatQuantity } from '../../report/format.ts';
import { renderSweep } from '../../report/index.ts';
import type { SweepResult } from '../../report/model-sweep.ts';
import { quoteShellWord } from '../../report/escape.ts';
import { stateFolder } from '../../sweep/state-folder.ts';
import { heldTrash } from '../../sweep/trash.ts';
import { confirm, notConfirmed } from '../confirm.ts';
import type { RunningCommand } from '../context.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { FRESH } from './fresh.ts';
import { inTurn, sayWhatFailed, statusOfRun } from './in-turn.ts';
import { startSession, type Session, type SessionArguments } from './session.ts';
import { proofToAsk, sweepingOptions, type SweepingArguments, type SweepingOptions } from './sweeping.ts';

type Arguments = SweepingArguments & Omit<SessionArguments, keyof typeof FRESH>;

/** What a command asks for, beside the options that both have. */
export interface AskedSweep {
  readonly wish: Wish;
  readonly minAgeSeconds: number;
  readonly quietSeconds: number;
  readonly repositories: readonly string[];
  readonly shapedBy: SweepRequest['shapedBy'];
  readonly policy?: SweepRequest['policy'];
  readonly planFile?: SweepRequest['planFile'];
  readonly targetDiskBytes?: SweepRequest['targetDiskBytes'];
}

/** Ends with 0, or with 1 where something failed, 4 where it was refused, 5 where it stopped early. */
export async function runSweeping(args: Arguments, context: RunningCommand, asked: AskedSweep): Promise<void> {
  const options = sweepingOptions(args, context.now());
  const session = await startSession({ ...args, ...FRESH }, context);
  const { state } = options;
  await inTurn(session, options, context, async (ports, turn) => {
    const prepared = await prepareSweep(requestOf(args, options, asked), ports);
    await prepared.opened.stored;
    const carriedOut = turn && (await sweepIfAllowed(prepared, options, turn, ports, session, context));
    const result = resultOf(prepared, options, session, context, carriedOut);
    const shown = { command: context.argv, ...(state === undefined ? {} : { state }) };
    await session.deliverAlways(renderSweep(session.format, result, shown, session.appearance()));
    sayWhatFailed(carriedOut, session);
    context.endWith(statusOf(prepared, result, carriedOut));
  });
}

/** `undefined` where it is refused. Throws `interrupted` where the operator does not want it. */
async function sweepIfAllowed(
  prepared: PreparedSweep,
  options: SweepingOptions,
  turn: SweepTurn,
  ports: SweepingPorts,
  session: Session,
  context: RunningCommand,
): Promise<CarriedOut | undefined> {
  if (prepared.refusals.length > 0) return undefined;
  if (!(await isConfirmed(prepared, options, session, context))) throw notConfirmed();
  const { deadline, purgeOlderThanSeconds } = options;
  const carried = {
    trash: options.trash,
    ...(deadline === undefined ? {} : { deadline: { at: deadline.at, of: deadline.by } }),
    ...(purgeOlderThanSeconds === undefined ? {} : { purgeOlderThanSeconds }),
  };
  return carryOut(prepared, carried, turn, { ...ports, random: randomBytes(2).toString('hex') });
}

function requestOf(args: Arguments, options: SweepingOptions, asked: AskedSweep): SweepRequest {
  const proof = proofToAsk(options.proof, options.apply);
  return {
    index: {
      root: args.root,
      ...(args.db === undefined ? {} : { database: args.db }),
      noScan: false,
      full: false,
      diskUsage: false,
      minAgeSeconds: asked.minAgeSeconds,
      repositories: asked.repositories,
      ...(options.state === undefined ? {} : { state: options.state }),
    },
    apply: options.apply,
    wish: asked.wish,
    shapedBy: asked.shapedBy,
    quietSeconds: asked.quietSeconds,
    ...(asked.policy === undefined ? {} : { policy: asked.policy }),
    ...(asked.targetDiskBytes === undefined ? {} : { targetDiskBytes: asked.targetDiskBytes }),
    ...(asked.planFile === undefined ? {} : { planFile: asked.planFile }),
    limits: options,
    ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
    isBounded: options.maxBytes !== undefined || options.deadline !== undefined,
    ...(proof === undefined ? {} : { proof }),
  };
}

/** Whoever is asked sees the plan first, and on stderr: stdout is for the result. */
async function isConfirmed(
  prepared: PreparedSweep,
  options: SweepingOptions,
  session: Session,
  context: RunningCommand,
): Promise<boolean> {
  const { within, opened } = prepared;
  if (options.yes || within.count === 0) return true;
  const amount = `${formatQuantity(within.count, 'deletion')}, ${formatBytes(within.diskBytes)} on disk`;
  const fate = options.trash
    ? 'They go to the trash, and can be restored.'
    : 'They are deleted at once: there is no way back.';
  const root = quoteShellWord(opened.inventory.root);
  const table = (): string =>
    renderSweep('table', resultOf(prepared, options, session, context), {}, session.appearanceOfMessages());
  return confirm(`${amount}, from ${root}. ${fate}`, table, context);
}

function resultOf(
  prepared: PreparedSweep,
  options: SweepingOptions,
  session: Session,
  context: RunningCommand,
  carriedOut?: CarriedOut,
): SweepResult {
  return sweepResult(prepared, {
    now: context.now(),
    inTrash: options.trash,
    trash: heldTrash(stateFolder(session.root, options.state)),
    ...(carriedOut === undefined ? {} : { carriedOut }),
  });
}

function statusOf(
  { refusals, leftOut }: PreparedSweep,
  { target }: SweepResult,
  carriedOut: CarriedOut | undefined,
): ExitStatus {
  if (refusals.length > 0) return EXIT.refused;
  const done = target?.reached === false ? EXIT.stopped : EXIT.done;
  if (carriedOut === undefined) return done;
  const status = statusOfRun(carriedOut);
  if (status !== EXIT.done) return status;
  return leftOut > 0 ? EXIT.stopped : done;
}
