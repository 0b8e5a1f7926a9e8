/** Totals of scans, kept from one index to the next. */
import type Database from 'better-sqlite3';
import { BulkInsert } from './bulk-insert.ts';

export interface PastRepository {
  readonly name: string;
  readonly tags: number;
  readonly revisions: number;
  /** Bytes that its revisions and tags reach. */
  readonly referencedBytes: number;
  /** Bytes that its tags reach. */
  readonly taggedBytes: number;
  /** Bytes of its orphaned layers. */
  readonly orphanedBytes: number;
}

export interface PastTotals {
  /** Epoch milliseconds. */
  readonly scannedAt: number;
  readonly repositories: number;
  readonly tags: number;
  readonly revisions: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly referencedBytes: number;
  readonly taggedBytes: number;
  /** Of the file system; null where it did not say. */
  readonly freeBytes: number | null;
  readonly capacityBytes: number | null;
}

export interface PastScan extends PastTotals {
  readonly perRepository: readonly PastRepository[];
  /** Repositories of earlier scans that were gone, that no run of ours had taken, and that nobody has accepted as lost. */
  readonly lost: readonly string[];
}

/** So many scans are kept; older ones are forgotten. */
const KEPT_SCANS = 100;

const TOTALS = `scanned_at AS scannedAt, repositories, tags, revisions, blobs, bytes, referenced_bytes AS referencedBytes,
  tagged_bytes AS taggedBytes, free_bytes AS freeBytes, capacity_bytes AS capacityBytes`;
const PER_REPOSITORY = `SELECT name, tags, revisions, referenced_bytes AS referencedBytes, tagged_bytes AS taggedBytes,
  orphaned_bytes AS orphanedBytes FROM scan_repository WHERE scan_id = ? ORDER BY name`;

/** Copies the newest scans of the index at `from` into the one that is being written, and leaves room for one more. */
export function copyPastScans(database: Database.Database, from: string): void {
  database.prepare('ATTACH ? AS before').run(from);
  database.exec(`
    INSERT INTO scan SELECT * FROM before.scan ORDER BY id DESC LIMIT ${KEPT_SCANS - 1};
    INSERT INTO scan_repository SELECT * FROM before.scan_repository WHERE scan_id IN (SELECT id FROM scan);
  `);
  database.exec('DETACH before');
}

/** Writes one scan, as the newest. */
export function insertScan(database: Database.Database, s: PastScan): void {
  const next = database.prepare<[], { readonly id: number }>('SELECT coalesce(max(id), 0) + 1 AS id FROM scan').get();
  const id = next?.id ?? 1;
  const bytes = ['bytes', 'referenced_bytes', 'tagged_bytes', 'free_bytes', 'capacity_bytes'];
  const counts = ['repositories', 'tags', 'revisions', 'blobs'];
  const scan = new BulkInsert(database, 'scan', ['id', 'scanned_at', ...counts, ...bytes]);
  const counted = [s.repositories, s.tags, s.revisions, s.blobs];
  scan.add(id, s.scannedAt, ...counted, s.bytes, s.referencedBytes, s.taggedBytes, s.freeBytes, s.capacityBytes);
  scan.finish();
  const lost = new BulkInsert(database, 'lost_repository', ['name']);
  for (const name of s.lost) lost.add(name);
  lost.finish();
  const shared = ['name', 'tags', 'revisions', 'referenced_bytes', 'tagged_bytes', 'orphaned_bytes'];
  const perRepository = new BulkInsert(database, 'scan_repository', ['scan_id', ...shared]);
  for (const r of s.perRepository) {
    perRepository.add(id, r.name, r.tags, r.revisions, r.referencedBytes, r.taggedBytes, r.orphanedBytes);
  }
  perRepository.finish();
}

type WithId<T> = T & { readonly id: number };

/** A scan that an index keeps: `back` 0 is the newest, 1 the one before. `undefined` where there is none. */
export function readPastScan(database: Database.Database, back: number): PastScan | undefined {
  const sql = `SELECT id, ${TOTALS} FROM scan ORDER BY id DESC LIMIT 1 OFFSET ?`;
  const row = database.prepare<[number], WithId<PastTotals>>(sql).get(back);
  if (row === undefined) return undefined;
  const { id, ...totals } = row;
  const lost = database.prepare<[], { readonly name: string }>('SELECT name FROM lost_repository ORDER BY name').all();
  const perRepository = database.prepare<[number], PastRepository>(PER_REPOSITORY).all(id);
  return { ...totals, perRepository, lost: lost.map(({ name }) => name) };
}

/** All scans that an open index keeps; what it says of repositories is read when it is asked for. */
export class KeptScans {
  /** The oldest first. */
  readonly scans: readonly PastTotals[];
  private readonly ids: readonly number[];

  constructor(private readonly database: Database.Database) {
    this.scans = database.prepare<[], PastTotals>(`SELECT ${TOTALS} FROM scan ORDER BY id`).all();
    this.ids = database.prepare<[], number>('SELECT id FROM scan ORDER BY id').pluck().all();
  }

  /** The repositories of the scan at this place of `scans`, by name. */
  repositoriesOf(place: number): readonly PastRepository[] {
    return this.database.prepare<[number | undefined], PastRepository>(PER_REPOSITORY).all(this.ids[place]);
  }

  /** The referenced bytes of a repository in each of `scans`; null where it was not there. */
  referencedBytesOf(name: string): readonly (number | null)[] {
    const sql = 'SELECT referenced_bytes FROM scan_repository WHERE scan_id = ? AND name = ?';
    const query = this.database.prepare<[number, string], number>(sql).pluck();
    return this.ids.map((id) => query.get(id, name) ?? null);
  }
}
