/**
 * Manifests that an earlier scan has read and found sound. Content that is named by its digest does not change, so what such
 * a document names need not be read again. Whether the file is still whole is another matter: it counts as known only where
 * its size and its time are what they were.
 */
import { at, flagAt, numberAt } from '../shared/columns.ts';
import type { DigestId, DigestTable } from './digest-table.ts';
import type { Findings } from './findings.ts';
import { BLOB_STATED, BLOB_UNTOUCHABLE, MANIFEST_KINDS, NONE, SOUND, type Inventory } from './inventory.ts';
import type { StatedFile } from './link-columns.ts';

type Known = Pick<Inventory, 'digests' | 'words' | 'blobs' | 'manifests'>;

const UNKNOWN_KIND = MANIFEST_KINDS.indexOf('unknown');

/** Size and time of a document's file when it was read. Bytes; epoch milliseconds. */
export interface KnownFile {
  readonly bytes: number;
  readonly time: number;
}

export class KnownManifests {
  /** By digest id of then: row of `manifests`, or `NONE`. */
  private readonly rows: Int32Array;
  /** By digest id of then: the id of now, or `NONE` as long as nobody asked. */
  private readonly idsNow: Int32Array;

  constructor(private readonly then: Known) {
    const { manifests, blobs, digests } = then;
    this.rows = new Int32Array(digests.size).fill(NONE);
    this.idsNow = new Int32Array(digests.size).fill(NONE);
    for (let row = 0; row < manifests.digest.length; row++) {
      const id = at(manifests.digest, row);
      const flags = flagAt(blobs.flags, id) & (BLOB_STATED | BLOB_UNTOUCHABLE);
      // Of a document with two rows the last counts: that is the reading which the state of its file is of.
      this.rows[id] = flagAt(manifests.health, row) === SOUND && flags === BLOB_STATED ? row : NONE;
    }
  }

  /**
   * The file of the document that has this id in `table`, if it is known. `candidate`: and if it is a manifest by itself, not
   * only because something calls it one.
   */
  fileOf(table: DigestTable, id: DigestId, candidate: boolean): KnownFile | undefined {
    const row = this.rowOf(table, id);
    if (row === NONE || (candidate && !this.saysWhatItIs(row))) return undefined;
    const then = at(this.then.manifests.digest, row);
    return { bytes: numberAt(this.then.blobs.bytes, then), time: numberAt(this.then.blobs.time, then) };
  }

  /** Tells `findings` of a known document what reading it told then. `file`: what a stat says of it now. */
  tell(table: DigestTable, id: DigestId, file: StatedFile, findings: Findings<DigestId>): void {
    const { manifests, words } = this.then;
    const row = this.rowOf(table, id);
    if (row === NONE) throw new TypeError(`${table.digest(id)} is not known`);
    const subject = at(manifests.subject, row);
    findings.manifest(id, subject === NONE ? undefined : this.idNow(table, subject), {
      health: SOUND,
      kind: flagAt(manifests.kind, row),
      mediaType: words[at(manifests.mediaType, row)] ?? '',
      artifactType: words[at(manifests.artifactType, row)] ?? '',
      created: numberAt(manifests.created, row),
      ...file,
    });
    for (let edge = at(manifests.referenceStart, row); edge < at(manifests.referenceStart, row + 1); edge++) {
      findings.reference(this.idNow(table, at(manifests.referenceTarget, edge)), {
        kind: flagAt(manifests.referenceKind, edge),
        flags: flagAt(manifests.referenceFlags, edge),
        bytes: numberAt(manifests.referenceBytes, edge),
        mediaType: words[at(manifests.referenceMediaType, edge)] ?? '',
        platform: words[at(manifests.referencePlatform, edge)] ?? '',
      });
    }
  }

  private rowOf(table: DigestTable, id: DigestId): number {
    const then = this.then.digests.findFrom(table, id);
    return then === undefined ? NONE : at(this.rows, then);
  }

  private saysWhatItIs(row: number): boolean {
    const { kind, mediaType } = this.then.manifests;
    return flagAt(kind, row) !== UNKNOWN_KIND || this.then.words[at(mediaType, row)] !== '';
  }

  private idNow(table: DigestTable, then: DigestId): DigestId {
    if (at(this.idsNow, then) === NONE) this.idsNow[then] = table.internFrom(this.then.digests, then);
    return at(this.idsNow, then);
  }
}
