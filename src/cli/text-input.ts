/** A small file that an operator gives, whole. */
import { open } from 'node:fs/promises';
import { AppError, type ErrorCode } from '../shared/errors.ts';

const MAX_BYTES = 4 * 1024 * 1024;

/** The text of a file. Throws `code` where it cannot be read, is longer than 4 MiB or not UTF-8. */
export async function readTextInput(path: string, code: ErrorCode): Promise<string> {
  const bytes = await readBounded(path, code);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError(code, `${path} is not UTF-8 text`, 'save it as UTF-8', { cause });
  }
}

/** Reads to the end of whatever it is: a pipe has no size to ask for. */
async function readBounded(path: string, code: ErrorCode): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    const file = await open(path, 'r');
    try {
      for await (const piece of file.createReadStream({ autoClose: false })) {
        pieces.push(piece as Buffer);
        length += (piece as Buffer).length;
        if (length > MAX_BYTES) break;
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError(code, `${path} cannot be read: ${why}`, 'check the path, and who may read it', { cause });
  }
  if (length > MAX_BYTES)
    throw new AppError(code, `${path} is longer than ${MAX_BYTES} bytes`, 'check that it is the file that is meant');
  return Buffer.concat(pieces);
}
