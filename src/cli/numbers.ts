import { AppError } from '../shared/errors.ts';

/** A whole number from 1 up. Throws `usage`, naming `option`. */
export function parsePositive(option: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value < 1 || !Number.isSafeInteger(value)) {
    throw new AppError('usage', `--${option}: "${text}" is not a whole number from 1 up`);
  }
  return value;
}
