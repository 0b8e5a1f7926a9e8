/** Middle value; of an even number, the mean of the two in the middle. Throws RangeError on an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle];
  const low = sorted.length % 2 === 1 ? high : sorted[middle - 1];
  if (high === undefined || low === undefined) throw new RangeError('no values to take a median of');
  return (low + high) / 2;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/**
 * `dividends[i] / divisors[i]`, turn by turn: what disturbs a turn disturbs both, so pairs tell more than two medians.
 */
export function ratios(dividends: readonly number[], divisors: readonly number[]): Spread {
  return spread(
    dividends.map((dividend, turn) => {
      const divisor = divisors[turn];
      if (divisor === undefined) throw new RangeError(`turn ${turn + 1} has nothing to compare with`);
      return dividend / divisor;
    }),
  );
}
