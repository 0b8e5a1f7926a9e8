/** The thread that writes an index. */
import { parentPort, workerData } from 'node:worker_threads';
import { DigestTable } from '../inventory/digest-table.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { AppError } from '../shared/errors.ts';
import type { PackedInventory, WriterAnswer, WriterMessage } from './write-beside.ts';
import { IndexWriter } from './writer.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread only');

const writer = new IndexWriter((workerData as { readonly path: string }).path);

function end(answer: WriterAnswer): void {
  port?.postMessage(answer);
  port?.close();
}

function obey(message: WriterMessage): void {
  switch (message.kind) {
    case 'walked':
      return writer.writeWalked(message.inventory);
    case 'whole':
      return writer.writeWhole(unpack(message.inventory));
    case 'marks':
      return writer.writeMarks(message.marks);
    case 'finish':
      writer.finish(message.scans, message.values);
      return end({ ok: true });
    case 'abandon':
      writer.abandon();
      return end({ ok: true });
  }
}

function unpack({ digests, ...rows }: PackedInventory): Inventory {
  return { ...rows, digests: DigestTable.unpack(digests) };
}

port.on('message', (message: WriterMessage) => {
  try {
    obey(message);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    end({ ok: false, message: error.message, hint: error.hint });
  }
});
