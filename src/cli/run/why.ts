import { judgeVolume } from '../../gc/refusals.ts';
import { allProblems } from '../../query/problems.ts';
import { whyOf } from '../../query/why.ts';
import { renderWhy } from '../../report/index.ts';
import { severitiesOf } from '../../shared/problem.ts';
import type { WhyArguments } from '../commands/why.ts';
import type { CommandContext } from '../context.ts';
import { parsePositive } from '../numbers.ts';
import { markingOrPolicy } from './marking.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

/** `regsweep why`. */
export async function runWhy(args: WhyArguments, context: CommandContext): Promise<void> {
  const marking = await markingOrPolicy(args, context.now());
  const chains = parsePositive('chains', args.chains);
  const session = await startSession(args, context);
  const opened = await session.open(marking);
  const why = whyOf(opened, args.ref, { ...marking, chains });
  await session.deliver(renderWhy(session.format, why, { root: args.root }, session.appearance()));
  const { figures, analysis, inventory } = opened;
  if (!why.kept) {
    for (const { message } of judgeVolume({ ...opened, mode: marking.mode })) {
      session.messages.warn(`no sweep takes it now: ${message}`);
    }
  }
  warnOfProblems(figures?.volume.damage ?? severitiesOf(allProblems(analysis)), inventory.complete, session.messages);
}
