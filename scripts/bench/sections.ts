/** What is measured on one kind of storage, and what is said of it. */
import { join } from 'node:path';
import { collector, find, firstReport, NAMES, reader, reportWithoutScan, secondReport } from './contenders.ts';
import type { Place, Reader } from './contenders.ts';
import { bestMethod } from './measure.ts';
import type { DelayedCalls } from './native.ts';
import type { Part } from './options.ts';
import { countCalls } from './recorder.ts';
import { ratios, spread } from './statistics.ts';
import { IN_FLIGHT, type Storage } from './storage.ts';
import { callsTable, figuresTable, peakBytes, ratiosTable, seconds, table, type Pair } from './tables.ts';
import { runInTurns, type Contender, type Result } from './turns.ts';

export interface Bench {
  readonly place: Place;
  /** The command that stands for the report, if any. */
  readonly line: string | undefined;
  readonly turns: number;
  readonly blobs: number;
  readonly reader: Reader | undefined;
  /** What else is compared. */
  readonly parts: ReadonlySet<Part>;
  readonly progress: (message: string) => void;
}

export interface Section {
  /** In Markdown. */
  readonly paragraphs: readonly string[];
  /** The cells of a row of `SUMMARY`, behind the first. */
  readonly summary: readonly string[];
}

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

/** Measures all in turns on one storage. */
export async function measureSection(bench: Bench, storage: Storage): Promise<Section> {
  const search = await searchThreads(bench, storage);
  const delayed = new Map<string, DelayedCalls>();
  const contenders = contendersOn(bench, storage, search?.best, delayed);
  const results = await runInTurns(contenders, { ...turnOptions(bench, storage), turns: bench.turns });
  const [ours] = results;
  if (ours === undefined) throw new RangeError('nothing was measured');
  const limit = limitOf(results, ours, storage, delayed);
  const paragraphs = [figuresTable(results), ratiosTable(pairsOf(results, ours))];
  if (search !== undefined && search.tried.length > 1) paragraphs.push(threadsLine(search.tried));
  if (storage.latency !== undefined) paragraphs.push(delaysTable(results, delayed, storage.latency.microseconds));
  if (bench.parts.has('calls') && storage.name === 'warm') paragraphs.push(callsOf(bench, contenders));
  return { paragraphs: paragraphs.filter((text) => text !== ''), summary: summaryOf(results, ours, limit) };
}

function turnOptions({ progress }: Bench, storage: Storage): Omit<Parameters<typeof runInTurns>[1], 'turns'> {
  return { warmUp: storage.warmUp, method: bestMethod(), beforeRun: storage.beforeRun, progress };
}

/** What takes part on this storage, the report first. */
function contendersOn(
  bench: Bench,
  storage: Storage,
  threads: number | undefined,
  delayed: Map<string, DelayedCalls>,
): Contender[] {
  const { place, parts, line } = bench;
  const slow = storage.latency !== undefined;
  const all = [firstReport(place, line)];
  if (bench.reader !== undefined && threads !== undefined) all.push(reader(place, bench.reader, threads));
  // Theirs would take the better part of an hour there, and make their calls in ways that are not delayed.
  if (parts.has('collector') && !slow) all.push(collector(place));
  if (parts.has('find') && !slow) all.push(find(place));
  if (parts.has('again')) all.push(secondReport(place), reportWithoutScan(place));
  return all.map((contender) => ({
    ...contender,
    prepare: () => storage.on(contender.prepare()),
    ended: () => {
      if (storage.latency !== undefined) delayed.set(contender.name, storage.latency.delayed());
    },
  }));
}

interface ThreadSearch {
  /** Threads, and the seconds that the C program took with them. */
  readonly tried: readonly (readonly [number, number])[];
  readonly best: number;
}

/** The number of threads with which the C program is fastest; each runs once. `undefined` where there is none. */
async function searchThreads(bench: Bench, storage: Storage): Promise<ThreadSearch | undefined> {
  const [only, ...more] = storage.threads;
  if (bench.reader === undefined || only === undefined) return undefined;
  if (more.length === 0) return { tried: [], best: only };
  const contenders = storage.threads.map((threads) => reader(bench.place, bench.reader as Reader, threads));
  const results = await runInTurns(contenders, { ...turnOptions(bench, storage), turns: 1 });
  const tried = results.map((result, at) => [storage.threads[at] ?? only, spread(seconds(result)).median] as const);
  const best = tried.reduce((fastest, next) => (next[1] < fastest[1] ? next : fastest));
  return { tried, best: best[0] };
}

function threadsLine(tried: readonly (readonly [number, number])[]): string {
  const figures = tried.map(([threads, took]) => `${threads}: ${took.toFixed(2)}`).join(', ');
  return `Seconds of the C program by its number of threads, each once: ${figures}.`;
}

/** What takes longer than we do by what we take; and what we take by what is faster. */
function pairsOf(results: readonly Result[], ours: Result): readonly Pair[] {
  return results
    .filter((other) => other !== ours)
    .map((other) => (isReader(other) ? ([ours, other] as const) : ([other, ours] as const)));
}

function isReader({ name }: Result): boolean {
  return name.startsWith('C program');
}

interface Limit {
  readonly text: string;
  /** How many times as long we took. */
  readonly ratio: number;
}

/** What bounds us: on slow storage our own calls, always so many in flight; elsewhere the C program. */
function limitOf(
  results: readonly Result[],
  ours: Result,
  { latency }: Storage,
  delayed: ReadonlyMap<string, DelayedCalls>,
): Limit | undefined {
  if (latency !== undefined) {
    const least = leastSeconds(delayed.get(ours.name), latency.microseconds);
    const ratio = spread(seconds(ours)).median / least;
    return { text: `${least.toFixed(2)} (${IN_FLIGHT} calls in flight)`, ratio };
  }
  const other = results.find(isReader);
  if (other === undefined) return undefined;
  const text = `${spread(seconds(other)).median.toFixed(2)} (${other.name})`;
  return { text, ratio: ratios(seconds(ours), seconds(other)).median };
}

function allOf(calls: DelayedCalls | undefined): number {
  if (calls === undefined) throw new RangeError('no delayed calls were counted');
  return calls.open + calls.stat + calls.list + calls.read;
}

function leastSeconds(calls: DelayedCalls | undefined, microseconds: number): number {
  return (allOf(calls) * microseconds) / 1e6 / IN_FLIGHT;
}

function delaysTable(
  results: readonly Result[],
  delayed: ReadonlyMap<string, DelayedCalls>,
  microseconds: number,
): string {
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
    const calls = delayed.get(result.name);
    const all = allOf(calls);
    const counts = [calls?.open, calls?.stat, calls?.list, calls?.read, all].map(String);
    const least = leastSeconds(calls, microseconds);
    // Without a scan next to nothing is delayed.
    const times = least < 0.01 ? '–' : (spread(seconds(result)).median / least).toFixed(2);
    return [result.name, ...counts, least.toFixed(2), times];
  });
  return table(head, rows);
}

/** Counted for what answers the same question: us, the registry's collector, and us once more. */
function callsOf({ blobs, progress, place }: Bench, contenders: readonly Contender[]): string {
  const counted = contenders.filter(({ name, figures }) => figures === undefined && name !== NAMES.find);
  const commands = counted.map(({ name, prepare }) => {
    progress(`counting the system calls of ${name}`);
    return { name, counts: countCalls(prepare(), join(place.folder, 'counts')) };
  });
  return callsTable(commands, blobs);
}

function summaryOf(results: readonly Result[], ours: Result, limit: Limit | undefined): readonly string[] {
  const named = (name: string): Result | undefined => results.find((result) => result.name === name);
  const took = (result: Result | undefined): string =>
    result === undefined ? '–' : spread(seconds(result)).median.toFixed(2);
  const times = (result: Result | undefined): string =>
    result === undefined ? '–' : ratios(seconds(result), seconds(ours)).median.toFixed(1);
  return [
    took(ours),
    limit?.text ?? '–',
    limit?.ratio.toFixed(2) ?? '–',
    times(named(NAMES.collector)),
    times(named(NAMES.find)),
    took(named(NAMES.again)),
    took(named(NAMES.noScan)),
    (peakBytes(ours) / 2 ** 20).toFixed(0),
  ];
}
