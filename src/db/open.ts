import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { AppError } from '../shared/errors.ts';
import { damaged } from './damaged.ts';
import { APPLICATION_ID, SCHEMA_VERSION } from './schema.ts';

/** Whether there is a file where an index is to be. */
export function indexExists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Opens an index for reading only. Throws `index-missing` where there is no file, `index-foreign` where it is something
 * else, `index-version` where another version of this program wrote it. The file is never changed.
 */
export function openIndexFile(path: string): Database.Database {
  if (!indexExists(path)) {
    throw new AppError(
      'index-missing',
      `there is no index at ${path}`,
      'run it once without --no-scan, or name another with --db',
    );
  }
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    checkHeader(database, path);
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof AppError) throw cause;
    throw new AppError('index-foreign', `${path} is not an index of regsweep`, HINT, { cause });
  }
}

/**
 * Reads an index, and closes it. Throws as `openIndexFile` does, and `index-foreign` where what is in the file cannot be read:
 * where a bit fell, SQLite and whoever takes its rows for what they should be fail in many ways.
 */
export function readIndexFile<T>(path: string, read: (database: Database.Database) => T): T {
  const database = openIndexFile(path);
  try {
    return read(database);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw damaged(cause instanceof Error ? cause.message : String(cause), cause);
  } finally {
    database.close();
  }
}

const HINT = 'it is left as it is: move it away, or name another file with --db';

function checkHeader(database: Database.Database, path: string): void {
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new AppError('index-foreign', `${path} is not an index of regsweep`, HINT);
  }
  const version = database.pragma('user_version', { simple: true });
  if (version !== SCHEMA_VERSION) {
    const message = `${path} has version ${String(version)} of the index, this program reads version ${SCHEMA_VERSION}`;
    throw new AppError('index-version', message, HINT);
  }
}
