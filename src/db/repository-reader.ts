/**
 * Reads of an index as much as one repository needs: its rows, and what they reach. That is an inventory like every other, so
 * whoever lists it does what is done with a whole one.
 */
import type Database from 'better-sqlite3';
import { DigestTable, SHA256_WORDS, type DigestId } from '../inventory/digest-table.ts';
import { NONE, type Alias, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, groupRows, unsignedAt } from '../shared/columns.ts';
import { damaged } from './damaged.ts';
import { PackedColumns } from './packed-columns.ts';
import type { PagedColumn } from './paged-column.ts';

/** Part of an inventory, with numbers of its own for digests and rows. */
export interface RepositoryPart {
  /**
   * All repositories by name; tags of the one; what it reaches, with all revisions of that. No layer links, no history, no empty
   * folders.
   */
  readonly inventory: Inventory;
  /** Of each digest in it the id that it has in the index. */
  readonly digests: readonly DigestId[];
  /** Of each revision in it the row that it has in the index. */
  readonly revisions: Uint32Array;
}

/** From a tag to what an index in an index holds it is three steps. */
const MOST_STEPS = 32;

/**
 * Reads the first of the named repositories that there is; none of them: the names alone. `undefined` where what it reaches
 * hangs together too deeply. Throws as `readInventory`.
 */
export function readRepository(database: Database.Database, names: readonly string[]): RepositoryPart | undefined {
  const packed = new PackedColumns(database);
  const rest = packed.rest();
  const ids = names.map((name) => rest.repositories.findIndex((repository) => repository.name === name));
  const repository = ids.find((id) => id !== -1) ?? NONE;
  const columns = new WholeColumns(packed, rest.aliases);
  const tags = rowsWhere(columns.tagRepository, (owner) => owner === repository);
  const reached = new Reached(columns);
  for (const row of tags) if (at(columns.tagCurrent, row) !== NONE) reached.add(at(columns.tagCurrent, row));
  for (let row = 0; row < columns.revisionDigest.length; row++) {
    if (unsignedAt(columns.revisionRepository, row) === repository)
      reached.add(unsignedAt(columns.revisionDigest, row));
  }
  if (!reached.follow()) return undefined;
  const bits = reached.bits();
  const revisions = rowsWhere(columns.revisionDigest, (id) => bits.has(id));
  const part = new Part(columns, reached, rest.repositories.length);
  const inventory: Inventory = {
    ...rest,
    words: packed.words(),
    emptyFolders: [],
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

/** What is asked for so often, or is so small, that all of it is read. Ids are checked where they are followed: `Reached`. */
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
  /** Of these only the pieces are read in which something lies that is followed. */
  readonly referenceStart: PagedColumn<Uint32Array>;
  readonly referenceTarget: PagedColumn<Uint32Array>;

  constructor(
    readonly packed: PackedColumns,
    readonly aliases: readonly Alias[],
  ) {
    this.blobFlags = packed.numbers('blobs.flags', Uint8Array);
    this.tagRepository = packed.numbers('tags.repository', Uint32Array);
    this.tagCurrent = packed.numbers('tags.current', Int32Array);
    this.revisionRepository = packed.numbers('revisions.repository', Uint32Array);
    this.revisionDigest = packed.numbers('revisions.digest', Uint32Array);
    this.manifestDigest = packed.numbers('manifests.digest', Uint32Array);
    this.manifestSubject = packed.numbers('manifests.subject', Int32Array);
    this.signedRevision = packed.numbers('signatureLinks.revision', Uint32Array);
    this.referenceStart = packed.paged('manifests.referenceStart', Uint32Array);
    this.referenceTarget = packed.paged('manifests.referenceTarget', Uint32Array);
    this.signature = packed.numbers('signatureLinks.digest', Uint32Array);
  }

  get digests(): number {
    return this.blobFlags.length;
  }
}

/** A word has 32 bits. */
const WORD = 5;

/** One bit a digest: arrays of a number each would take longer to be made than all that is done with them. */
class Bits {
  private readonly words: Uint32Array;

  constructor(size: number, set: ArrayLike<number>) {
    this.words = new Uint32Array((size >>> WORD) + 1);
    const { words } = this;
    for (let place = 0; place < set.length; place++) {
      const id = set[place] ?? 0;
      words[id >>> WORD] = (words[id >>> WORD] ?? 0) | (1 << id);
    }
  }

  has(id: number): boolean {
    return ((this.words[id >>> WORD] ?? 0) & (1 << id)) !== 0;
  }
}

/** What is reached through manifests, aliases, signatures and referrers, as `buildGraph` has them, and through subjects. */
class Reached {
  readonly ids: DigestId[] = [];
  private readonly places = new Map<DigestId, number>();
  private readonly isRevision: Bits;

  constructor(private readonly columns: WholeColumns) {
    this.isRevision = new Bits(columns.digests, columns.revisionDigest);
  }

  add(id: DigestId): void {
    if (this.places.has(id)) return;
    const { digests } = this.columns;
    if (!(id >= 0 && id < digests)) throw damaged(`a digest is number ${id}, and there are ${digests}`);
    this.places.set(id, this.ids.length);
    this.ids.push(id);
  }

  /**
   * Adds all that is reached, a step away after the other: each looks once through the manifests, which is quicker than to know
   * of all of them where they lie. False where that is too far: then a look at everything is the better way.
   */
  follow(): boolean {
    let from = 0;
    for (let steps = 0; from < this.ids.length; steps++) {
      if (steps === MOST_STEPS) return false;
      const open = new Bits(this.columns.digests, this.ids.slice(from));
      from = this.ids.length;
      this.followManifests(open);
      this.followOthers(open);
    }
    return true;
  }

  private followManifests(open: Bits): void {
    const { manifestDigest, manifestSubject, referenceStart: start, referenceTarget: target } = this.columns;
    for (let row = 0; row < manifestDigest.length; row++) {
      const subject = at(manifestSubject, row);
      const id = unsignedAt(manifestDigest, row);
      if (subject !== NONE && open.has(subject) && this.isRevision.has(id)) this.add(id);
      if (!open.has(id)) continue;
      // It is shown with its size, though nothing keeps it.
      if (subject !== NONE) this.add(subject);
      const end = start.at(row + 1);
      for (let edge = start.at(row); edge < end; edge++) this.add(target.at(edge));
    }
  }

  private followOthers(open: Bits): void {
    const { aliases, revisionDigest, signature, signedRevision } = this.columns;
    for (const { from, to } of aliases) if (open.has(from)) this.add(to);
    for (let row = 0; row < signature.length; row++) {
      if (open.has(unsignedAt(revisionDigest, unsignedAt(signedRevision, row)))) this.add(unsignedAt(signature, row));
    }
  }

  has(id: DigestId): boolean {
    return this.places.has(id);
  }

  /** As `has` where it is asked of each row of the index. */
  bits(): Bits {
    return new Bits(this.columns.digests, this.ids);
  }

  /** The number here of a digest that is reached; `NONE` of any other. */
  numberOf(id: DigestId): number {
    return this.places.get(id) ?? NONE;
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
    const { manifestDigest, manifestSubject, packed, referenceStart: start, referenceTarget: target } = this.columns;
    const { reached } = this;
    const bits = reached.bits();
    const rows = rowsWhere(manifestDigest, (id) => bits.has(id));
    const edges: number[] = [];
    const referenceStart = new Uint32Array(rows.length + 1);
    for (const [place, row] of rows.entries()) {
      for (let edge = start.at(row); edge < start.at(row + 1); edge++) edges.push(edge);
      referenceStart[place + 1] = edges.length;
    }
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
    const repository = rows.map((row) => unsignedAt(tagRepository, row));
    return {
      repository,
      name: packed.tagNames().of(rows),
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
