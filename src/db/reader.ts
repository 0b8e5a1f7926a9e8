/** Reads an index database back into the inventory that it was written from. */
import type Database from 'better-sqlite3';
import { parseDigest } from '../layout/digest.ts';
import type { ScanFacts } from '../inventory/builder.ts';
import { DigestTable } from '../inventory/digest-table.ts';
import {
  MANIFEST_HEALTH,
  MANIFEST_KINDS,
  REFERENCE_KINDS,
  type EmptyFolder,
  type Inventory,
} from '../inventory/inventory.ts';
import { KnownManifests } from '../inventory/known-manifests.ts';
import type { NamedWitness } from '../inventory/witnesses.ts';
import { groupRows } from '../shared/columns.ts';
import { createProblem, PROBLEM_CODES, type Problem, type ProblemCode } from '../shared/problem.ts';
import { damaged } from './damaged.ts';
import { PackedColumns } from './packed-columns.ts';

/** The inventory of an open index. Throws `index-foreign` where what it holds makes no sense. */
export function readInventory(database: Database.Database): Inventory {
  const packed = new PackedColumns(database);
  const repositories = readRepositories(database);
  const words = packed.texts('words');
  const digests = packed.digests();
  return {
    ...readFacts(database),
    repositories,
    words,
    digests: DigestTable.unpack(digests),
    ...readBlobs(packed, digests.size),
    ...readLinks(packed, digests.size, repositories.length),
    ...readTags(packed, digests.size, repositories.length),
    manifests: readManifests(packed, digests.size, words.length),
    ...readRest(database),
  };
}

/** The manifests of an open index that were sound, for whom reads the volume again. Throws `index-foreign` as `readInventory`. */
export function readKnownManifests(database: Database.Database): KnownManifests {
  const packed = new PackedColumns(database);
  const words = packed.texts('words');
  const digests = packed.digests();
  const { blobs } = readBlobs(packed, digests.size);
  const manifests = readManifests(packed, digests.size, words.length);
  return new KnownManifests({ digests: DigestTable.unpack(digests), words, blobs, manifests });
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

function readFacts(database: Database.Database): ScanFacts & { readonly complete: boolean } {
  // An index that tells no age vouches for none.
  const facts: Record<string, unknown> = { minAgeSeconds: 0 };
  const rows = database.prepare<[], { key: string; value: string }>('SELECT key, value FROM meta').all();
  for (const { key, value } of rows) facts[key] = JSON.parse(value) as unknown;
  return facts as unknown as ScanFacts & { readonly complete: boolean };
}

interface RepositoryRow {
  readonly name: string;
  readonly deletable: number;
  readonly has_manifests: number;
  readonly has_layers: number;
  readonly has_uploads: number;
}

function readRepositories(database: Database.Database): Inventory['repositories'] {
  return database
    .prepare<[], RepositoryRow>('SELECT * FROM repository ORDER BY id')
    .all()
    .map((row) => ({
      name: row.name,
      deletable: row.deletable === 1,
      hasManifests: row.has_manifests === 1,
      hasLayers: row.has_layers === 1,
      hasUploads: row.has_uploads === 1,
    }));
}

type Some<Name extends keyof Inventory> = Pick<Inventory, Name>;

function readBlobs(packed: PackedColumns, digests: number): Some<'blobs' | 'configs'> {
  const blobs = packed.table('blobs', digests);
  const configs = packed.table('configs');
  return {
    blobs: {
      flags: blobs.bytes('flags'),
      bytes: blobs.numbers('bytes'),
      diskBytes: blobs.numbers('diskBytes'),
      time: blobs.numbers('time'),
    },
    configs: { digest: configs.ids('digest', digests), created: configs.numbers('created') },
  };
}

function readLinks(
  packed: PackedColumns,
  digests: number,
  repositories: number,
): Some<'revisions' | 'layerLinks' | 'signatureLinks'> {
  const linksOf = (name: 'revisions' | 'layerLinks'): Inventory['revisions'] => {
    const table = packed.table(name);
    const repository = table.ids('repository', repositories);
    return {
      repository,
      digest: table.ids('digest', digests),
      time: table.numbers('time'),
      diskBytes: table.numbers('diskBytes'),
      flags: table.bytes('flags'),
      byRepository: groupRows(repository, repositories),
    };
  };
  const revisions = linksOf('revisions');
  const signatures = packed.table('signatureLinks');
  return {
    revisions,
    layerLinks: linksOf('layerLinks'),
    signatureLinks: {
      revision: signatures.ids('revision', revisions.digest.length),
      digest: signatures.ids('digest', digests),
      time: signatures.numbers('time'),
      diskBytes: signatures.numbers('diskBytes'),
    },
  };
}

function readTags(packed: PackedColumns, digests: number, repositories: number): Some<'tags' | 'tagIndexEntries'> {
  const name = packed.texts('tags.name');
  const tags = packed.table('tags', name.length);
  const entries = packed.table('tagIndexEntries');
  const repository = tags.ids('repository', repositories);
  const tag = entries.ids('tag', name.length);
  return {
    tags: {
      repository,
      name,
      current: tags.idsOrNone('current', digests),
      time: tags.numbers('time'),
      flags: tags.bytes('flags'),
      byRepository: groupRows(repository, repositories),
    },
    tagIndexEntries: {
      tag,
      digest: entries.ids('digest', digests),
      time: entries.numbers('time'),
      diskBytes: entries.numbers('diskBytes'),
      byTag: groupRows(tag, name.length),
    },
  };
}

function readManifests(packed: PackedColumns, digests: number, words: number): Inventory['manifests'] {
  const manifests = packed.table('manifests');
  const references = packed.table('manifests');
  const digest = manifests.ids('digest', digests);
  const referenceTarget = references.ids('referenceTarget', digests);
  const referenceStart = packed.table('manifests', digest.length + 1).starts('referenceStart', referenceTarget.length);
  return {
    digest,
    health: manifests.bytes('health', MANIFEST_HEALTH.length),
    kind: manifests.bytes('kind', MANIFEST_KINDS.length),
    mediaType: manifests.ids('mediaType', words),
    artifactType: manifests.ids('artifactType', words),
    subject: manifests.idsOrNone('subject', digests),
    created: manifests.numbers('created'),
    referenceStart,
    referenceTarget,
    referenceKind: references.bytes('referenceKind', REFERENCE_KINDS.length),
    referenceFlags: references.bytes('referenceFlags'),
    referenceBytes: references.numbers('referenceBytes'),
    referenceMediaType: references.ids('referenceMediaType', words),
    referencePlatform: references.ids('referencePlatform', words),
  };
}

function readRest(
  database: Database.Database,
): Some<'aliases' | 'uploads' | 'emptyFolders' | 'strayFiles' | 'problems' | 'witnesses'> {
  const all = (table: string): readonly unknown[] => database.prepare(`SELECT * FROM ${table} ORDER BY rowid`).all();
  return {
    aliases: (all('alias') as readonly AliasRow[]).map((row) => ({ from: row.from_blob_id, to: row.to_blob_id })),
    uploads: (all('upload') as readonly UploadRow[]).map((row) => ({
      repository: row.repository_id,
      name: row.name,
      startedAt: row.started_at ?? undefined,
      newestAt: row.newest_at,
      bytes: row.bytes,
      diskBytes: row.disk_bytes,
      inodes: row.inodes,
      throughLink: row.through_link === 1,
    })),
    emptyFolders: (all('empty_folder') as readonly FolderRow[]).map(({ kind, path, repository_id }) => ({
      kind,
      repository: repository_id ?? undefined,
      path,
    })),
    strayFiles: (all('stray_file') as readonly StrayRow[]).map((row) => ({
      repository: row.repository_id ?? undefined,
      path: row.path,
      bytes: row.bytes,
      diskBytes: row.disk_bytes,
      time: row.modified_at,
    })),
    problems: (all('problem') as readonly ProblemRow[]).map(problemOf),
    witnesses: (all('witness') as readonly WitnessRow[]).map((row) => ({
      digest: row.blob_id,
      bytes: row.bytes,
      time: row.modified_at,
    })),
  };
}

interface AliasRow {
  readonly from_blob_id: number;
  readonly to_blob_id: number;
}

interface WitnessRow {
  readonly blob_id: number;
  readonly bytes: number;
  readonly modified_at: number;
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
