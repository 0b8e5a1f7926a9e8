import { listedRows } from '../../query/standard-figures.ts';
import { renderListing } from '../../report/index.ts';
import type { LsArguments } from '../commands/ls.ts';
import type { CommandContext } from '../context.ts';
import type { ListingAnswer } from './computed.ts';
import { startSession, type Session } from './session.ts';
import { warnOfProblems } from './warnings.ts';

/** `regsweep ls`. */
export async function runLs(args: LsArguments, context: CommandContext): Promise<void> {
  const session = await startSession(args, context);
  const { ref: reference } = args;
  const stored = await (reference === undefined ? storedListing(session) : session.storedListing(reference));
  const { listing, damage, complete } =
    stored ?? (await (await import('./computed.ts')).computedListing(session, reference));
  await session.deliver(renderListing(session.format, listing, session.appearance(Infinity)));
  warnOfProblems(damage, complete, session.messages);
}

async function storedListing(session: Session): Promise<ListingAnswer | undefined> {
  const stored = await session.stored();
  if (stored === undefined) return undefined;
  const repositories = listedRows(stored.figures, stored);
  if (repositories === undefined) return undefined;
  const { damage, complete } = stored.figures.volume;
  return { listing: { schema: 'regsweep.ls/1', kind: 'registry', repositories }, damage, complete };
}
