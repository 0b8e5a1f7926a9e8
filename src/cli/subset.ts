import type { Subset } from '../inventory/selection.ts';
import { AppError } from '../shared/errors.ts';

const MOST_SLICES = 100_000;

/** `5%` or `1/7`. Throws `usage`. */
export function parseSubset(text: string): Subset {
  const percent = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text)?.[1];
  if (percent !== undefined && Number(percent) > 0 && Number(percent) <= 100) {
    return { kind: 'percent', percent: Number(percent) };
  }
  const [, slice, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (slice !== undefined && of !== undefined) {
    const [part, parts] = [Number(slice), Number(of)];
    if (part >= 1 && part <= parts && parts <= MOST_SLICES) return { kind: 'slice', slice: part, of: parts };
  }
  throw new AppError(
    'usage',
    `--data-subset: "${text}" is neither a part in percent nor one of several`,
    `as 5% (up to 100%), or as 1/7: the first of seven, of at most ${MOST_SLICES}`,
  );
}
