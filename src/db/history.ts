/** Totals of scans, kept from one index to the next. */
import type Database from 'better-sqlite3';
import { BulkInsert } from './bulk-insert.ts';

interface PastRepository {
  readonly name: string;
  readonly tags: number;
  readonly revisions: number;
  /** Bytes that its revisions and tags reach. */
  readonly referencedBytes: number;
  /** Bytes that its tags reach. */
  readonly taggedBytes: number;
}

export interface PastScan {
  /** Epoch milliseconds. */
  readonly scannedAt: number;
  readonly repositories: number;
  readonly tags: number;
  readonly revisions: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly referencedBytes: number;
  readonly taggedBytes: number;
  readonly perRepository: readonly PastRepository[];
  /** Repositories of earlier scans that were gone, that no run of ours had taken, and that nobody has accepted as lost. */
  readonly lost: readonly string[];
}

/** So many scans are kept; older ones are forgotten. */
const KEPT_SCANS = 100;

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
  const columns = ['repositories', 'tags', 'revisions', 'blobs', 'bytes', 'referenced_bytes', 'tagged_bytes'];
  const scan = new BulkInsert(database, 'scan', ['id', 'scanned_at', ...columns]);
  scan.add(id, s.scannedAt, s.repositories, s.tags, s.revisions, s.blobs, s.bytes, s.referencedBytes, s.taggedBytes);
  scan.finish();
  const shared = ['name', 'tags', 'revisions', 'referenced_bytes', 'tagged_bytes'];
  const perRepository = new BulkInsert(database, 'scan_repository', ['scan_id', ...shared]);
  const lost = new BulkInsert(database, 'lost_repository', ['name']);
  for (const name of s.lost) lost.add(name);
  lost.finish();
  for (const r of s.perRepository) perRepository.add(id, r.name, r.tags, r.revisions, r.referencedBytes, r.taggedBytes);
  perRepository.finish();
}

interface ScanRow {
  readonly id: number;
  readonly scanned_at: number;
  readonly repositories: number;
  readonly tags: number;
  readonly revisions: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly referenced_bytes: number;
  readonly tagged_bytes: number;
}

interface RepositoryRow {
  readonly name: string;
  readonly tags: number;
  readonly revisions: number;
  readonly referenced_bytes: number;
  readonly tagged_bytes: number;
}

/** A scan that an index keeps: `back` 0 is the newest, 1 the one before. `undefined` where there is none. */
export function readPastScan(database: Database.Database, back: number): PastScan | undefined {
  const row = database.prepare<[number], ScanRow>('SELECT * FROM scan ORDER BY id DESC LIMIT 1 OFFSET ?').get(back);
  if (row === undefined) return undefined;
  const rows = database
    .prepare<[number], RepositoryRow>('SELECT * FROM scan_repository WHERE scan_id = ? ORDER BY name')
    .all(row.id);
  const lost = database.prepare<[], { readonly name: string }>('SELECT name FROM lost_repository ORDER BY name').all();
  return {
    scannedAt: row.scanned_at,
    lost: lost.map(({ name }) => name),
    repositories: row.repositories,
    tags: row.tags,
    revisions: row.revisions,
    blobs: row.blobs,
    bytes: row.bytes,
    referencedBytes: row.referenced_bytes,
    taggedBytes: row.tagged_bytes,
    perRepository: rows.map((r) => ({
      name: r.name,
      tags: r.tags,
      revisions: r.revisions,
      referencedBytes: r.referenced_bytes,
      taggedBytes: r.tagged_bytes,
    })),
  };
}
