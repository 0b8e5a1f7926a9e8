import { AppError } from '../shared/errors.ts';
import { SIZE_HINT, sizeBytes } from '../shared/sizes.ts';

/** The bytes of a size (`shared/sizes.ts`), at least 1. Throws `usage`, naming `option`. */
export function parseBytes(option: string, text: string): number {
  const bytes = sizeBytes(text);
  if (bytes === 0) {
    throw new AppError(
      'usage',
      `--${option}: "${text}" is no byte at all, so nothing would be done`,
      `leave --${option} out where none is meant`,
    );
  }
  if (bytes === undefined) throw new AppError('usage', `--${option}: "${text}" is not a size`, SIZE_HINT);
  return bytes;
}
