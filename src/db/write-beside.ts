/**
 * Writes an index while the caller goes on: in a thread of its own where the compiled thread lies beside this code, as it
 * does in the package; else in the calling thread, at once.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { PackedDigestTable } from '../inventory/digest-table.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { AppError } from '../shared/errors.ts';
import { IndexWriter, type Scans, type StoredMarks } from './writer.ts';

/** An index of which the rows are being written. */
export interface Writing {
  /** Brings what marking said, and puts the index into its place. Rejects with `index-failed`. */
  finish(marks: StoredMarks, scans: Scans): Promise<void>;
  /** Gives up: the index that was there is still there. */
  abandon(): Promise<void>;
}

/** What the thread is sent. A table of digests has methods, which do not travel. */
export type WriterMessage =
  | { readonly kind: 'rows'; readonly inventory: Omit<Inventory, 'digests'>; readonly digests: PackedDigestTable }
  | { readonly kind: 'finish'; readonly marks: StoredMarks; readonly scans: Scans }
  | { readonly kind: 'abandon' };

/** What it answers: one of these, once. */
export type WriterAnswer =
  { readonly ok: true } | { readonly ok: false; readonly message: string; readonly hint: string | undefined };

/** Begins to write the index of `inventory` to `path`. */
export function startWriting(path: string, inventory: Inventory): Writing {
  const entry = new URL('./index-worker.js', import.meta.url);
  return existsSync(entry) ? writeInThread(path, inventory, entry) : writeHere(path, inventory);
}

function writeHere(path: string, inventory: Inventory): Writing {
  const writer = new IndexWriter(path);
  writer.writeRows(inventory);
  return {
    finish: (marks, scans) => settled(() => writer.finish(inventory, marks, scans)),
    abandon: () => settled(() => writer.abandon()),
  };
}

function settled(act: () => void): Promise<void> {
  return new Promise((resolve) => {
    act();
    resolve();
  });
}

function writeInThread(path: string, inventory: Inventory, entry: URL): Writing {
  const worker = new Worker(entry, { workerData: { path } });
  const send = (message: WriterMessage): void => worker.postMessage(message);
  const answered = new Promise<void>((resolve, reject) => {
    worker.once('message', (answer: WriterAnswer) => {
      if (answer.ok) resolve();
      else reject(new AppError('index-failed', answer.message, answer.hint));
    });
    worker.once('error', (cause) => {
      reject(new AppError('index-failed', `the index ${path} cannot be written`, undefined, { cause }));
    });
  });
  // A failure before anybody asks for the end is heard then.
  answered.catch(() => undefined);
  const { digests, ...rows } = inventory;
  send({ kind: 'rows', inventory: rows, digests: digests.pack() });
  return {
    finish: async (marks, scans) => {
      send({ kind: 'finish', marks, scans });
      await answered;
    },
    abandon: async () => {
      send({ kind: 'abandon' });
      await answered;
    },
  };
}
