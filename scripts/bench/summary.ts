/** What the results on one storage say: which ratios, by what we are bounded, and the row that sums all up. */
import { isReader, NAMES } from './contenders.ts';
import type { DelayedCalls } from './native.ts';
import { ratios, spread } from './statistics.ts';
import { peakBytes, seconds, table, type Pair } from './tables.ts';
import type { Result } from './turns.ts';

/** The head of the table that has a row for each volume and storage. */
export const SUMMARY = [
  'volume and storage',
  'regsweep, s',
  'limit, s',
  'regsweep ÷ limit',
  'collector ÷ regsweep',
  'find ÷ regsweep',
  'again, s',
  '`--no-scan`, s',
  'peak MiB',
] as const;

/** Slow storage is measured by so many calls in flight at all times. */
export const IN_FLIGHT = 64;

const NONE = '–';

/** What was delayed on slow storage. */
export interface Delays {
  readonly microseconds: number;
  /** By the name of the result. */
  readonly delayed: ReadonlyMap<string, DelayedCalls>;
}

/** Our result, which comes first. */
function oursOf([ours]: readonly Result[]): Result {
  if (ours === undefined) throw new RangeError('nothing was measured');
  return ours;
}

/** What takes longer than we do by what we take, and what we take by what bounds us. */
export function pairsOf(results: readonly Result[]): readonly Pair[] {
  const ours = oursOf(results);
  return results
    .filter((other) => other !== ours)
    .map((other) => (isReader(other.name) ? ([ours, other] as const) : ([other, ours] as const)));
}

/** The calls that were delayed, what they take at least, and what they took, as a table in Markdown. */
export function delaysTable(results: readonly Result[], delays: Delays): string {
  const head = [
    'delayed calls',
    'open',
    'stat',
    'list',
    'read',
    'all',
    `least, s (${IN_FLIGHT} in flight)`,
    'seconds ÷ least',
  ];
  const rows = results.map((result) => {
    const calls = callsOf(result, delays);
    const least = leastSeconds(result, delays);
    const counts = [calls.open, calls.stat, calls.list, calls.read, sum(calls)].map(String);
    // Without a scan next to nothing is delayed.
    const times = least < 0.01 ? NONE : (median(result) / least).toFixed(2);
    return [result.name, ...counts, least.toFixed(2), times];
  });
  return table(head, rows);
}

/**
 * The cells of a row of `SUMMARY`, behind the first. What bounds us is the C program; on slow storage it is our own calls,
 * always so many of them in flight.
 */
export function summaryOf(results: readonly Result[], delays: Delays | undefined): readonly string[] {
  const ours = oursOf(results);
  const named = (name: string): Result | undefined => results.find((result) => result.name === name);
  const took = (result: Result | undefined): string => (result === undefined ? NONE : median(result).toFixed(2));
  const times = (result: Result | undefined): string =>
    result === undefined ? NONE : ratios(seconds(result), seconds(ours)).median.toFixed(1);
  return [
    took(ours),
    ...(delays === undefined ? boundByReader(results) : boundByDelays(ours, delays)),
    times(named(NAMES.collector)),
    times(named(NAMES.find)),
    took(named(NAMES.again)),
    took(named(NAMES.noScan)),
    (peakBytes(ours) / 2 ** 20).toFixed(0),
  ];
}

function boundByReader(results: readonly Result[]): readonly [string, string] {
  const reader = results.find(({ name }) => isReader(name));
  if (reader === undefined) return [NONE, NONE];
  const ratio = ratios(seconds(oursOf(results)), seconds(reader)).median;
  return [`${median(reader).toFixed(2)} (${reader.name})`, ratio.toFixed(2)];
}

function boundByDelays(ours: Result, delays: Delays): readonly [string, string] {
  const least = leastSeconds(ours, delays);
  return [`${least.toFixed(2)} (${IN_FLIGHT} calls in flight)`, (median(ours) / least).toFixed(2)];
}

function median(result: Result): number {
  return spread(seconds(result)).median;
}

function callsOf({ name }: Result, { delayed }: Delays): DelayedCalls {
  const calls = delayed.get(name);
  if (calls === undefined) throw new RangeError(`of ${name} no delayed calls were counted`);
  return calls;
}

function sum({ open, stat, list, read }: DelayedCalls): number {
  return open + stat + list + read;
}

function leastSeconds(result: Result, delays: Delays): number {
  return (sum(callsOf(result, delays)) * delays.microseconds) / 1e6 / IN_FLIGHT;
}
