/** Reads an index database back into the inventory that it was written from. */
import type Database from 'better-sqlite3';
import { parseDigest } from '../layout/digest.ts';
import { DigestTable } from '../inventory/digest-table.ts';
import { MANIFEST_HEALTH, MANIFEST_KINDS, REFERENCE_KINDS, type Inventory } from '../inventory/inventory.ts';
import { KnownManifests } from '../inventory/known-manifests.ts';
import type { NamedWitness } from '../inventory/witnesses.ts';
import { groupRows } from '../shared/columns.ts';
import { PackedColumns } from './packed-columns.ts';

/** The inventory of an open index. Throws `index-foreign` where what it holds makes no sense. */
export function readInventory(database: Database.Database): Inventory {
  const packed = new PackedColumns(database);
  const rest = packed.rest();
  const words = packed.words();
  const digests = packed.digests();
  const configs = packed.table('configs');
  return {
    ...rest,
    words,
    emptyFolders: packed.emptyFolders(),
    digests: DigestTable.unpack(digests),
    blobs: readBlobs(packed, digests.size),
    configs: { digest: configs.ids('digest', digests.size), created: configs.numbers('created') },
    ...readLinks(packed, digests.size, rest.repositories.length),
    ...readTags(packed, digests.size, rest.repositories.length),
    manifests: readManifests(packed, digests.size, words.length),
  };
}

/**
 * The manifests of an open index that were sound, for whom reads the volume again; `undefined` where another version of the
 * program read them. Throws `index-foreign` as `readInventory`.
 */
export function readKnownManifests(database: Database.Database): KnownManifests | undefined {
  const packed = new PackedColumns(database);
  if (!packed.isOfThisProgram) return undefined;
  const words = packed.words();
  const digests = packed.digests();
  const blobs = readBlobs(packed, digests.size);
  const manifests = readManifests(packed, digests.size, words.length);
  return new KnownManifests({ digests: DigestTable.unpack(digests), words, blobs, manifests });
}

/** The registry root that an open index is of. */
export function readRoot(database: Database.Database): string {
  const value = database.prepare<[], string>("SELECT value FROM meta WHERE key = 'root'").pluck().get();
  return String(value === undefined ? undefined : JSON.parse(value));
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

type Some<Name extends keyof Inventory> = Pick<Inventory, Name>;

function readBlobs(packed: PackedColumns, digests: number): Inventory['blobs'] {
  const blobs = packed.table('blobs', digests);
  return {
    flags: blobs.bytes('flags'),
    bytes: blobs.numbers('bytes'),
    diskBytes: blobs.numbers('diskBytes'),
    time: blobs.numbers('time'),
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
  const name = packed.tagNames().all();
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
