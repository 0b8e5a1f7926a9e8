import { defaultIndexPath } from '../../db/location.ts';
import { indexRoot, queryIndex, schemaDocumentation } from '../../db/query.ts';
import { warnOfOtherRoot } from '../../pipeline/other-root.ts';
import { renderQuery } from '../../report/index.ts';
import type { QueryResult } from '../../report/model.ts';
import { AppError } from '../../shared/errors.ts';
import type { QueryArguments } from '../commands/query.ts';
import type { CommandContext } from '../context.ts';
import type { Session } from './session.ts';
import { startSession } from './session.ts';

/** `regsweep query`. */
export async function runQuery(args: QueryArguments, context: CommandContext): Promise<void> {
  const { sql } = args;
  if (args.schema === (sql !== undefined)) {
    throw new AppError('usage', 'give either one SQL statement or --schema');
  }
  const session = await startSession(args, context);
  if (sql === undefined) {
    if (session.format !== 'table') throw new AppError('usage', '--schema is plain text and has no other format');
    await session.deliver(schemaDocumentation());
    return;
  }
  const result = await askIndex(sql, args, session);
  await session.deliver(renderQuery(session.format, result, session.appearance(Infinity)));
}

/**
 * Asks the index as it is, so that one question after the other costs no scan; where there is none yet, or `--full`
 * wants a new one, scans first.
 */
async function askIndex(sql: string, args: QueryArguments, session: Session): Promise<QueryResult> {
  if (!args.full) {
    try {
      const path = args.db ?? defaultIndexPath(session.root);
      const result = queryIndex(path, sql);
      warnOfOtherRoot(indexRoot(path), session.root, (message) => session.messages.warn(message));
      return result;
    } catch (error) {
      const missing = error instanceof AppError && error.code === 'index-missing';
      if (!missing || !args.scan) throw error;
    }
  }
  const opened = await session.open();
  await opened.stored;
  return queryIndex(opened.database, sql);
}
