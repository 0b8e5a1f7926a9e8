/** The plan file that an operator gives. It may be long: it is read piece by piece, while it is compared with the volume. */
import { closeSync, openSync, readSync } from 'node:fs';
import { readPlanLines, splitLines, type PlanFile } from '../gc/plan-file.ts';
import { AppError } from '../shared/errors.ts';

const PIECE = 256 * 1024;

/** Throws `plan-invalid` where it cannot be read, or does not begin as one. */
export function openPlanFile(path: string): { readonly plan: PlanFile; close(): void } {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw new AppError('plan-invalid', `the plan ${path} cannot be read`, 'regsweep plan -o FILE writes one', {
      cause,
    });
  }
  const close = (): void => closeSync(file);
  try {
    return { plan: readPlanLines(splitLines(piecesOf(file))), close };
  } catch (error) {
    close();
    throw error;
  }
}

function* piecesOf(file: number): Generator<Uint8Array> {
  const piece = Buffer.allocUnsafe(PIECE);
  for (let got = readSync(file, piece); got > 0; got = readSync(file, piece)) yield piece.subarray(0, got);
}
