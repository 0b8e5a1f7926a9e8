import { defaultIndexPath } from '../../db/location.ts';
import { withKeptScans } from '../../pipeline/kept-scans.ts';
import { warnOfOtherRoot } from '../../pipeline/other-root.ts';
import { buildHistory } from '../../query/history.ts';
import { renderHistory } from '../../report/index.ts';
import type { HistoryArguments } from '../commands/history.ts';
import type { CommandContext } from '../context.ts';
import { parseSince } from '../since.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

/** `regsweep history`: of the scans that the index keeps, and of one that is made now. */
export async function runHistory(args: HistoryArguments, context: CommandContext): Promise<void> {
  const since = args.since === undefined ? undefined : parseSince(args.since);
  const session = await startSession(args, context);
  const opened = args.scan ? await session.open() : undefined;
  await opened?.stored;
  const history = withKeptScans(opened?.database ?? args.db ?? defaultIndexPath(session.root), (kept, root) => {
    warnOfOtherRoot(root, session.root, session.ports.warn);
    return buildHistory(root, kept, since);
  });
  await session.deliver(renderHistory(session.format, history, since !== undefined, session.appearance()));
  if (opened?.figures === undefined) return;
  warnOfProblems(opened.figures.volume.damage, opened.inventory.complete, session.messages);
}
