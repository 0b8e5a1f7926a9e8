import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NAMES } from '../../../scripts/bench/contenders.ts';
import type { DelayedCalls } from '../../../scripts/bench/native.ts';
import { delaysTable, pairsOf, SUMMARY, summaryOf } from '../../../scripts/bench/summary.ts';
import type { Result } from '../../../scripts/bench/turns.ts';

const README = new URL('../../../README.md', import.meta.url);

function result(name: string, ...seconds: number[]): Result {
  const measurements = seconds.map((wallSeconds) => ({
    wallSeconds,
    cpuSeconds: 1,
    peakBytes: wallSeconds * 100 * 2 ** 20,
    outputBytes: 0,
  }));
  return { name, measurements };
}

const results = [
  result(NAMES.report, 2, 3, 1),
  result('C program, 2 threads', 0.5, 0.5, 0.5),
  result(NAMES.collector, 12, 12, 12),
  result(NAMES.find, 3, 3, 3),
  result(NAMES.again, 1, 1, 1),
  result(NAMES.noScan, 0.25, 0.25, 0.25),
];

describe('a summary', () => {
  it('has a cell for each head of the table in README', () => {
    const head = readFileSync(README, 'utf8').split('<!-- first scan -->')[1]?.trim().split('\n')[0];
    const cells = head?.split('|').slice(1, -1);
    expect(cells?.map((cell) => cell.trim())).toEqual(SUMMARY);
    expect(summaryOf(results, undefined)).toHaveLength(SUMMARY.length - 1);
  });

  it('is bound by the C program, pair by pair of runs', () => {
    const cells = ['2.00', '0.50 (C program, 2 threads)', '4.00', '6.0', '1.5', '1.00', '0.25', '300'];
    expect(summaryOf(results, undefined)).toEqual(cells);
  });

  it('is bound by its own calls on slow storage', () => {
    const delayed = new Map([[NAMES.report, { open: 16_000, stat: 16_000, list: 16_000, read: 16_000 }]]);
    const cells = summaryOf(results.slice(0, 1), { delayed, microseconds: 500 });
    expect(cells).toEqual(['2.00', '0.50 (64 calls in flight)', '4.00', '–', '–', '–', '–', '300']);
    expect(() => summaryOf(results, { delayed: new Map(), microseconds: 500 })).toThrow(/no delayed calls/);
  });

  it('has no figures for what was left out', () => {
    expect(summaryOf(results.slice(0, 1), undefined)).toEqual(['2.00', '–', '–', '–', '–', '–', '–', '300']);
  });
});

describe('ratios', () => {
  it('are of us by the C program, and of all others by us', () => {
    expect(pairsOf(results).map(([dividend, divisor]) => [dividend.name, divisor.name])).toEqual([
      [NAMES.report, 'C program, 2 threads'],
      [NAMES.collector, NAMES.report],
      [NAMES.find, NAMES.report],
      [NAMES.again, NAMES.report],
      [NAMES.noScan, NAMES.report],
    ]);
    expect(() => pairsOf([])).toThrow(/nothing was measured/);
  });
});

describe('delays', () => {
  it('are shown with the least that they take, unless next to nothing was delayed', () => {
    const delayed = new Map<string, DelayedCalls>([
      [NAMES.report, { open: 1000, stat: 20_000, list: 10_000, read: 1000 }],
      [NAMES.noScan, { open: 0, stat: 22, list: 0, read: 0 }],
    ]);
    const two = results.filter(({ name }) => delayed.has(name));
    expect(delaysTable(two, { delayed, microseconds: 1000 }).split('\n').slice(2)).toEqual([
      '| regsweep report | 1000 | 20000 | 10000 | 1000 | 32000 | 0.50 | 4.00 |',
      '| regsweep report --no-scan | 0 | 22 | 0 | 0 | 22 | 0.00 | – |',
    ]);
  });
});
