/**
 * Writes an inventory as an index database: a new file beside the old one, without a journal, renamed over it when it is
 * whole. Whoever has the old one open goes on reading it; whoever is interrupted leaves it as it was.
 */
import { renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Inventory } from '../inventory/inventory.ts';
import { AppError } from '../shared/errors.ts';
import { BulkInsert } from './bulk-insert.ts';
import { removeLeftovers, temporaryNameOf } from './leftovers.ts';
import { fillPackedColumns, fillPieces } from './packed-columns.ts';
import type { NamedBytes } from './pieces.ts';
import {
  fillBlobs,
  fillLayerLinks,
  fillManifests,
  fillMeta,
  fillRepositories,
  fillRest,
  fillRevisions,
  fillTagIndexEntries,
  fillTags,
  fillWords,
  type Into,
} from './rows.ts';
import { APPLICATION_ID, INDICES, SCHEMA_VERSION, TABLES, VIEWS } from './schema.ts';
import { packFacts } from './stored-values.ts';
import { packVerified } from './verified.ts';
import { copyPastScans, insertScan, type PastScan } from './history.ts';

/** What the walk of a volume alone tells. */
export type WalkedInventory = Pick<Inventory, 'scannedAt' | 'repositories' | 'revisions' | 'manifests' | 'words'>;

/** What marking said, to be stored beside the rows so that SQL can ask for it: `FLAG_…`, one byte a row. */
export interface StoredMarks {
  readonly blobs: Uint8Array;
  readonly layerLinks: Uint8Array;
  /** When each blob was last verified, by digest id: epoch milliseconds, NaN for never. Absent: never any. */
  readonly verifiedAt?: Float64Array;
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

const PRAGMAS = [
  'journal_mode = OFF',
  'synchronous = OFF',
  'locking_mode = EXCLUSIVE',
  'page_size = 8192',
  // Rows are appended: pages that are full are not asked for again. KiB, where it is negative.
  'cache_size = -4096',
];

/**
 * An index that is being written. What the walk alone tells goes in first, so that writing and marking can go on at once.
 * Every method throws `index-failed`; then the file that was there is still there, and this one is not.
 */
export class IndexWriter {
  private readonly beside: string;
  private database: Database.Database | undefined;
  private inventory: Inventory | undefined;
  /** So many are written. */
  private words = 0;
  private manifests = 0;

  constructor(private readonly path: string) {
    this.beside = temporaryNameOf(path, process.pid);
  }

  /**
   * Creates the file and writes what is known once the volume has been walked: repositories, revisions, and the manifests
   * so far.
   */
  writeWalked(inventory: WalkedInventory): void {
    this.attempt(() => {
      removeLeftovers(this.path, inventory.scannedAt);
      const database = new Database(this.beside);
      this.database = database;
      for (const pragma of PRAGMAS) database.pragma(pragma);
      database.exec('BEGIN');
      for (const table of TABLES) database.exec(table.sql);
      const into = intoOf(database);
      fillRepositories(into, inventory);
      fillRevisions(into, inventory);
      this.writeManifests(into, inventory);
    });
  }

  /** Writes what the same inventory holds now that it is whole, as far as marking has no say in it. */
  writeWhole(inventory: Inventory): void {
    this.attempt(() => {
      const into = intoOf(this.begun());
      this.inventory = inventory;
      fillMeta(into('meta', 'key', 'value'), inventory);
      fillTags(into, inventory);
      fillTagIndexEntries(into, inventory);
      this.writeManifests(into, inventory);
      fillRest(into, inventory);
      fillPackedColumns(into, inventory);
    });
  }

  /** Writes the rows that marking has a say in. */
  writeMarks(marks: StoredMarks): void {
    this.attempt(() => {
      const database = this.begun();
      if (this.inventory === undefined) throw new TypeError('the inventory is missing');
      fillBlobs(database, this.inventory, marks.blobs, marks.verifiedAt);
      if (marks.verifiedAt !== undefined) fillPieces(intoOf(database), [packVerified(marks.verifiedAt)]);
      fillLayerLinks(intoOf(database), this.inventory, marks.layerLinks);
    });
  }

  /** Writes what was made of all that, and puts the file into its place. */
  finish(scans: Scans, values: readonly NamedBytes[]): void {
    this.attempt(() => {
      const database = this.begun();
      if (this.inventory === undefined) throw new TypeError('the inventory is missing');
      fillPieces(intoOf(database), [packFacts(this.inventory), ...values]);
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

  private begun(): Database.Database {
    if (this.database === undefined) throw new TypeError('nothing was begun');
    return this.database;
  }

  private writeManifests(into: Into, inventory: WalkedInventory): void {
    fillWords(into, inventory.words, this.words);
    fillManifests(into, inventory.manifests, this.manifests);
    this.words = inventory.words.length;
    this.manifests = inventory.manifests.digest.length;
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
