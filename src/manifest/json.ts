/** Bytes to a JSON value. `JSON.parse` needs no stack for depth (measured at two million levels), so none is bounded. */
import { isUtf8 } from 'node:buffer';

import type { ManifestFailure } from './model.ts';

export type JsonDocument =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: ManifestFailure; readonly message: string };

/**
 * The JSON value that `bytes` spell, without byte order mark and in UTF-8, as Go's `encoding/json` wants it. Where that
 * replaces bad UTF-8 we refuse. Of a key that comes twice the last one stands, as there.
 */
export function readJson(bytes: Uint8Array): JsonDocument {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isUtf8(buffer)) return badUtf8(buffer);
  const text = buffer.toString('utf8');
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!/\S/.test(text)) return { ok: false, failure: 'truncated', message: 'the document is empty' };
    return endsEarly(reason, text)
      ? { ok: false, failure: 'truncated', message: `the document ends early, after ${bytes.length} bytes` }
      : { ok: false, failure: 'unreadable', message: `the document is not JSON: ${reason}` };
  }
}

/** V8 names the end of the input, or the position at which it missed something; nothing else of its words is used. */
function endsEarly(reason: string, text: string): boolean {
  if (reason.startsWith('Unexpected end of JSON input')) return true;
  const position = / at position (\d+)/.exec(reason)?.[1];
  return position !== undefined && Number(position) >= text.length;
}

/** A document may have been cut inside a character: what stands before it then has to end early, too. */
function badUtf8(buffer: Buffer): JsonDocument {
  for (let cut = 1; cut <= 3 && cut < buffer.length; cut++) {
    const head = buffer.subarray(0, -cut);
    if (!isLeadByte(buffer[buffer.length - cut]) || !isUtf8(head)) continue;
    const read = readJson(head);
    if (!read.ok && read.failure === 'truncated') return read;
  }
  return { ok: false, failure: 'unreadable', message: 'the document is not UTF-8' };
}

function isLeadByte(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0xc2 && byte <= 0xf4;
}
