import { randomBytes } from 'node:crypto';
import type { CarriedOut } from '../../pipeline/carry-out.ts';
import {
  carryOutRepair,
  prepareRepair,
  type PreparedRepair,
  type RepairRequest,
} from '../../pipeline/prepare-repair.ts';
import type { SweepingPorts } from '../../pipeline/prepare-sweep.ts';
import type { SweepTurn } from '../../pipeline/turn.ts';
import { repairResult } from '../../query/repair-result.ts';
import { quoteShellWord } from '../../report/escape.ts';
import { formatQuantity } from '../../report/format.ts';
import { renderRepair } from '../../report/index.ts';
import { checkedGlobs } from '../../shared/globs.ts';
import { confirm, notConfirmed } from '../confirm.ts';
import type { RepairArguments } from '../commands/repair.ts';
import type { RunningCommand } from '../context.ts';
import { parseSeconds } from '../durations.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { FRESH } from './fresh.ts';
import { inTurn, sayWhatFailed, statusOfRun } from './in-turn.ts';
import { startSession, type Session } from './session.ts';
import { parsePercent, proofRequest, proofToAsk } from './sweeping.ts';

/** `regsweep repair`: ends with 0, or with 1 where something failed, 4 where it was refused, 5 where it stopped early. */
export async function runRepair(args: RepairArguments, context: RunningCommand): Promise<void> {
  const request = requestOf(args);
  const session = await startSession({ ...args, ...FRESH }, context);
  await inTurn(session, args, context, async (ports, turn) => {
    const prepared = await prepareRepair(request, ports);
    await prepared.opened.stored;
    const carriedOut = turn && (await repairIfAllowed(prepared, args, turn, ports, session, context));
    const result = repairResult(prepared, context.now(), carriedOut);
    const shown = { command: context.argv, ...(args.state === undefined ? {} : { state: args.state }) };
    await session.deliverAlways(renderRepair(session.format, result, shown, session.appearance()));
    sayWhatFailed(carriedOut, session);
    context.endWith(statusOf(prepared, carriedOut));
  });
}

function requestOf(args: RepairArguments): RepairRequest {
  const proof = proofToAsk(proofRequest(args), args.apply);
  const minAgeSeconds = parseSeconds('min-age', args.minAge);
  return {
    index: {
      root: args.root,
      ...(args.db === undefined ? {} : { database: args.db }),
      ...(args.state === undefined ? {} : { state: args.state }),
      minAgeSeconds,
      repositories: checkedGlobs(args.repo ?? []),
    },
    wishes: { dropDangling: args.dropDangling, relinkChildren: args.relinkChildren },
    quietSeconds: minAgeSeconds,
    limits: {
      maxDeletePercent: parsePercent('max-delete-percent', args.maxDeletePercent),
      acceptLostRepositories: args.acceptLostRepositories,
      tagsAreComplete: true,
    },
    ...(proof === undefined ? {} : { proof }),
  };
}

/** `undefined` where it is refused. Throws `interrupted` where the operator does not want it. */
async function repairIfAllowed(
  prepared: PreparedRepair,
  { yes }: RepairArguments,
  turn: SweepTurn,
  ports: SweepingPorts,
  session: Session,
  context: RunningCommand,
): Promise<CarriedOut | undefined> {
  if (prepared.refusals.length > 0) return undefined;
  if (!yes && !(await isConfirmed(prepared, session, context))) {
    throw notConfirmed();
  }
  return carryOutRepair(prepared, {}, turn, { ...ports, random: randomBytes(2).toString('hex') });
}

/** Whoever is asked sees the plan first, and on stderr: stdout is for the result. */
async function isConfirmed(prepared: PreparedRepair, session: Session, context: RunningCommand): Promise<boolean> {
  const count = prepared.plan.batches.flat().length;
  if (count === 0) return true;
  const root = quoteShellWord(prepared.opened.inventory.root);
  const table = (): string =>
    renderRepair('table', repairResult(prepared, context.now()), {}, session.appearanceOfMessages());
  return confirm(`${formatQuantity(count, 'action')} in ${root}. They can be taken back.`, table, context);
}

function statusOf({ refusals }: PreparedRepair, carriedOut: CarriedOut | undefined): ExitStatus {
  if (refusals.length > 0) return EXIT.refused;
  return carriedOut === undefined ? EXIT.done : statusOfRun(carriedOut);
}
