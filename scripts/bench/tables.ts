import { ratios, spread } from './statistics.ts';
import { groupCalls } from './strace.ts';
import type { Result } from './turns.ts';

const MEBIBYTE = 2 ** 20;

/** A table in Markdown; all columns but the first are of numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** What each command took, as a table in Markdown: medians over the turns. */
export function figuresTable(results: readonly Result[]): string {
  const rows = results.map((result) => {
    const { measurements } = result;
    const wall = spread(seconds(result));
    const cpu = spread(measurements.map(({ cpuSeconds }) => cpuSeconds));
    const output = spread(measurements.map(({ outputBytes }) => outputBytes)).median;
    return [
      result.name,
      wall.median.toFixed(2),
      `${wall.least.toFixed(2)} to ${wall.most.toFixed(2)}`,
      cpu.median.toFixed(2),
      (peakBytes(result) / MEBIBYTE).toFixed(0),
      (output / MEBIBYTE).toFixed(1),
    ];
  });
  return table(['command', 'seconds', 'least to most', 'CPU seconds', 'peak MiB', 'output MiB'], rows);
}

/** Seconds by the clock, turn by turn. */
export function seconds({ measurements }: Result): number[] {
  return measurements.map(({ wallSeconds }) => wallSeconds);
}

/** Memory is compared with a limit, so its worst turn is what counts. */
export function peakBytes({ measurements }: Result): number {
  return spread(measurements.map((measurement) => measurement.peakBytes)).most;
}

/** A ratio of the seconds of two results: how many times as long as the second the first took. */
export type Pair = readonly [Result, Result];

/** Each ratio pair by pair of runs, as a table in Markdown. */
export function ratiosTable(pairs: readonly Pair[]): string {
  const rows = pairs.map(([dividend, divisor]) => {
    const ratio = ratios(seconds(dividend), seconds(divisor));
    const figures = [ratio.median, ratio.least, ratio.most].map((figure) => figure.toFixed(2));
    return [`${dividend.name} ÷ ${divisor.name}`, ...figures];
  });
  return table(['ratio of seconds', 'median', 'least', 'most'], rows);
}

export interface CountedCalls {
  readonly name: string;
  /** By system call, as strace counted them. */
  readonly counts: ReadonlyMap<string, number>;
}

/** System calls of each command for each blob, by kind, as a table in Markdown. */
export function callsTable(commands: readonly CountedCalls[], blobs: number): string {
  const perBlob = commands.map(({ counts }) => {
    const groups = groupCalls(counts);
    const all = groups.reduce((sum, [, calls]) => sum + calls, 0);
    return [...groups, ['all', all] as const];
  });
  const kinds = (perBlob[0] ?? []).map(([kind]) => kind);
  const rows = kinds.map((kind, at) => [kind, ...perBlob.map((groups) => ((groups[at]?.[1] ?? 0) / blobs).toFixed(2))]);
  return table(['system calls for each blob', ...commands.map(({ name }) => name)], rows);
}
