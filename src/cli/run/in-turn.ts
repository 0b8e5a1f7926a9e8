/** What the commands that carry a plan out have in common: their turn, from before the scan until the result is told. */
import type { CarriedOut } from '../../pipeline/carry-out.ts';
import { lookForOthers, type Others } from '../../pipeline/others.ts';
import type { SweepingPorts } from '../../pipeline/prepare-sweep.ts';
import { SweepTurn } from '../../pipeline/turn.ts';
import type { RunningCommand } from '../context.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { sayFailures } from './failures.ts';
import { holderAt } from './holder.ts';
import type { Session } from './session.ts';

/** What a dry run has: no turn. */
type Turn = SweepTurn | undefined;

/**
 * Takes the turn where something is to be carried out, and gives it back when `work` has ended. It begins before the scan: a
 * restore that ended between the scan and the sweep would have put back what the scan took for garbage.
 */
export async function inTurn(
  session: Session,
  { apply, state }: { readonly apply: boolean; readonly state?: string | undefined },
  context: RunningCommand,
  work: (ports: SweepingPorts, turn: Turn) => Promise<void>,
): Promise<void> {
  const { root } = session;
  const holder = holderAt(context.now());
  const turn = apply ? new SweepTurn(root, state, holder) : undefined;
  try {
    const others = (): Others => turn?.others() ?? lookForOthers(root, state, holder.host);
    await work({ ...session.ports, ownPid: process.pid, others }, turn);
  } finally {
    turn?.release();
  }
}

/** Says what failed. */
export function sayWhatFailed(carriedOut: CarriedOut | undefined, { messages }: Session): void {
  if (carriedOut !== undefined) sayFailures([...carriedOut.outcome.failed, ...carriedOut.putBack.failed], messages);
}

/** Of what was carried out; `done` where all of it was. */
export function statusOfRun({ outcome, putBack }: CarriedOut): ExitStatus {
  if (outcome.failed.length > 0 || putBack.failed.length > 0) return EXIT.failed;
  return outcome.stopped === null ? EXIT.done : EXIT.stopped;
}
