import { buildListing } from '../../query/listing.ts';
import { allProblems } from '../../query/problems.ts';
import { renderListing } from '../../report/index.ts';
import type { LsArguments } from '../commands/ls.ts';
import type { CommandContext } from '../context.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

/** `regsweep ls`. */
export async function runLs(args: LsArguments, context: CommandContext): Promise<void> {
  const session = await startSession(args, context);
  const opened = await session.open();
  const listing = buildListing(opened, args.reference);
  await session.deliver(renderListing(session.format, listing, session.appearance(Infinity)));
  warnOfProblems(allProblems(opened.analysis), opened.inventory.complete, session.messages);
}
