/**
 * Writes an inventory as an index database: a new file beside the old one, without a journal, renamed over it when it is
 * whole. Whoever has the old one open goes on reading it; whoever is interrupted leaves it as it was.
 */
import { renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { digestAlgorithm, digestHex, isRegisteredAlgorithm } from '../layout/digest.ts';
import { NONE, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import { AppError } from '../shared/errors.ts';
import { BulkInsert, type Value } from './bulk-insert.ts';

import { APPLICATION_ID, INDICES, SCHEMA_VERSION, TABLES, VIEWS } from './schema.ts';
import { copyPastScans, insertScan, type PastScan } from './history.ts';

/** What marking said, to be stored beside the rows so that SQL can ask for it: `FLAG_…`, one byte a row. */
export interface StoredMarks {
  readonly blobs: Uint8Array;
  readonly layerLinks: Uint8Array;
}

export const FLAG_REFERENCED = 8;
export const FLAG_TAGGED = 16;
export const FLAG_NEEDED = 2;
export const FLAG_NEEDED_BY_TAGS = 4;

/** The totals of scans that go into an index: those kept by the index at `before`, if any, and the newest. */
export interface Scans {
  readonly before: string | undefined;
  readonly newest: PastScan;
}

const PRAGMAS = ['journal_mode = OFF', 'synchronous = OFF', 'locking_mode = EXCLUSIVE', 'page_size = 8192'];

/**
 * An index that is being written. What marking does not change goes in first, so that writing and marking can go on at
 * once. Every method throws `index-failed`; then the file that was there is still there, and this one is not.
 */
export class IndexWriter {
  private readonly beside: string;
  private database: Database.Database | undefined;

  constructor(private readonly path: string) {
    this.beside = `${path}.${process.pid}.tmp`;
  }

  /** Creates the file and writes all rows that marking does not change. */
  writeRows(inventory: Inventory): void {
    this.attempt(() => {
      rmSync(this.beside, { force: true });
      const database = new Database(this.beside);
      this.database = database;
      for (const pragma of PRAGMAS) database.pragma(pragma);
      database.exec('BEGIN');
      for (const table of TABLES) database.exec(table.sql);
      const into = intoOf(database);
      fillMeta(into('meta', 'key', 'value'), inventory);
      fillRepositories(into, inventory);
      fillRevisions(into, inventory);
      fillTags(into, inventory);
      fillManifests(into, inventory);
      fillRest(into, inventory);
    });
  }

  /** Writes the rows that carry what marking said and the totals, and puts the file into its place. */
  finish(inventory: Inventory, marks: StoredMarks, scans: Scans): void {
    this.attempt(() => {
      const { database } = this;
      if (database === undefined) throw new TypeError('nothing was begun');
      fillBlobs(database, inventory, marks.blobs);
      fillLayerLinks(intoOf(database), inventory, marks.layerLinks);
      for (const index of INDICES) database.exec(index);
      for (const view of VIEWS) database.exec(view.sql);
      database.exec('COMMIT');
      if (scans.before !== undefined) copyPastScans(database, scans.before);
      insertScan(database, scans.newest);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${SCHEMA_VERSION}`);
      database.close();
      renameSync(this.beside, this.path);
    });
  }

  /** Gives up: nothing is left of what was begun. */
  abandon(): void {
    this.database?.close();
    rmSync(this.beside, { force: true });
  }

  private attempt(act: () => void): void {
    try {
      act();
    } catch (cause) {
      this.abandon();
      const hint = 'name another file with --db, or free space where it lies';
      throw new AppError('index-failed', `the index ${this.path} cannot be written`, hint, { cause });
    }
  }
}

function intoOf(database: Database.Database): Into {
  return (table, ...columns) => new BulkInsert(database, table, columns);
}

type Into = (table: string, ...columns: readonly string[]) => BulkInsert;

function fillMeta(meta: BulkInsert, inventory: Inventory): void {
  const { root, scannedAt, complete, hasRepositories, diskUsage, elsewhere, trash } = inventory;
  const facts = { root, scannedAt, complete, hasRepositories, diskUsage, elsewhere, trash };
  for (const [key, value] of Object.entries(facts)) meta.add(key, JSON.stringify(value));
  meta.finish();
}

function fillBlobs(database: Database.Database, inventory: Inventory, marks: Uint8Array): void {
  const { digests, blobs } = inventory;
  const algorithms = new Map<string, number>();
  const algorithmId = (name: string): number => {
    const known = algorithms.get(name);
    if (known !== undefined) return known;
    database
      .prepare('INSERT INTO algorithm (id, name, is_hex) VALUES (?, ?, ?)')
      .run(algorithms.size, name, isRegisteredAlgorithm(name) ? 1 : 0);
    algorithms.set(name, algorithms.size);
    return algorithms.size - 1;
  };
  const sha256 = algorithmId('sha256');
  const columns = ['id', 'algorithm_id', 'digest', 'flags', 'bytes', 'disk_bytes', 'modified_at'];
  const insert = new BulkInsert(database, 'blob', columns);
  for (let id = 0; id < digests.size; id++) {
    let algorithm = sha256;
    let raw: Uint8Array;
    if (digests.isSha256(id)) {
      raw = digests.sha256(id);
    } else {
      const digest = digests.digest(id);
      algorithm = algorithmId(digestAlgorithm(digest));
      raw = Buffer.from(digestHex(digest), isRegisteredAlgorithm(digestAlgorithm(digest)) ? 'hex' : 'utf8');
    }
    const flags = flagAt(blobs.flags, id) | flagAt(marks, id);
    insert.add(
      id,
      algorithm,
      raw,
      flags,
      numberAt(blobs.bytes, id),
      numberAt(blobs.diskBytes, id),
      numberAt(blobs.time, id),
    );
  }
  insert.finish();
}

function fillRepositories(into: Into, inventory: Inventory): void {
  const insert = into('repository', 'id', 'name', 'deletable', 'has_manifests', 'has_layers', 'has_uploads');
  for (const [id, repository] of inventory.repositories.entries()) {
    const { name, deletable, hasManifests, hasLayers, hasUploads } = repository;
    insert.add(id, name, bit(deletable), bit(hasManifests), bit(hasLayers), bit(hasUploads));
  }
  insert.finish();
}

function fillRevisions(into: Into, inventory: Inventory): void {
  const { revisions } = inventory;
  const revision = into('revision', 'repository_id', 'blob_id', 'pushed_at', 'disk_bytes', 'flags');
  for (let row = 0; row < revisions.digest.length; row++) {
    const { repository, digest, time, diskBytes, flags } = revisions;
    revision.add(
      at(repository, row),
      at(digest, row),
      numberAt(time, row),
      numberAt(diskBytes, row),
      flagAt(flags, row),
    );
  }
  revision.finish();
}

function fillTags(into: Into, inventory: Inventory): void {
  const { tags, tagIndexEntries: entries } = inventory;
  const tag = into('tag', 'id', 'repository_id', 'name', 'blob_id', 'pushed_at', 'flags');
  for (const [row, name] of tags.name.entries()) {
    tag.add(
      row,
      at(tags.repository, row),
      name,
      orNull(at(tags.current, row)),
      numberAt(tags.time, row),
      flagAt(tags.flags, row),
    );
  }
  tag.finish();
  const entry = into('tag_index_entry', 'tag_id', 'blob_id', 'linked_at', 'disk_bytes');
  for (let row = 0; row < entries.digest.length; row++) {
    entry.add(
      at(entries.tag, row),
      at(entries.digest, row),
      numberAt(entries.time, row),
      numberAt(entries.diskBytes, row),
    );
  }
  entry.finish();
}

function fillLayerLinks(into: Into, { layerLinks }: Inventory, marks: Uint8Array): void {
  const link = into('layer_link', 'repository_id', 'blob_id', 'linked_at', 'disk_bytes', 'flags');
  const { repository, digest, time, diskBytes, flags } = layerLinks;
  for (let row = 0; row < digest.length; row++) {
    const marked = flagAt(flags, row) | flagAt(marks, row);
    link.add(at(repository, row), at(digest, row), numberAt(time, row), numberAt(diskBytes, row), marked);
  }
  link.finish();
}

function fillManifests(into: Into, inventory: Inventory): void {
  const { manifests: m, words } = inventory;
  const word = into('word', 'id', 'text');
  for (const [id, text] of words.entries()) word.add(id, text);
  word.finish();
  const manifest = into(
    'manifest',
    'id',
    'blob_id',
    'health',
    'kind',
    'media_type_id',
    'artifact_type_id',
    'subject_blob_id',
  );
  const reference = into(
    'reference',
    'manifest_id',
    'blob_id',
    'kind',
    'flags',
    'bytes',
    'media_type_id',
    'platform_id',
  );
  for (let row = 0; row < m.digest.length; row++) {
    const words = [at(m.mediaType, row), at(m.artifactType, row)];
    manifest.add(
      row,
      at(m.digest, row),
      flagAt(m.health, row),
      flagAt(m.kind, row),
      ...words,
      orNull(at(m.subject, row)),
    );
    for (let edge = at(m.referenceStart, row); edge < at(m.referenceStart, row + 1); edge++) {
      const values: readonly Value[] = [
        at(m.referenceTarget, edge),
        flagAt(m.referenceKind, edge),
        flagAt(m.referenceFlags, edge),
        numberAt(m.referenceBytes, edge),
        at(m.referenceMediaType, edge),
        at(m.referencePlatform, edge),
      ];
      reference.add(row, ...values);
    }
  }
  manifest.finish();
  reference.finish();
}

function fillRest(into: Into, inventory: Inventory): void {
  const alias = into('alias', 'from_blob_id', 'to_blob_id');
  for (const { from, to } of inventory.aliases) alias.add(from, to);
  const columns = ['repository_id', 'name', 'started_at', 'newest_at', 'bytes', 'disk_bytes', 'inodes', 'through_link'];
  const upload = into('upload', ...columns);
  for (const u of inventory.uploads) {
    const times = [u.startedAt ?? null, u.newestAt];
    upload.add(u.repository, u.name, ...times, u.bytes, u.diskBytes, u.inodes, bit(u.throughLink));
  }
  const folder = into('empty_folder', 'kind', 'repository_id', 'path');
  for (const { kind, repository, path } of inventory.emptyFolders) folder.add(kind, repository ?? null, path);
  const stray = into('stray_file', 'repository_id', 'path', 'bytes', 'disk_bytes', 'modified_at');
  for (const s of inventory.strayFiles) stray.add(s.repository ?? null, s.path, s.bytes, s.diskBytes, s.time);
  const problem = into('problem', 'code', 'severity', 'path', 'repository', 'tag', 'digest', 'message');
  for (const p of inventory.problems) {
    problem.add(p.code, p.severity, p.path, p.repository ?? null, p.tag ?? null, p.digest ?? null, p.message);
  }
  const witness = into('witness', 'blob_id', 'bytes', 'modified_at');
  for (const { digest, bytes, time } of inventory.witnesses) witness.add(digest, bytes, time);
  for (const insert of [alias, upload, folder, stray, problem, witness]) insert.finish();
}

function bit(value: boolean): number {
  return value ? 1 : 0;
}

function orNull(id: number): number | null {
  return id === NONE ? null : id;
}
