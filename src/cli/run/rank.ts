import { momentOf } from '../../gc/thresholds.ts';
import { rankRows } from '../../query/rank.ts';
import { standardRows } from '../../query/standard-figures.ts';
import { renderRank } from '../../report/index.ts';
import type { RankArguments } from '../commands/rank.ts';
import type { CommandContext } from '../context.ts';
import { parsePositive } from '../numbers.ts';
import { isStandard, markingOrPolicy, type MarkingOptions } from './marking.ts';
import { startSession, type Session } from './session.ts';
import type { RowsAnswer } from './computed.ts';
import { warnOfProblems } from './warnings.ts';

/** `regsweep rank`. */
export async function runRank(args: RankArguments, context: CommandContext): Promise<void> {
  const marking = await markingOrPolicy(args, context.now());
  const top = parsePositive('top', args.top);
  const depth = args.depth === undefined ? undefined : parsePositive('depth', args.depth);
  const session = await startSession(args, context);
  const stored = depth === undefined ? await storedRows(session, marking) : undefined;
  const { rows, damage, complete } =
    stored ?? (await (await import('./computed.ts')).computedRows(session, marking, depth));
  const rank = rankRows(rows, args.by, top);
  await session.deliver(renderRank(session.format, rank, session.appearance(Infinity)));
  warnOfProblems(damage, complete, session.messages);
}

async function storedRows(session: Session, marking: MarkingOptions): Promise<RowsAnswer | undefined> {
  if (!isStandard(marking)) return undefined;
  const stored = await session.stored(marking);
  if (stored === undefined) return undefined;
  const { figures, youngSince } = stored;
  const rows = standardRows(figures, marking.mode, momentOf(youngSince, marking));
  const { damage, complete } = figures.volume;
  return rows === undefined ? undefined : { rows, damage, complete };
}
