/** How fast the volume is read, as the options say. */
import type { Pace } from '../scan/pool.ts';
import { AppError } from '../shared/errors.ts';

/** libuv's limit of threads (`src/threadpool.c`). */
const MOST_AT_ONCE = 1024;
const MOST_A_SECOND = 10_000_000;

interface PaceArguments {
  readonly concurrency?: string | undefined;
  readonly maxIops?: string | undefined;
}

/** Throws `usage`. */
export function paceOf({ concurrency, maxIops }: PaceArguments): Pace {
  return {
    ownsProcess: true,
    ...(concurrency === undefined ? {} : { concurrency: countOf('concurrency', concurrency, MOST_AT_ONCE) }),
    ...(maxIops === undefined ? {} : { maxIops: countOf('max-iops', maxIops, MOST_A_SECOND) }),
  };
}

function countOf(option: string, text: string, most: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (count >= 1 && count <= most) return count;
  throw new AppError('usage', `--${option}: "${text}" is no whole number from 1 to ${most}`);
}
