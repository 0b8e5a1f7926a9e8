import type { Style } from './appearance.ts';

/**
 * Values in the order of time as a line of at most `width` characters, from the least as the lowest to the greatest as the
 * highest; blank where there is none. Where there are more values than columns each column has the last of several. Values
 * that are all the same stand in the middle.
 */
export function drawSparkline(values: readonly (number | null)[], width: number, { levels }: Style): string {
  const columns = Math.min(Math.max(0, Math.floor(width)), values.length);
  const shown = Array.from({ length: columns }, (_, column) => lastOf(values, column, columns));
  const known = shown.filter((value) => value !== null);
  const least = known.reduce((a, b) => Math.min(a, b), Infinity);
  const range = known.reduce((a, b) => Math.max(a, b), -Infinity) - least;
  return shown
    .map((value) => {
      if (value === null) return ' ';
      const height = range > 0 ? (value - least) / range : 0.5;
      return levels[Math.min(levels.length - 1, Math.floor(height * levels.length))];
    })
    .join('');
}

/** The last value there is among those that share a column. */
function lastOf(values: readonly (number | null)[], column: number, columns: number): number | null {
  const from = Math.floor((column * values.length) / columns);
  const until = Math.floor(((column + 1) * values.length) / columns);
  return values.slice(from, until).findLast((value) => value !== null) ?? null;
}
