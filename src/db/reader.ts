/** Reads an index database back into the inventory that it was written from. */
import type Database from 'better-sqlite3';
import { digestOf, parseDigest } from '../layout/digest.ts';
import { InventoryBuilder, type ScanFacts } from '../inventory/builder.ts';
import {
  BLOB_STATED,
  BLOB_STORED,
  BLOB_UNTOUCHABLE,
  LINK_UNCERTAIN,
  ROW_UNTOUCHABLE,
  type EmptyFolder,
  type Inventory,
} from '../inventory/inventory.ts';
import type { NamedWitness } from '../inventory/witnesses.ts';
import { createProblem, PROBLEM_CODES, type Problem, type ProblemCode } from '../shared/problem.ts';
import { AppError } from '../shared/errors.ts';

/** What the volume itself says of a blob; the other flags are marks, made anew. */
const OWN_FLAGS = BLOB_STORED | BLOB_UNTOUCHABLE | BLOB_STATED;
const OWN_LINK_FLAGS = ROW_UNTOUCHABLE | LINK_UNCERTAIN;

/** The inventory of an open index. Throws `index-foreign` where its rows make no sense. */
export function readInventory(database: Database.Database): Inventory {
  const builder = new InventoryBuilder();
  const facts = readFacts(database);
  const words = readWords(database);
  readBlobs(database, builder);
  readRepositories(database, builder);
  readLinks(database, builder);
  readManifests(database, builder, words);
  readRest(database, builder);
  if (!facts.complete) builder.incomplete();
  const witnesses = database
    .prepare<[], { blob_id: number; bytes: number; modified_at: number }>('SELECT * FROM witness ORDER BY rowid')
    .all()
    .map((row) => ({ digest: row.blob_id, bytes: row.bytes, time: row.modified_at }));
  return builder.build(facts, witnesses);
}

/** The registry root that an open index is of. */
export function readRoot(database: Database.Database): string {
  return readFacts(database).root;
}

/** The witnesses of an open index. */
export function readWitnesses(database: Database.Database): readonly NamedWitness[] {
  const sql = `SELECT n.digest, w.bytes, w.modified_at FROM witness w JOIN named_blob n ON n.id = w.blob_id`;
  return database
    .prepare<[], { digest: string; bytes: number; modified_at: number }>(sql)
    .all()
    .flatMap((row) => {
      const digest = parseDigest(row.digest);
      return digest === undefined ? [] : [{ digest, bytes: row.bytes, time: row.modified_at }];
    });
}

function each<Row>(database: Database.Database, sql: string): Iterable<Row> {
  return database.prepare<[], Row>(sql).iterate();
}

function readFacts(database: Database.Database): ScanFacts & { readonly complete: boolean } {
  // An index that tells no age vouches for none.
  const facts: Record<string, unknown> = { minAgeSeconds: 0 };
  for (const row of each<{ key: string; value: string }>(database, 'SELECT key, value FROM meta')) {
    facts[row.key] = JSON.parse(row.value) as unknown;
  }
  return facts as unknown as ScanFacts & { readonly complete: boolean };
}

function readWords(database: Database.Database): readonly string[] {
  return database
    .prepare<[], { text: string }>('SELECT text FROM word ORDER BY id')
    .all()
    .map((row) => row.text);
}

interface BlobRow {
  readonly id: number;
  readonly name: string;
  readonly is_hex: number;
  readonly digest: Uint8Array;
  readonly flags: number;
  readonly bytes: number | null;
  readonly disk_bytes: number | null;
  readonly modified_at: number | null;
}

function readBlobs(database: Database.Database, builder: InventoryBuilder): void {
  const sql = `SELECT b.id, a.name, a.is_hex, b.digest, b.flags, b.bytes, b.disk_bytes, b.modified_at
    FROM blob b JOIN algorithm a ON a.id = b.algorithm_id ORDER BY b.id`;
  for (const row of each<BlobRow>(database, sql)) {
    const id = row.name === 'sha256' ? builder.digests.internSha256(row.digest, 0) : internOther(builder, row);
    if (id !== row.id) throw damaged(`blob ${row.id} stands twice`);
    builder.blob(id, row.flags & OWN_FLAGS & ~BLOB_STATED);
    if ((row.flags & BLOB_STATED) === 0) continue;
    builder.blobState(id, { bytes: row.bytes ?? NaN, diskBytes: row.disk_bytes ?? NaN, time: row.modified_at ?? NaN });
  }
}

function internOther(builder: InventoryBuilder, row: BlobRow): number {
  const digest = digestOf(row.name, Buffer.from(row.digest).toString(row.is_hex === 1 ? 'hex' : 'utf8'));
  if (digest === undefined) throw damaged(`blob ${row.id} has no digest`);
  return builder.digests.intern(digest);
}

function damaged(what: string): AppError {
  return new AppError('index-foreign', `the index is damaged: ${what}`, 'scan again with --full');
}

interface RepositoryRow {
  readonly name: string;
  readonly deletable: number;
  readonly has_manifests: number;
  readonly has_layers: number;
  readonly has_uploads: number;
}

function readRepositories(database: Database.Database, builder: InventoryBuilder): void {
  for (const row of each<RepositoryRow>(database, 'SELECT * FROM repository ORDER BY id')) {
    builder.repository({
      name: row.name,
      deletable: row.deletable === 1,
      hasManifests: row.has_manifests === 1,
      hasLayers: row.has_layers === 1,
      hasUploads: row.has_uploads === 1,
    });
  }
}

interface LinkRow {
  readonly repository_id: number;
  readonly blob_id: number;
  readonly time: number | null;
  readonly disk_bytes: number | null;
  readonly flags: number;
}

interface TagRow {
  readonly repository_id: number;
  readonly name: string;
  readonly blob_id: number | null;
  readonly pushed_at: number | null;
  readonly flags: number;
}

interface EntryRow {
  readonly tag_id: number;
  readonly blob_id: number;
  readonly linked_at: number | null;
  readonly disk_bytes: number | null;
}

function readLinks(database: Database.Database, builder: InventoryBuilder): void {
  const revisions = 'SELECT repository_id, blob_id, pushed_at AS time, disk_bytes, flags FROM revision ORDER BY rowid';
  for (const row of each<LinkRow>(database, revisions)) {
    const link = { time: row.time ?? NaN, diskBytes: row.disk_bytes ?? NaN, flags: row.flags };
    builder.revision(row.repository_id, row.blob_id, link);
  }
  const entries = database.prepare<[], EntryRow>('SELECT * FROM tag_index_entry ORDER BY tag_id, rowid').all();
  let entry = 0;
  for (const [id, row] of database.prepare<[], TagRow>('SELECT * FROM tag ORDER BY id').all().entries()) {
    const tag = { name: row.name, time: row.pushed_at ?? NaN, flags: row.flags };
    builder.tag(row.repository_id, row.blob_id ?? undefined, tag);
    for (let e = entries[entry]; e?.tag_id === id; e = entries[++entry]) {
      builder.tagIndexEntry(e.blob_id);
      if (e.linked_at !== null) builder.tagIndexEntryState(entry, stateOf(e.linked_at, e.disk_bytes));
    }
  }
  const links = 'SELECT repository_id, blob_id, linked_at AS time, disk_bytes, flags FROM layer_link ORDER BY rowid';
  let link = 0;
  for (const row of each<LinkRow>(database, links)) {
    builder.layerLink(row.repository_id, row.blob_id, row.flags & OWN_LINK_FLAGS);
    if (row.time !== null) builder.layerLinkState(link, stateOf(row.time, row.disk_bytes));
    link++;
  }
}

function stateOf(time: number, diskBytes: number | null): { bytes: number; time: number; diskBytes: number } {
  return { bytes: NaN, time, diskBytes: diskBytes ?? NaN };
}

interface ManifestRow {
  readonly id: number;
  readonly blob_id: number;
  readonly health: number;
  readonly kind: number;
  readonly media_type_id: number;
  readonly artifact_type_id: number;
  readonly subject_blob_id: number | null;
  readonly created_at: number | null;
}

interface ReferenceRow {
  readonly manifest_id: number;
  readonly blob_id: number;
  readonly kind: number;
  readonly flags: number;
  readonly bytes: number | null;
  readonly media_type_id: number;
  readonly platform_id: number;
}

function readManifests(database: Database.Database, builder: InventoryBuilder, words: readonly string[]): void {
  const word = (id: number): string => words[id] ?? '';
  const references = database
    .prepare<[], ReferenceRow>('SELECT * FROM reference ORDER BY manifest_id, rowid')
    .iterate();
  let reference = references.next();
  for (const row of database.prepare<[], ManifestRow>('SELECT * FROM manifest ORDER BY id').all()) {
    builder.manifest(row.blob_id, row.subject_blob_id ?? undefined, {
      health: row.health,
      kind: row.kind,
      mediaType: word(row.media_type_id),
      artifactType: word(row.artifact_type_id),
      bytes: NaN,
      diskBytes: NaN,
      time: NaN,
      created: row.created_at ?? NaN,
    });
    for (; reference.done !== true && reference.value.manifest_id === row.id; reference = references.next()) {
      builder.reference(reference.value.blob_id, {
        kind: reference.value.kind,
        flags: reference.value.flags,
        bytes: reference.value.bytes ?? NaN,
        mediaType: word(reference.value.media_type_id),
        platform: word(reference.value.platform_id),
      });
    }
  }
}

interface SignatureRow {
  readonly revision_id: number;
  readonly blob_id: number;
  readonly linked_at: number | null;
  readonly disk_bytes: number | null;
}

function readRest(database: Database.Database, builder: InventoryBuilder): void {
  for (const row of each<SignatureRow>(database, 'SELECT * FROM signature_link ORDER BY rowid')) {
    const link = { time: row.linked_at ?? NaN, diskBytes: row.disk_bytes ?? NaN };
    builder.signatureLink(row.revision_id - 1, row.blob_id, link);
  }
  for (const row of each<{ blob_id: number; created_at: number | null }>(
    database,
    'SELECT * FROM config ORDER BY blob_id',
  )) {
    builder.config(row.blob_id, row.created_at ?? NaN);
  }
  for (const row of each<{ from_blob_id: number; to_blob_id: number }>(
    database,
    'SELECT * FROM alias ORDER BY rowid',
  )) {
    builder.alias(row.from_blob_id, row.to_blob_id);
  }
  for (const row of each<UploadRow>(database, 'SELECT * FROM upload ORDER BY rowid')) {
    builder.upload(row.repository_id, {
      name: row.name,
      startedAt: row.started_at ?? NaN,
      newestAt: row.newest_at,
      bytes: row.bytes,
      diskBytes: row.disk_bytes,
      inodes: row.inodes,
      throughLink: row.through_link === 1,
    });
  }
  for (const row of each<FolderRow>(database, 'SELECT * FROM empty_folder ORDER BY rowid')) {
    builder.emptyFolder(row.repository_id ?? undefined, row.kind, row.path);
  }
  for (const row of each<StrayRow>(database, 'SELECT * FROM stray_file ORDER BY rowid')) {
    const file = { path: row.path, bytes: row.bytes, diskBytes: row.disk_bytes, time: row.modified_at };
    builder.strayFile(row.repository_id ?? undefined, file);
  }
  for (const row of each<ProblemRow>(database, 'SELECT * FROM problem ORDER BY rowid')) builder.problem(problemOf(row));
}

interface UploadRow {
  readonly repository_id: number;
  readonly name: string;
  readonly started_at: number | null;
  readonly newest_at: number;
  readonly bytes: number;
  readonly disk_bytes: number;
  readonly inodes: number;
  readonly through_link: number;
}

interface FolderRow {
  readonly kind: EmptyFolder['kind'];
  readonly repository_id: number | null;
  readonly path: string;
}

interface StrayRow {
  readonly repository_id: number | null;
  readonly path: string;
  readonly bytes: number;
  readonly disk_bytes: number;
  readonly modified_at: number;
}

interface ProblemRow {
  readonly code: string;
  readonly severity: string;
  readonly path: string;
  readonly repository: string | null;
  readonly tag: string | null;
  readonly digest: string | null;
  readonly message: string;
}

function problemOf(row: ProblemRow): Problem {
  const code = PROBLEM_CODES.find((known): known is ProblemCode => known === row.code);
  if (code === undefined) throw damaged(`a problem has the code ${row.code}`);
  return createProblem(code, row.severity === 'error' ? 'error' : 'warning', row.path, row.message, {
    ...(row.repository === null ? {} : { repository: row.repository }),
    ...(row.tag === null ? {} : { tag: row.tag }),
    ...(row.digest === null ? {} : { digest: row.digest }),
  });
}
