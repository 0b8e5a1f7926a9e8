import { ratios, spread } from './statistics.ts';
import type { Result } from './turns.ts';

const MEBIBYTE = 2 ** 20;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** What each command took, as a table in Markdown: medians over the turns. */
export function figuresTable(results: readonly Result[]): string {
  const rows = results.map(({ name, measurements }) => {
    const wall = spread(measurements.map(({ wallSeconds }) => wallSeconds));
    const cpu = spread(measurements.map(({ cpuSeconds }) => cpuSeconds));
    // Memory is compared with a limit, so its worst turn is what counts.
    const peak = spread(measurements.map(({ peakBytes }) => peakBytes)).most;
    const output = spread(measurements.map(({ outputBytes }) => outputBytes)).median;
    return [
      name,
      wall.median.toFixed(2),
      `${wall.least.toFixed(2)} to ${wall.most.toFixed(2)}`,
      cpu.median.toFixed(2),
      (peak / MEBIBYTE).toFixed(0),
      (output / MEBIBYTE).toFixed(1),
    ];
  });
  return table(['command', 'seconds', 'least to most', 'CPU seconds', 'peak MiB', 'output MiB'], rows);
}

/** How many times as long as the first command each other one took, pair by pair, as a table in Markdown. */
export function ratiosTable(results: readonly Result[]): string {
  const [first, ...others] = results;
  if (first === undefined) throw new RangeError('nothing was measured');
  const seconds = (result: Result): number[] => result.measurements.map(({ wallSeconds }) => wallSeconds);
  const rows = others.map((other) => {
    const ratio = ratios(seconds(other), seconds(first));
    return [`${other.name} ÷ ${first.name}`, ratio.median.toFixed(2), ratio.least.toFixed(2), ratio.most.toFixed(2)];
  });
  return table(['ratio of seconds', 'median', 'least', 'most'], rows);
}
