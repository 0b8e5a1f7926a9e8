/**
 * Reads of an index as much as one repository needs: its rows, and what they reach. It is an inventory as any other, so whoever
 * lists it does what is done with a whole one.
 */
import type Database from 'better-sqlite3';
import { DigestTable, SHA256_WORDS, type DigestId } from '../inventory/digest-table.ts';
import { NONE, type Alias, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, groupRows, unsignedAt } from '../shared/columns.ts';
import { addTo } from '../shared/lists.ts';
import { damaged } from './damaged.ts';
import { PackedColumns } from './packed-columns.ts';

/** Part of an inventory, with numbers of its own for digests and rows. */
export interface RepositoryPart {
  /** All repositories by name; tags of the one; what it reaches, with all revisions of that. No layer links, no history. */
  readonly inventory: Inventory;
  /** Of each digest in it the id that it has in the index. */
  readonly digests: readonly DigestId[];
  /** Of each revision in it the row that it has in the index. */
  readonly revisions: Uint32Array;
}

/** Reads the first of the named repositories that there is; none of them: the names alone. Throws as `readInventory`. */
export function readRepository(database: Database.Database, names: readonly string[]): RepositoryPart {
  const packed = new PackedColumns(database);
  const rest = packed.rest();
  const ids = names.map((name) => rest.repositories.findIndex((repository) => repository.name === name));
  const repository = ids.find((id) => id !== -1) ?? NONE;
  const columns = new WholeColumns(packed, rest.repositories.length, rest.aliases);
  const tags = rowsWhere(columns.tagRepository, (owner) => owner === repository);
  const reached = new Reached(columns);
  for (const row of tags) if (at(columns.tagCurrent, row) !== NONE) reached.add(at(columns.tagCurrent, row));
  for (let row = 0; row < columns.revisionDigest.length; row++) {
    if (unsignedAt(columns.revisionRepository, row) === repository)
      reached.add(unsignedAt(columns.revisionDigest, row));
  }
  reached.follow();
  const revisions = rowsWhere(columns.revisionDigest, (id) => reached.has(id));
  const part = new Part(columns, reached, rest.repositories.length);
  const inventory: Inventory = {
    ...rest,
    words: packed.texts('words'),
    digests: part.digests(),
    blobs: part.blobs(),
    manifests: part.manifests(),
    configs: { digest: new Uint32Array(), created: new Float64Array() },
    revisions: part.revisions(revisions),
    tags: part.tags(tags),
    tagIndexEntries: noEntries(tags.length),
    layerLinks: noLayerLinks(rest.repositories.length),
    signatureLinks: part.signatureLinks(revisions),
    aliases: part.aliases(),
  };
  return { inventory, digests: reached.ids, revisions };
}

function rowsWhere(column: Uint32Array, isWanted: (value: number) => boolean): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < column.length; row++) if (isWanted(unsignedAt(column, row))) rows.push(row);
  return Uint32Array.from(rows);
}

/** What is asked for so often, or is so small, that all of it is read. */
class WholeColumns {
  readonly blobFlags: Uint8Array;
  readonly tagRepository: Uint32Array;
  readonly tagCurrent: Int32Array;
  readonly revisionRepository: Uint32Array;
  readonly revisionDigest: Uint32Array;
  readonly manifestDigest: Uint32Array;
  readonly manifestSubject: Int32Array;
  readonly signedRevision: Uint32Array;
  readonly signature: Uint32Array;

  constructor(
    readonly packed: PackedColumns,
    repositories: number,
    readonly aliases: readonly Alias[],
  ) {
    const [tags, revisions] = [packed.table('tags'), packed.table('revisions')];
    const [manifests, signatures] = [packed.table('manifests'), packed.table('signatureLinks')];
    this.blobFlags = packed.table('blobs').bytes('flags');
    const digests = this.digests;
    this.tagRepository = tags.ids('repository', repositories);
    this.tagCurrent = tags.idsOrNone('current', digests);
    this.revisionRepository = revisions.ids('repository', repositories);
    this.revisionDigest = revisions.ids('digest', digests);
    this.manifestDigest = manifests.ids('digest', digests);
    this.manifestSubject = manifests.idsOrNone('subject', digests);
    this.signedRevision = signatures.ids('revision', this.revisionDigest.length);
    this.signature = signatures.ids('digest', digests);
  }

  get digests(): number {
    return this.blobFlags.length;
  }
}

/** What is reached through manifests, aliases, signatures and referrers, as `buildGraph` has them, and through subjects. */
class Reached {
  /** Of each digest its number here, from 1 on; 0: it is not reached. */
  private readonly place: Uint32Array;
  readonly ids: DigestId[] = [];
  /** Of each digest a row of `manifests` that is about it, and of each row the next of the same: from 1 on. */
  private readonly firstRow: Uint32Array;
  private readonly nextRow: Uint32Array;
  /** What a digest keeps beside what its documents name. */
  private readonly others = new Map<DigestId, DigestId[]>();

  constructor(private readonly columns: WholeColumns) {
    const { digests, manifestDigest } = columns;
    this.place = new Uint32Array(digests);
    this.firstRow = new Uint32Array(digests);
    this.nextRow = new Uint32Array(manifestDigest.length);
    for (let row = 0; row < manifestDigest.length; row++) {
      const id = unsignedAt(manifestDigest, row);
      this.nextRow[row] = unsignedAt(this.firstRow, id);
      this.firstRow[id] = row + 1;
    }
    this.addOthers();
  }

  private addOthers(): void {
    const { aliases, digests, manifestDigest, manifestSubject, revisionDigest, signature, signedRevision } =
      this.columns;
    for (const { from, to } of aliases) {
      if (!(from < digests && to < digests)) throw damaged('an alias names no digest');
      addTo(this.others, from, to);
    }
    for (let row = 0; row < signature.length; row++) {
      addTo(this.others, unsignedAt(revisionDigest, unsignedAt(signedRevision, row)), unsignedAt(signature, row));
    }
    const isRevision = new Uint8Array(digests);
    for (let row = 0; row < revisionDigest.length; row++) isRevision[unsignedAt(revisionDigest, row)] = 1;
    for (let row = 0; row < manifestSubject.length; row++) {
      const subject = at(manifestSubject, row);
      const referrer = unsignedAt(manifestDigest, row);
      if (subject !== NONE && isRevision[referrer] === 1) addTo(this.others, subject, referrer);
    }
  }

  add(id: DigestId): void {
    if (this.place[id] !== 0) return;
    this.ids.push(id);
    this.place[id] = this.ids.length;
  }

  follow(): void {
    const { packed, digests } = this.columns;
    const start = packed.paged('manifests.referenceStart', Uint32Array);
    const target = packed.paged('manifests.referenceTarget', Uint32Array);
    for (let next = 0; next < this.ids.length; next++) {
      const id = this.ids[next] ?? NONE;
      for (const row of this.manifestsOf(id)) {
        const end = start.at(row + 1);
        for (let edge = start.at(row); edge < end; edge++) {
          const named = target.at(edge);
          if (named >= digests) throw damaged(`manifests.referenceTarget holds ${named}, and there are ${digests}`);
          this.add(named);
        }
        // It is shown with its size, though nothing keeps it.
        const subject = at(this.columns.manifestSubject, row);
        if (subject !== NONE) this.add(subject);
      }
      for (const other of this.others.get(id) ?? []) this.add(other);
    }
  }

  /** The rows of `manifests` that are about a digest. */
  *manifestsOf(id: DigestId): Iterable<number> {
    for (let row = unsignedAt(this.firstRow, id); row !== 0; row = unsignedAt(this.nextRow, row - 1)) yield row - 1;
  }

  has(id: DigestId): boolean {
    return this.place[id] !== 0;
  }

  /** The number here of a digest that is reached; `NONE` of any other. */
  numberOf(id: DigestId): number {
    return id === NONE ? NONE : unsignedAt(this.place, id) - 1;
  }
}

/** The tables of the part, out of those of the index: what a listing shows, and what `buildGraph` goes by. */
class Part {
  constructor(
    private readonly columns: WholeColumns,
    private readonly reached: Reached,
    private readonly repositories: number,
  ) {}

  digests(): DigestTable {
    const { reached } = this;
    const given = this.columns.packed.paged('digests.words', Uint32Array);
    const words = new Uint32Array(reached.ids.length * SHA256_WORDS);
    for (const [place, id] of reached.ids.entries()) {
      for (let word = 0; word < SHA256_WORDS; word++) {
        words[place * SHA256_WORDS + word] = given.at(id * SHA256_WORDS + word);
      }
    }
    const others = this.columns.packed
      .otherDigests(this.columns.digests)
      .filter(([id]) => reached.has(id))
      .map(([id, digest]) => [reached.numberOf(id), digest] as const);
    return DigestTable.unpack({ size: reached.ids.length, words, others });
  }

  blobs(): Inventory['blobs'] {
    const { ids } = this.reached;
    const bytes = this.columns.packed.paged('blobs.bytes', Float64Array);
    const unknown = new Float64Array(ids.length).fill(NaN);
    return {
      flags: Uint8Array.from(ids, (id) => flagAt(this.columns.blobFlags, id)),
      bytes: Float64Array.from(ids, (id) => bytes.at(id)),
      diskBytes: unknown,
      time: unknown,
    };
  }

  manifests(): Inventory['manifests'] {
    const { manifestDigest, manifestSubject, packed } = this.columns;
    const { reached } = this;
    const rows = rowsWhere(manifestDigest, (id) => reached.has(id));
    const start = packed.paged('manifests.referenceStart', Uint32Array);
    const edges: number[] = [];
    const referenceStart = new Uint32Array(rows.length + 1);
    for (const [place, row] of rows.entries()) {
      for (let edge = start.at(row); edge < start.at(row + 1); edge++) edges.push(edge);
      referenceStart[place + 1] = edges.length;
    }
    const target = packed.paged('manifests.referenceTarget', Uint32Array);
    const kind = packed.paged('manifests.referenceKind', Uint8Array);
    const words = (column: string, of: Iterable<number>): Uint32Array => {
      const paged = packed.paged(`manifests.${column}`, Uint32Array);
      return Uint32Array.from(of, (row) => paged.at(row));
    };
    return {
      digest: Uint32Array.from(rows, (row) => reached.numberOf(unsignedAt(manifestDigest, row))),
      health: new Uint8Array(rows.length),
      kind: new Uint8Array(rows.length),
      mediaType: words('mediaType', rows),
      artifactType: words('artifactType', rows),
      subject: Int32Array.from(rows, (row) => reached.numberOf(at(manifestSubject, row))),
      created: new Float64Array(rows.length).fill(NaN),
      referenceStart,
      referenceTarget: Uint32Array.from(edges, (edge) => reached.numberOf(target.at(edge))),
      referenceKind: Uint8Array.from(edges, (edge) => kind.at(edge)),
      referenceFlags: new Uint8Array(edges.length),
      referenceBytes: new Float64Array(edges.length).fill(NaN),
      referenceMediaType: words('referenceMediaType', edges),
      referencePlatform: words('referencePlatform', edges),
    };
  }

  revisions(rows: Uint32Array): Inventory['revisions'] {
    const { packed, revisionDigest, revisionRepository } = this.columns;
    const time = packed.paged('revisions.time', Float64Array);
    const repository = rows.map((row) => unsignedAt(revisionRepository, row));
    return {
      repository,
      digest: rows.map((row) => this.reached.numberOf(unsignedAt(revisionDigest, row))),
      time: Float64Array.from(rows, (row) => time.at(row)),
      diskBytes: new Float64Array(rows.length).fill(NaN),
      flags: new Uint8Array(rows.length),
      byRepository: groupRows(repository, this.repositories),
    };
  }

  tags(rows: Uint32Array): Inventory['tags'] {
    const { packed, tagCurrent, tagRepository } = this.columns;
    const time = packed.paged('tags.time', Float64Array);
    const names = rows.length === 0 ? [] : packed.texts('tags.name');
    const repository = rows.map((row) => unsignedAt(tagRepository, row));
    return {
      repository,
      name: Array.from(rows, (row) => names[row] ?? ''),
      current: Int32Array.from(rows, (row) => this.reached.numberOf(at(tagCurrent, row))),
      time: Float64Array.from(rows, (row) => time.at(row)),
      flags: new Uint8Array(rows.length),
      byRepository: groupRows(repository, this.repositories),
    };
  }

  /** `revisions`: the rows that are in the part. */
  signatureLinks(revisions: Uint32Array): Inventory['signatureLinks'] {
    const { signature, signedRevision } = this.columns;
    const places = new Map(Array.from(revisions, (row, place) => [row, place]));
    const rows = rowsWhere(signedRevision, (revision) => places.has(revision));
    return {
      revision: rows.map((row) => places.get(unsignedAt(signedRevision, row)) ?? 0),
      digest: rows.map((row) => this.reached.numberOf(unsignedAt(signature, row))),
      time: new Float64Array(rows.length).fill(NaN),
      diskBytes: new Float64Array(rows.length).fill(NaN),
    };
  }

  aliases(): Inventory['aliases'] {
    const { reached } = this;
    return this.columns.aliases
      .filter(({ from }) => reached.has(from))
      .map(({ from, to }) => ({ from: reached.numberOf(from), to: reached.numberOf(to) }));
  }
}

function noEntries(tags: number): Inventory['tagIndexEntries'] {
  const none = { tag: new Uint32Array(), digest: new Uint32Array() };
  return { ...none, ...unmeasured(), byTag: groupRows(none.tag, tags) };
}

function noLayerLinks(repositories: number): Inventory['layerLinks'] {
  const none = { repository: new Uint32Array(), digest: new Uint32Array(), flags: new Uint8Array() };
  return { ...none, ...unmeasured(), byRepository: groupRows(none.repository, repositories) };
}

function unmeasured() {
  return { time: new Float64Array(), diskBytes: new Float64Array() };
}
