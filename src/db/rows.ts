/** The rows of an inventory, table by table. What is not known is null. */
import type Database from 'better-sqlite3';
import { digestAlgorithm, digestHex, isRegisteredAlgorithm } from '../layout/digest.ts';
import { NONE, type Inventory, type Manifests } from '../inventory/inventory.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import { BulkInsert } from './bulk-insert.ts';

/** Opens a table for inserting into these columns. */
export type Into = (table: string, ...columns: readonly string[]) => BulkInsert;

export function fillMeta(meta: BulkInsert, inventory: Inventory): void {
  const { root, scannedAt, minAgeSeconds, complete, hasRepositories, diskUsage, elsewhere, trash } = inventory;
  const facts = { root, scannedAt, minAgeSeconds, complete, hasRepositories, diskUsage, elsewhere, trash };
  for (const [key, value] of Object.entries(facts)) meta.add(key, JSON.stringify(value));
  meta.finish();
}

/** `verifiedAt`: by digest id, epoch milliseconds, NaN for never; absent: never any. */
export function fillBlobs(
  database: Database.Database,
  inventory: Inventory,
  marks: Uint8Array,
  verifiedAt?: Float64Array,
): void {
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
  const columns = ['id', 'algorithm_id', 'digest', 'flags', 'bytes', 'disk_bytes', 'modified_at', 'verified_at'];
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
      verifiedAt === undefined ? NaN : numberAt(verifiedAt, id),
    );
  }
  insert.finish();
}

export function fillRepositories(into: Into, inventory: Pick<Inventory, 'repositories'>): void {
  const insert = into('repository', 'id', 'name', 'deletable', 'has_manifests', 'has_layers', 'has_uploads');
  for (const [id, repository] of inventory.repositories.entries()) {
    const { name, deletable, hasManifests, hasLayers, hasUploads } = repository;
    insert.add(id, name, bit(deletable), bit(hasManifests), bit(hasLayers), bit(hasUploads));
  }
  insert.finish();
}

export function fillRevisions(into: Into, inventory: Pick<Inventory, 'revisions'>): void {
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

export function fillTags(into: Into, { tags }: Inventory): void {
  const tag = into('tag', 'id', 'repository_id', 'name', 'blob_id', 'pushed_at', 'flags');
  const { repository, current, time, flags } = tags;
  for (const [row, name] of tags.name.entries()) {
    tag.add(row, at(repository, row), name, orNull(at(current, row)), numberAt(time, row), flagAt(flags, row));
  }
  tag.finish();
}

export function fillTagIndexEntries(into: Into, { tagIndexEntries }: Inventory): void {
  const entry = into('tag_index_entry', 'tag_id', 'blob_id', 'linked_at', 'disk_bytes');
  const { tag, digest, time, diskBytes } = tagIndexEntries;
  for (let row = 0; row < digest.length; row++) {
    entry.add(at(tag, row), at(digest, row), numberAt(time, row), numberAt(diskBytes, row));
  }
  entry.finish();
}

export function fillLayerLinks(into: Into, { layerLinks }: Inventory, marks: Uint8Array): void {
  const link = into('layer_link', 'repository_id', 'blob_id', 'linked_at', 'disk_bytes', 'flags');
  const { repository, digest, time, diskBytes, flags } = layerLinks;
  for (let row = 0; row < digest.length; row++) {
    const marked = flagAt(flags, row) | flagAt(marks, row);
    link.add(at(repository, row), at(digest, row), numberAt(time, row), numberAt(diskBytes, row), marked);
  }
  link.finish();
}

/** Words from number `from` on. */
export function fillWords(into: Into, words: readonly string[], from: number): void {
  const word = into('word', 'id', 'text');
  for (let id = from; id < words.length; id++) word.add(id, words[id] ?? '');
  word.finish();
}

const MANIFEST_COLUMNS = [
  'id',
  'blob_id',
  'health',
  'kind',
  'media_type_id',
  'artifact_type_id',
  'subject_blob_id',
  'created_at',
];
const REFERENCE_COLUMNS = ['manifest_id', 'blob_id', 'kind', 'flags', 'bytes', 'media_type_id', 'platform_id'];

/** Manifests from row `from` on, with what they name. */
export function fillManifests(into: Into, m: Manifests, from: number): void {
  const manifest = into('manifest', ...MANIFEST_COLUMNS);
  const reference = into('reference', ...REFERENCE_COLUMNS);
  for (let row = from; row < m.digest.length; row++) {
    manifest.add(
      row,
      at(m.digest, row),
      flagAt(m.health, row),
      flagAt(m.kind, row),
      at(m.mediaType, row),
      at(m.artifactType, row),
      orNull(at(m.subject, row)),
      numberAt(m.created, row),
    );
    for (let edge = at(m.referenceStart, row); edge < at(m.referenceStart, row + 1); edge++) {
      reference.add(
        row,
        at(m.referenceTarget, edge),
        flagAt(m.referenceKind, edge),
        flagAt(m.referenceFlags, edge),
        numberAt(m.referenceBytes, edge),
        at(m.referenceMediaType, edge),
        at(m.referencePlatform, edge),
      );
    }
  }
  manifest.finish();
  reference.finish();
}

function fillSignatureLinks(into: Into, { signatureLinks }: Inventory): void {
  const link = into('signature_link', 'revision_id', 'blob_id', 'linked_at', 'disk_bytes');
  const { revision, digest, time, diskBytes } = signatureLinks;
  for (let row = 0; row < digest.length; row++) {
    link.add(at(revision, row) + 1, at(digest, row), numberAt(time, row), numberAt(diskBytes, row));
  }
  link.finish();
}

function fillConfigs(into: Into, { configs }: Inventory): void {
  const config = into('config', 'blob_id', 'created_at');
  for (let row = 0; row < configs.digest.length; row++) {
    config.add(at(configs.digest, row), numberAt(configs.created, row));
  }
  config.finish();
}

export function fillRest(into: Into, inventory: Inventory): void {
  fillSignatureLinks(into, inventory);
  fillConfigs(into, inventory);
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
