/**
 * When each blob was last verified, kept from one index to the next. It is learned after the index was written, and what verifies
 * may take hours, in which somebody else may have scanned: so times are brought in by digest, into whatever index is there.
 */
import { constants, copyFileSync, renameSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { DigestTable, type DigestId } from '../inventory/digest-table.ts';
import { AppError } from '../shared/errors.ts';
import { numberAt } from '../shared/columns.ts';
import { damaged } from './damaged.ts';
import { temporaryNameOf } from './leftovers.ts';
import { readIndexFile } from './open.ts';
import { PackedColumns } from './packed-columns.ts';
import { writePieces, type NamedBytes } from './pieces.ts';
import { BulkInsert } from './bulk-insert.ts';
import { readRoot } from './reader.ts';

const NAME = 'verifiedAt';

/** Times by digest: epoch milliseconds, NaN for never. */
export interface VerifiedTimes {
  readonly digests: DigestTable;
  readonly at: Float64Array;
}

/** The times as a value of an index. */
export function packVerified({ buffer, byteOffset, byteLength }: Float64Array): NamedBytes {
  return { name: NAME, data: new Uint8Array(buffer, byteOffset, byteLength) };
}

/** The times that an open index keeps; `undefined` where nothing was ever verified. Throws `index-foreign` (`readIndexFile`). */
export function readVerified(database: Database.Database): VerifiedTimes | undefined {
  const packed = new PackedColumns(database);
  if (packed.find(NAME) === undefined) return undefined;
  const at = packed.numbers(NAME, Float64Array);
  const digests = packed.digests();
  if (at.length !== digests.size) throw damaged(`${NAME} has another length than its table`);
  return { digests: DigestTable.unpack(digests), at };
}

/** What was verified now. */
export interface NewlyVerified {
  /** The registry root that this is of. */
  readonly root: string;
  readonly digests: DigestTable;
  /** Epoch milliseconds of each blob that was hashed; NaN where it was not right. */
  readonly checked: ReadonlyMap<DigestId, number>;
}

/** So often somebody else may put another index into its place meanwhile. */
const ATTEMPTS = 3;

/**
 * Brings times into the index at `path`: through a copy beside it and a rename, so that it is whole or as it was. An index of
 * another registry stays as it is. Throws `index-failed`.
 */
export function storeVerified(path: string, verified: NewlyVerified): void {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (storeOnce(path, verified, attempt === ATTEMPTS)) return;
  }
}

/** False where the index was replaced meanwhile, unless it is the `last` attempt: then the newer index stays as it is. */
function storeOnce(path: string, verified: NewlyVerified, last: boolean): boolean {
  const beside = temporaryNameOf(path, process.pid);
  try {
    if (readIndexFile(path, readRoot) !== verified.root) return true;
    const before = statSync(path).ino;
    copyFileSync(path, beside, constants.COPYFILE_FICLONE);
    writeTimes(beside, verified);
    if (statSync(path).ino !== before) return last;
    renameSync(beside, path);
    return true;
  } catch (cause) {
    const hint = 'what was verified is not remembered: name another file with --db, or free space where it lies';
    throw new AppError('index-failed', `the index ${path} cannot be written`, hint, { cause });
  } finally {
    rmSync(beside, { force: true });
  }
}

function writeTimes(path: string, verified: NewlyVerified): void {
  const database = new Database(path, { fileMustExist: true });
  try {
    for (const pragma of ['journal_mode = OFF', 'synchronous = OFF']) database.pragma(pragma);
    database.exec('BEGIN');
    const columns = new PackedColumns(database);
    const digests = DigestTable.unpack(columns.digests());
    const at =
      columns.find(NAME) === undefined ? new Float64Array(digests.size).fill(NaN) : columns.numbers(NAME, Float64Array);
    const update = database.prepare('UPDATE blob SET verified_at = ? WHERE id = ?');
    for (const [id, time] of verified.checked) {
      const there = digests.findFrom(verified.digests, id);
      if (there === undefined || Object.is(numberAt(at, there), time)) continue;
      at[there] = time;
      update.run(Number.isNaN(time) ? null : time, there);
    }
    database.prepare('DELETE FROM packed_column WHERE name = ?').run(NAME);
    const column = new BulkInsert(database, 'packed_column', ['name', 'piece', 'data', 'sha256']);
    writePieces(column, packVerified(at));
    column.finish();
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}
