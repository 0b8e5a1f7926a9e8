/**
 * Writes an index while the caller goes on: in a thread of its own where there is enough to write and the compiled thread lies
 * beside this code, as it does in the package; else in the calling thread, at once.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { PackedDigestTable } from '../inventory/digest-table.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { AppError } from '../shared/errors.ts';
import type { NamedBytes } from './pieces.ts';
import { IndexWriter, type Scans, type StoredMarks, type WalkedInventory } from './writer.ts';

/** An index that is to be written, or is being written. */
export interface Writing {
  /** Begins, with what the walk of the volume has told, which is most of the rows. May throw `index-failed`. */
  begin(walked: Inventory): void;
  /** Goes on, with the whole inventory. May throw `index-failed`. */
  goOn(inventory: Inventory): void;
  /** Goes on, with what marking said of that inventory. May throw `index-failed`. */
  mark(marks: StoredMarks): void;
  /** Brings what was made of all that, and puts the index into its place. Rejects with `index-failed`. */
  finish(scans: Scans, values: readonly NamedBytes[]): Promise<void>;
  /** Gives up: the index that was there is still there. */
  abandon(): Promise<void>;
}

/** An inventory as it travels: a table of digests has methods, which do not. */
export interface PackedInventory extends Omit<Inventory, 'digests'> {
  readonly digests: PackedDigestTable;
}

/** What the thread is sent. */
export type WriterMessage =
  | { readonly kind: 'walked'; readonly inventory: WalkedInventory }
  | { readonly kind: 'whole'; readonly inventory: PackedInventory }
  | { readonly kind: 'marks'; readonly marks: StoredMarks }
  | { readonly kind: 'finish'; readonly scans: Scans; readonly values: readonly NamedBytes[] }
  | { readonly kind: 'abandon' };

/** Rows live for as long as it takes to insert them: room for more of them that are dead is memory, and no speed. */
const HEAP = { maxYoungGenerationSizeMb: 8 };

/** What it answers: one of these, once. */
export type WriterAnswer =
  { readonly ok: true } | { readonly ok: false; readonly message: string; readonly hint: string | undefined };

/** Fewer rows are written sooner than a thread starts, which takes a tenth of a second. */
const ROWS_FOR_THREAD = 5000;

/** An index at `path`. */
export function prepareWriting(path: string): Writing {
  const entry = new URL('./index-worker.js', import.meta.url);
  let writing = writingHere(path);
  return {
    begin: (walked) => {
      const isWorthIt = rowsOf(walked) >= ROWS_FOR_THREAD && existsSync(entry);
      writing = isWorthIt ? new ThreadedWriting(path, entry) : writingHere(path);
      writing.begin(walked);
    },
    goOn: (inventory) => writing.goOn(inventory),
    mark: (marks) => writing.mark(marks),
    finish: (scans, values) => writing.finish(scans, values),
    abandon: () => writing.abandon(),
  };
}

function rowsOf({ digests, layerLinks, manifests, revisions, tagIndexEntries }: Inventory): number {
  const links = layerLinks.digest.length + revisions.digest.length + tagIndexEntries.digest.length;
  return digests.size + links + manifests.referenceTarget.length;
}

function writingHere(path: string): Writing {
  const writer = new IndexWriter(path);
  return {
    begin: (walked) => writer.writeWalked(walked),
    goOn: (inventory) => writer.writeWhole(inventory),
    mark: (marks) => writer.writeMarks(marks),
    finish: (scans, values) => settled(() => writer.finish(scans, values)),
    abandon: () => settled(() => writer.abandon()),
  };
}

function settled(act: () => void): Promise<void> {
  return new Promise((resolve) => {
    act();
    resolve();
  });
}

class ThreadedWriting implements Writing {
  private worker: Worker | undefined;
  private answered: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly entry: URL,
  ) {}

  begin({ scannedAt, repositories, revisions, manifests, words }: WalkedInventory): void {
    const worker = new Worker(this.entry, { workerData: { path: this.path }, resourceLimits: HEAP });
    this.worker = worker;
    this.answered = new Promise((resolve, reject) => {
      worker.once('message', (answer: WriterAnswer) => {
        if (answer.ok) resolve();
        else reject(new AppError('index-failed', answer.message, answer.hint));
      });
      worker.once('error', (cause) => {
        reject(new AppError('index-failed', `the index ${this.path} cannot be written`, undefined, { cause }));
      });
    });
    // A failure before anybody asks for the end is heard then.
    this.answered.catch(() => undefined);
    this.send({ kind: 'walked', inventory: { scannedAt, repositories, revisions, manifests, words } });
  }

  goOn(inventory: Inventory): void {
    this.send({ kind: 'whole', inventory: pack(inventory) });
  }

  mark(marks: StoredMarks): void {
    this.send({ kind: 'marks', marks });
  }

  finish(scans: Scans, values: readonly NamedBytes[]): Promise<void> {
    this.send({ kind: 'finish', scans, values });
    return this.answered;
  }

  async abandon(): Promise<void> {
    this.send({ kind: 'abandon' });
    // If it failed by itself nothing is left of it either.
    await this.answered.catch(() => undefined);
  }

  private send(message: WriterMessage): void {
    this.worker?.postMessage(message);
  }
}

function pack({ digests, ...rows }: Inventory): PackedInventory {
  return { ...rows, digests: digests.pack() };
}
