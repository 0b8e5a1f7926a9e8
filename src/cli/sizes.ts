import { AppError } from '../shared/errors.ts';

/** `G` and `GB` are 10^9, `GiB` is 2^30; a whole number alone is bytes. Capitals only: a small `g` or `m` could be anything. */
const SIZE = /^(\d+)(?:$|(?:\.(\d+))?(?:B|([KMGTP])B?|([KMGTP])iB)$)/;
const PREFIXES = 'KMGTP';

/**
 * The bytes of a size as `200G`, `1.5TiB`, `4096B` or `4096`, at least 1; a fraction of a byte is dropped. Throws `usage`,
 * naming `option`.
 */
export function parseBytes(option: string, text: string): number {
  const match = SIZE.exec(text);
  if (match !== null) {
    const [, whole = '', fraction = '', decimal, binary] = match;
    const power = PREFIXES.indexOf(decimal ?? binary ?? '') + 1;
    const unit =
      decimal === undefined && binary === undefined ? 1n : (binary === undefined ? 1000n : 1024n) ** BigInt(power);
    // In whole numbers: 0.29G is not 289999999 bytes.
    const bytes = (BigInt(whole + fraction) * unit) / 10n ** BigInt(fraction.length);
    if (bytes === 0n) {
      throw new AppError(
        'usage',
        `--${option}: "${text}" is no byte at all, so nothing would be done`,
        `leave --${option} out where none is meant`,
      );
    }
    if (bytes <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(bytes);
  }
  throw new AppError(
    'usage',
    `--${option}: "${text}" is not a size`,
    'a number with a unit: K, M, G, T (G is 10^9) or KiB, MiB, GiB, TiB (GiB is 2^30), as 200G or 1.5TiB; bytes need none',
  );
}
