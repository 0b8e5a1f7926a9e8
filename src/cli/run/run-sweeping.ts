/** What `sweep` and `rm` have in common: show what would go, and with `--apply` carry it out. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { carryOut, type CarriedOut } from '../../pipeline/carry-out.ts';
import { prepareSweep, type PreparedSweep, type SweepRequest, type Wish } from '../../pipeline/prepare-sweep.ts';
import { sweepResult } from '../../query/sweep-result.ts';
import { formatBytes, formatQuantity } from '../../report/format.ts';
import { renderSweep } from '../../report/index.ts';
import { quoteShellWord } from '../../report/escape.ts';
import { measureTrash } from '../../scan/trash.ts';
import { AppError } from '../../shared/errors.ts';
import { confirm } from '../confirm.ts';
import type { RunningCommand } from '../context.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { sayFailures } from './failures.ts';
import { FRESH } from './fresh.ts';
import { startSession, type Session, type SessionArguments } from './session.ts';
import { sweepingOptions, type SweepingArguments, type SweepingOptions } from './sweeping.ts';

type Arguments = SweepingArguments & Omit<SessionArguments, keyof typeof FRESH>;

/** What a command asks for, beside the options that both have. */
export interface AskedSweep {
  readonly wish: Wish;
  readonly minAgeSeconds: number;
  readonly repositories: readonly string[];
  readonly shapedBy: SweepRequest['shapedBy'];
  readonly planFile?: SweepRequest['planFile'];
}

/** Ends with 0, or with 1 where something failed, 4 where it was refused, 5 where it stopped early. */
export async function runSweeping(args: Arguments, context: RunningCommand, asked: AskedSweep): Promise<void> {
  const options = sweepingOptions(args, context.now());
  const session = await startSession({ ...args, ...FRESH }, context);
  const ports = { ...session.ports, ownPid: process.pid };
  const prepared = await prepareSweep(requestOf(args, options, asked), ports);
  await prepared.opened.stored;
  let carriedOut: CarriedOut | undefined;
  if (options.apply && prepared.refusals.length === 0) {
    if (!(await isConfirmed(prepared, options, context))) throw new AppError('interrupted', 'nothing was changed');
    const { deadline } = options;
    carriedOut = await carryOut(
      prepared,
      {
        trash: options.trash,
        ...(deadline === undefined ? {} : { deadline: { at: deadline.at, of: deadline.by } }),
        ...(options.purgeOlderThanSeconds === undefined
          ? {}
          : { purgeOlderThanSeconds: options.purgeOlderThanSeconds }),
      },
      { ...ports, host: hostname(), random: randomBytes(2).toString('hex') },
    );
  }
  await deliver(prepared, options, session, context, carriedOut);
  if (carriedOut !== undefined)
    sayFailures([...carriedOut.outcome.failed, ...carriedOut.putBack.failed], session.messages);
  context.endWith(statusOf(prepared, carriedOut));
}

function requestOf(args: Arguments, options: SweepingOptions, asked: AskedSweep): SweepRequest {
  const { proof } = options;
  const isProofGiven =
    proof.registryStopped || proof.registryConfig !== undefined || proof.registryUrls.length > 0 || options.apply;
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
    ...(asked.planFile === undefined ? {} : { planFile: asked.planFile }),
    limits: options,
    ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
    isBounded: options.maxBytes !== undefined || options.deadline !== undefined,
    ...(isProofGiven ? { proof } : {}),
  };
}

async function isConfirmed(
  { totals, opened }: PreparedSweep,
  { yes, trash }: SweepingOptions,
  context: RunningCommand,
): Promise<boolean> {
  if (yes || totals.total.count === 0) return true;
  const amount = `${formatQuantity(totals.total.count, 'deletion')}, ${formatBytes(totals.total.diskBytes)} on disk`;
  const fate = trash ? 'They go to the trash, and can be restored.' : 'They are deleted at once: there is no way back.';
  const root = quoteShellWord(opened.inventory.root);
  return confirm(`${amount}, from ${root}. ${fate}`, context);
}

async function deliver(
  prepared: PreparedSweep,
  options: SweepingOptions,
  session: Session,
  context: RunningCommand,
  carriedOut: CarriedOut | undefined,
): Promise<void> {
  const result = sweepResult(prepared, {
    now: context.now(),
    inTrash: options.trash,
    trash: measureTrash(session.root),
    ...(carriedOut === undefined ? {} : { carriedOut }),
  });
  const shown = { command: context.argv };
  await session.deliverAlways(renderSweep(session.format, result, shown, session.appearance()));
}

function statusOf({ refusals, leftOut }: PreparedSweep, carriedOut: CarriedOut | undefined): ExitStatus {
  if (refusals.length > 0) return EXIT.refused;
  if (carriedOut === undefined) return EXIT.done;
  const { outcome, putBack } = carriedOut;
  if (outcome.failed.length > 0 || putBack.failed.length > 0) return EXIT.failed;
  return outcome.stopped !== null || leftOut > 0 ? EXIT.stopped : EXIT.done;
}
