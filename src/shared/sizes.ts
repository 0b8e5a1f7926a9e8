/** How many bytes something is, as people write it: for options and for conditions. */

/** `G` and `GB` are 10^9, `GiB` is 2^30; a whole number alone is bytes. Capitals only: a small `g` or `m` could be anything. */
const SIZE = /^(\d+)(?:$|(?:\.(\d+))?(?:B|([KMGTP])B?|([KMGTP])iB)$)/;
const PREFIXES = 'KMGTP';

/** What a size looks like, for whoever wrote one that is none. */
export const SIZE_HINT =
  'a number with a unit: K, M, G, T (G is 10^9) or KiB, MiB, GiB, TiB (GiB is 2^30), as 200G or 1.5TiB; bytes need none';

/**
 * The bytes of a size as `200G`, `1.5TiB`, `4096B` or `4096`; a fraction of a byte is dropped. `undefined` for what is no size, or
 * more than a number holds exactly.
 */
export function sizeBytes(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', decimal, binary] = match;
  const power = PREFIXES.indexOf(decimal ?? binary ?? '') + 1;
  const unit =
    decimal === undefined && binary === undefined ? 1n : (binary === undefined ? 1000n : 1024n) ** BigInt(power);
  // In whole numbers: 0.29G is not 289999999 bytes.
  const bytes = (BigInt(whole + fraction) * unit) / 10n ** BigInt(fraction.length);
  return bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : undefined;
}
