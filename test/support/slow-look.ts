/** Looks at the lock of the state folder that is its argument as `lookAtLock` does, on a machine with no time for it. */
import { join } from 'node:path';
import Database from 'better-sqlite3';

const database = new Database(join(process.argv[2] ?? '', 'lock.sqlite'), { readonly: true });
database.exec('BEGIN');
database.prepare('SELECT 1 FROM sqlite_master').all();
process.stdout.write('looks\n');
setTimeout(() => database.close(), 100);
