/** SQL of the operator's own, read-only. */
import type { QueryResult } from '../report/model.ts';
import { AppError } from '../shared/errors.ts';
import { openIndexFile, readIndexFile } from './open.ts';
import { readRoot } from './reader.ts';
import { INDICES, SCHEMA_VERSION, TABLES, VIEWS } from './schema.ts';

/**
 * Runs one statement on the index. Throws `query-failed` where SQLite refuses it, or where it would change something.
 * Bytes come out as lower-case hexadecimal. Integers are exact: numbers up to 2^53 - 1 either way, beyond that, where a
 * number would be rounded, their decimal digits as a string.
 */
export function queryIndex(path: string, sql: string): QueryResult {
  const database = openIndexFile(path);
  try {
    const statement = database.prepare<[], unknown[]>(sql);
    if (!statement.reader)
      throw new AppError('query-failed', 'the statement returns no rows', 'only SELECT makes sense here');
    const columns = statement.columns().map((column) => column.name);
    const rows = statement
      .raw(true)
      .safeIntegers(true)
      .all()
      .map((row) => row.map(plain));
    return { schema: 'regsweep.query/1', columns, rows };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new AppError(
      'query-failed',
      `SQLite refuses the query: ${message}`,
      'regsweep query ROOT --schema shows the tables',
      { cause },
    );
  } finally {
    database.close();
  }
}

/** The registry root that the index is of. */
export function indexRoot(path: string): string {
  return readIndexFile(path, readRoot);
}

function plain(value: unknown): string | number | null {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : null;
}

/** The tables and views as SQL, each with what it is about. */
export function schemaDocumentation(): string {
  const about = [...TABLES, ...VIEWS].map((table) => `-- ${table.about}\n${table.sql};`);
  return [`-- regsweep index, version ${SCHEMA_VERSION}`, ...about, ...INDICES.map((sql) => `${sql};`), ''].join(
    '\n\n',
  );
}
