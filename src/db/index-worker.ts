/** The thread that writes an index: rows first, then what marking said of them. */
import { parentPort, workerData } from 'node:worker_threads';
import { DigestTable } from '../inventory/digest-table.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { AppError } from '../shared/errors.ts';
import type { WriterAnswer, WriterMessage } from './write-beside.ts';
import { IndexWriter } from './writer.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread only');

const writer = new IndexWriter((workerData as { readonly path: string }).path);
let inventory: Inventory | undefined;

function end(answer: WriterAnswer): void {
  port?.postMessage(answer);
  port?.close();
}

function obey(message: WriterMessage): void {
  if (message.kind === 'rows') {
    inventory = { ...message.inventory, digests: DigestTable.unpack(message.digests) };
    writer.writeRows(inventory);
  } else if (message.kind === 'abandon') {
    writer.abandon();
    end({ ok: true });
  } else if (inventory !== undefined) {
    writer.finish(inventory, message.marks, message.scans);
    end({ ok: true });
  }
}

port.on('message', (message: WriterMessage) => {
  try {
    obey(message);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    end({ ok: false, message: error.message, hint: error.hint });
  }
});
