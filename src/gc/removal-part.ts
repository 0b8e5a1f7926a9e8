/**
 * The part of an inventory in which a removal can be decided: the repositories that lose something and all that they reach,
 * and of the rest no more than that it keeps some of it. To decide a removal marks several times over all that there is, and
 * most of that says nothing about the one repository that is asked about.
 *
 * Two documents stand for the rest. One is never deleted, and names what is kept by anything that loses nothing. The other is
 * nobody's, as garbage is: it stays, for a removal takes nothing but what it reaches, and so does what it names.
 */
import { DigestTable, SHA256_WORDS, type DigestId } from '../inventory/digest-table.ts';
import { BLOB_STORED, BLOB_UNTOUCHABLE, NONE, REFERENCE_KINDS, SOUND, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, flagsAt, groupRows, numbersAt, valuesAt } from '../shared/columns.ts';
import type { Outside } from './outside.ts';
import type { GoingRows } from './removal.ts';
import type { Removal } from './removal-names.ts';

const BLOB = REFERENCE_KINDS.indexOf('blob');
/** The documents that stand for the rest. */
const STAND_INS = 2;

/** What of an inventory is taken: rows and digest ids, each in its order. */
export interface PartRows {
  readonly digests: Uint32Array;
  /** Of the documents among them. */
  readonly manifests: Uint32Array;
  readonly tags: Uint32Array;
  readonly tagIndexEntries: Uint32Array;
  /** Of the repositories that lose something. */
  readonly revisions: Uint32Array;
  readonly layerLinks: Uint32Array;
  /** Revisions of other repositories that say something of a digest which is taken. */
  readonly otherRevisions: Uint32Array;
  /** Rows of `signatureLinks` of all these revisions. */
  readonly signatureLinks: Uint32Array;
}

export class RemovalPart {
  readonly inventory: Inventory;
  /** By digest id of the whole: the id here, or `NONE`. */
  private readonly newId: Int32Array;

  constructor(
    private readonly whole: Inventory,
    private readonly rows: PartRows,
    outside: Outside,
  ) {
    this.newId = new Int32Array(whole.digests.size).fill(NONE);
    for (let id = 0; id < rows.digests.length; id++) this.newId[at(rows.digests, id)] = id;
    this.inventory = {
      ...whole,
      ...{ digests: this.digests(), blobs: this.blobs(), manifests: this.manifests(outside) },
      ...{ ...this.revisions(), ...this.tags(), layerLinks: this.layerLinks() },
      aliases: whole.aliases.flatMap(({ from, to }) => {
        const [here, there] = [at(this.newId, from), at(this.newId, to)];
        return here === NONE || there === NONE ? [] : [{ from: here, to: there }];
      }),
    };
  }

  /** A removal as this part has it. */
  narrow({ repositories, tags, revisions }: Removal): Removal {
    const own = new Uint8Array(this.inventory.revisions.digest.length);
    own.set(flagsAt(revisions, this.rows.revisions));
    return { repositories, tags: flagsAt(tags, this.rows.tags), revisions: own };
  }

  /** What goes here, as the whole has it. */
  widen({ repositories, tags, tagIndexEntries, revisions, layerLinks, blobs }: GoingRows): GoingRows {
    const { rows } = this;
    return {
      repositories,
      tags: valuesAt(rows.tags, tags),
      tagIndexEntries: valuesAt(rows.tagIndexEntries, tagIndexEntries),
      revisions: valuesAt(rows.revisions, revisions),
      layerLinks: valuesAt(rows.layerLinks, layerLinks),
      blobs: valuesAt(rows.digests, blobs),
    };
  }

  private id(was: DigestId): DigestId {
    return was === NONE ? NONE : at(this.newId, was);
  }

  private ids(digest: Uint32Array, rows: Uint32Array): Uint32Array {
    const ids = new Uint32Array(rows.length);
    for (let place = 0; place < rows.length; place++) ids[place] = at(this.newId, at(digest, at(rows, place)));
    return ids;
  }

  private currents(current: Int32Array, rows: Uint32Array): Int32Array {
    const ids = new Int32Array(rows.length);
    for (let place = 0; place < rows.length; place++) ids[place] = this.id(at(current, at(rows, place)));
    return ids;
  }

  /** Those that stand for the rest come last, and have digests that nobody asks for. */
  private digests(): DigestTable {
    const { digests: table } = this.whole;
    const { digests } = this.rows;
    const words = new Uint32Array((digests.length + STAND_INS) * SHA256_WORDS);
    const others: [DigestId, ReturnType<DigestTable['digest']>][] = [];
    for (let id = 0; id < digests.length; id++) {
      const was = at(digests, id);
      if (table.isSha256(was)) table.copySha256(was, words, id * SHA256_WORDS);
      else others.push([id, table.digest(was)]);
    }
    return DigestTable.unpack({ size: digests.length + STAND_INS, words, others });
  }

  private blobs(): Inventory['blobs'] {
    const { flags, bytes, diskBytes, time } = this.whole.blobs;
    const { digests } = this.rows;
    const numbers = (of: Float64Array): Float64Array => {
      const values = new Float64Array(digests.length + STAND_INS).fill(NaN);
      values.set(numbersAt(of, digests));
      return values;
    };
    const own = new Uint8Array(digests.length + STAND_INS);
    own.set(flagsAt(flags, digests));
    own[digests.length] = BLOB_STORED | BLOB_UNTOUCHABLE;
    own[digests.length + 1] = BLOB_STORED;
    return { flags: own, bytes: numbers(bytes), diskBytes: numbers(diskBytes), time: numbers(time) };
  }

  private manifests(outside: Outside): Inventory['manifests'] {
    const { manifests: of } = this.whole;
    const rows = this.rows.manifests;
    const start = new Uint32Array(rows.length + STAND_INS + 1);
    for (const [place, row] of rows.entries()) {
      start[place + 1] = at(start, place) + at(of.referenceStart, row + 1) - at(of.referenceStart, row);
    }
    start[rows.length + 1] = at(start, rows.length) + outside.kept.length;
    start[rows.length + 2] = at(start, rows.length + 1) + outside.strewn.length;
    const edges = at(start, rows.length + 2);
    const target = new Uint32Array(edges);
    const kind = new Uint8Array(edges).fill(BLOB);
    for (const [place, row] of rows.entries()) {
      let to = at(start, place);
      for (let edge = at(of.referenceStart, row); edge < at(of.referenceStart, row + 1); edge++, to++) {
        target[to] = this.id(at(of.referenceTarget, edge));
        kind[to] = flagAt(of.referenceKind, edge);
      }
    }
    for (const [place, ids] of [outside.kept, outside.strewn].entries()) {
      let to = at(start, rows.length + place);
      for (const id of ids) target[to++] = this.id(id);
    }
    return { ...of, ...this.documents(), referenceStart: start, referenceTarget: target, referenceKind: kind };
  }

  /** Of manifests as much as a decision asks for. */
  private documents(): Pick<Inventory['manifests'], 'digest' | 'health' | 'subject'> {
    const { manifests: of } = this.whole;
    const { manifests: rows, digests } = this.rows;
    const digest = new Uint32Array(rows.length + STAND_INS);
    const health = new Uint8Array(rows.length + STAND_INS).fill(SOUND);
    const subject = new Int32Array(rows.length + STAND_INS).fill(NONE);
    for (const [place, row] of rows.entries()) {
      digest[place] = this.id(at(of.digest, row));
      health[place] = flagAt(of.health, row);
      subject[place] = this.id(at(of.subject, row));
    }
    digest[rows.length] = digests.length;
    digest[rows.length + 1] = digests.length + 1;
    return { digest, health, subject };
  }

  private revisions(): Pick<Inventory, 'revisions' | 'signatureLinks'> {
    const { revisions: of, signatureLinks: signatures, repositories } = this.whole;
    const rows = new Uint32Array([...this.rows.revisions, ...this.rows.otherRevisions]);
    const repository = valuesAt(of.repository, rows);
    const newRow = new Map<number, number>();
    for (const [row, was] of rows.entries()) newRow.set(was, row);
    return {
      revisions: {
        repository,
        digest: this.ids(of.digest, rows),
        time: numbersAt(of.time, rows),
        diskBytes: numbersAt(of.diskBytes, rows),
        flags: flagsAt(of.flags, rows),
        byRepository: groupRows(repository, repositories.length),
      },
      signatureLinks: {
        revision: this.rows.signatureLinks.map((row) => newRow.get(at(signatures.revision, row)) ?? 0),
        digest: this.ids(signatures.digest, this.rows.signatureLinks),
        time: numbersAt(signatures.time, this.rows.signatureLinks),
        diskBytes: numbersAt(signatures.diskBytes, this.rows.signatureLinks),
      },
    };
  }

  private tags(): Pick<Inventory, 'tags' | 'tagIndexEntries'> {
    const { tags: of, tagIndexEntries: entries, repositories } = this.whole;
    const { tags: rows, tagIndexEntries: entryRows } = this.rows;
    const repository = valuesAt(of.repository, rows);
    const newRow = new Map<number, number>();
    for (const [row, was] of rows.entries()) newRow.set(was, row);
    const tag = entryRows.map((row) => newRow.get(at(entries.tag, row)) ?? 0);
    return {
      tags: {
        repository,
        name: Array.from(rows, (row) => of.name[row] ?? ''),
        current: this.currents(of.current, rows),
        time: numbersAt(of.time, rows),
        flags: flagsAt(of.flags, rows),
        byRepository: groupRows(repository, repositories.length),
      },
      tagIndexEntries: {
        tag,
        digest: this.ids(entries.digest, entryRows),
        time: numbersAt(entries.time, entryRows),
        diskBytes: numbersAt(entries.diskBytes, entryRows),
        byTag: groupRows(tag, rows.length),
      },
    };
  }

  private layerLinks(): Inventory['layerLinks'] {
    const { layerLinks: of, repositories } = this.whole;
    const { layerLinks: rows } = this.rows;
    const repository = valuesAt(of.repository, rows);
    return {
      repository,
      digest: this.ids(of.digest, rows),
      time: numbersAt(of.time, rows),
      diskBytes: numbersAt(of.diskBytes, rows),
      flags: flagsAt(of.flags, rows),
      byRepository: groupRows(repository, repositories.length),
    };
  }
}
