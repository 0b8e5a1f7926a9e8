import type { Random } from './random.ts';

/**
 * A whole number that is used up exactly over a known number of draws: the counts of a generated tree are exact although
 * every draw is random.
 */
export interface Budget {
  /**
   * The next share, in [low, high], so that what remains fits the draws to come. Small shares are common and large ones
   * rare, like the layers that a rebuild renews.
   */
  readonly draw: (low: number, high: number) => number;
}

/**
 * A budget of `total` over `draws` draws, each of which can be counted on to take `least` to `most`.
 *
 * The last draw takes what is left. Throws RangeError where a draw cannot keep to its limits.
 */
export function createBudget(total: number, draws: number, least: number, most: number, random: Random): Budget {
  let remaining = total;
  let left = draws;
  return {
    draw: (low, high) => {
      if (left <= 0) throw new RangeError('the budget has no draws left');
      const mean = remaining / left;
      left -= 1;
      const wished = low + Math.round(-Math.log(1 - random.next()) * Math.max(mean - low, 0));
      const atLeast = Math.max(low, remaining - left * most);
      const atMost = Math.min(high, remaining - left * least);
      if (atLeast > atMost)
        throw new RangeError(`a share of ${remaining} over ${left + 1} draws is not in ${low} to ${high}`);
      const share = left === 0 ? remaining : Math.max(atLeast, Math.min(wished, atMost));
      remaining -= share;
      return share;
    },
  };
}

/** `total` split over `weights` in whole numbers that add up to it (largest remainder). */
export function apportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const exact = weights.map((weight) => (total * weight) / sum);
  const shares = exact.map(Math.floor);
  const missing = total - shares.reduce((a, b) => a + b, 0);
  const byRemainder = exact.map((share, at) => ({ at, rest: share - Math.floor(share) }));
  byRemainder.sort((a, b) => b.rest - a.rest || a.at - b.at);
  for (const { at } of byRemainder.slice(0, missing)) shares[at] = (shares[at] ?? 0) + 1;
  return shares;
}
