import { allProblems } from '../../query/problems.ts';
import { rankRows } from '../../query/rank.ts';
import { repositoryRows } from '../../query/rows.ts';
import { renderRank } from '../../report/index.ts';
import type { RankArguments } from '../commands/rank.ts';
import type { CommandContext } from '../context.ts';
import { parsePositive } from '../numbers.ts';
import { markingOrPolicy } from './marking.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

/** `regsweep rank`. */
export async function runRank(args: RankArguments, context: CommandContext): Promise<void> {
  const marking = await markingOrPolicy(args, context.now());
  const top = parsePositive('top', args.top);
  const depth = args.depth === undefined ? undefined : parsePositive('depth', args.depth);
  const session = await startSession(args, context);
  const opened = await session.open(marking);
  const rank = rankRows(repositoryRows(opened, marking, depth), args.by, top);
  await session.deliver(renderRank(session.format, rank, session.appearance(Infinity)));
  warnOfProblems(allProblems(opened.analysis), opened.inventory.complete, session.messages);
}
