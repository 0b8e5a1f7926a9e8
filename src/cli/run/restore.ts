import type { LockHolder } from '../../db/lock-note.ts';
import { openIndex } from '../../pipeline/open-index.ts';
import { lookForOthers } from '../../pipeline/others.ts';
import { SweepTurn } from '../../pipeline/turn.ts';
import { proveNobodyWrites, type GivenProof } from '../../probe/proof.ts';
import { renderRestore } from '../../report/index.ts';
import type { RestoreResult } from '../../report/model-sweep.ts';
import { joinProofs } from '../../shared/refusal.ts';
import { arm } from '../../sweep/arm.ts';
import { restorableRun, restoreRun, type RestoreOutcome } from '../../sweep/restore.ts';
import { stateFolder } from '../../sweep/state-folder.ts';
import { parseSeconds } from '../durations.ts';
import type { RestoreArguments } from '../commands/restore.ts';
import type { RunningCommand } from '../context.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { sayFailures } from './failures.ts';
import { FRESH } from './fresh.ts';
import { holderAt } from './holder.ts';
import { startSession, type Session } from './session.ts';
import { proofRequest } from './sweeping.ts';

/** `regsweep restore`: wants the same proof as a sweep. */
export async function runRestore(args: RestoreArguments, context: RunningCommand): Promise<void> {
  const minAgeSeconds = parseSeconds('min-age', args.minAge);
  const request = proofRequest(args);
  const session = await startSession({ ...args, ...FRESH }, context);
  // Looked at again when it is restored: a slip in its name is to be told before a long scan.
  restorableRun({ state: stateFolder(session.root, args.state), run: args.run });
  const { inventory, stored } = await openIndex(indexRequest(args, minAgeSeconds), session.ports);
  await stored;
  const holder = holderAt(context.now());
  const others = lookForOthers(session.root, args.state, holder.host);
  const given = await proveNobodyWrites(request, {
    inventory,
    quietSeconds: minAgeSeconds,
    environment: context.environment,
    proc: '/proc',
    leftOut: [process.pid, ...others.pids],
  });
  const proof = { ...given, ...joinProofs([{ ...others, notes: [] }, given]) };
  const outcome = proof.refusals.length > 0 ? undefined : await restore(args, session, proof, holder);
  const result = resultOf(args.run, proof, outcome);
  await session.deliverAlways(renderRestore(session.format, result, session.appearance()));
  if (outcome !== undefined) sayFailures(outcome.failed, session.messages);
  context.endWith(statusOf(proof, outcome));
}

function indexRequest(args: RestoreArguments, minAgeSeconds: number): Parameters<typeof openIndex>[0] {
  return {
    root: args.root,
    ...(args.db === undefined ? {} : { database: args.db }),
    ...(args.state === undefined ? {} : { state: args.state }),
    noScan: false,
    full: false,
    diskUsage: false,
    minAgeSeconds,
    repositories: [],
  };
}

/** Its turn begins only now: what it puts back is told by its journal and its trash, and not by the scan. */
async function restore(
  { run, state: given }: RestoreArguments,
  { root, ports }: Session,
  proof: GivenProof,
  holder: LockHolder,
): Promise<RestoreOutcome> {
  const turn = new SweepTurn(root, given, holder);
  try {
    const { lock, state, warnings } = turn.take();
    for (const warning of warnings) ports.warn(warning);
    const work = arm({ root, state, run }, { proof, lock });
    return await restoreRun(work, { ...ports, askAgain: () => proof.askAgain() });
  } finally {
    turn.release();
  }
}

function resultOf(run: string, proof: GivenProof, outcome: RestoreOutcome | undefined): RestoreResult {
  return {
    schema: 'regsweep.restore/1',
    run,
    refusals: proof.refusals,
    warnings: proof.warnings,
    notes: proof.notes,
    done:
      outcome === undefined
        ? null
        : {
            restored: outcome.restored,
            already: outcome.already,
            stopped: outcome.stopped,
            kept: outcome.stays,
            leftOut: outcome.leftOut,
            failed: outcome.failed.map(({ kind, path, errno }) => ({ kind, path, errno })),
          },
  };
}

function statusOf({ refusals }: GivenProof, outcome: RestoreOutcome | undefined): ExitStatus {
  if (refusals.length > 0 || outcome === undefined) return EXIT.refused;
  if (outcome.failed.length > 0 || outcome.leftOut.length > 0) return EXIT.failed;
  return outcome.stopped === null ? EXIT.done : EXIT.stopped;
}
