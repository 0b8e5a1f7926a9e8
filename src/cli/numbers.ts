import { AppError } from '../shared/errors.ts';

/** A whole number from 1 up. Throws `usage`, naming `option`. */
export function parsePositive(option: string, text: string): number {
  return parseFrom(1, option, text);
}

/** A whole number from 0 up. Throws `usage`, naming `option`. */
export function parseCount(option: string, text: string): number {
  return parseFrom(0, option, text);
}

function parseFrom(least: number, option: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : -1;
  if (value < least || !Number.isSafeInteger(value)) {
    throw new AppError('usage', `--${option}: "${text}" is not a whole number from ${least} up`);
  }
  return value;
}
