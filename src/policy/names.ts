/** One order over names: runs of digits by their number, all else by character. Locale plays no part in it. */
import { compareText } from '../shared/problem.ts';

const PARTS = /\d+|\D+/g;
const DIGITS = /^\d/;

/** `build-9` before `build-10`. Zero only for equal texts. */
export function compareNames(a: string, b: string): number {
  const left = a.match(PARTS) ?? [];
  const right = b.match(PARTS) ?? [];
  for (let at = 0; at < left.length && at < right.length; at++) {
    const compared = compareParts(left[at] ?? '', right[at] ?? '');
    if (compared !== 0) return compared;
  }
  return left.length - right.length || compareText(a, b);
}

function compareParts(a: string, b: string): number {
  if (!DIGITS.test(a) || !DIGITS.test(b)) return compareText(a, b);
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  return left.length - right.length || compareText(left, right);
}
