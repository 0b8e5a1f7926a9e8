/** What is measured on one kind of storage, and what is said of it. */
import { join } from 'node:path';
import { collector, find, firstReport, NAMES, reader, reportWithoutScan, secondReport } from './contenders.ts';
import type { Place, Reader } from './contenders.ts';
import { bestMethod } from './measure.ts';
import type { DelayedCalls } from './native.ts';
import type { Part } from './options.ts';
import { countCalls } from './recorder.ts';
import { spread } from './statistics.ts';
import type { Storage } from './storage.ts';
import { delaysTable, pairsOf, summaryOf } from './summary.ts';
import { callsTable, figuresTable, ratiosTable, seconds } from './tables.ts';
import { runInTurns, type Contender } from './turns.ts';

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

/** Measures all in turns on one storage. */
export async function measureSection(bench: Bench, storage: Storage): Promise<Section> {
  const search = await searchThreads(bench, storage);
  const delayed = new Map<string, DelayedCalls>();
  const contenders = contendersOn(bench, storage, search?.best, delayed);
  const results = await runInTurns(contenders, { ...turnOptions(bench, storage), turns: bench.turns });
  const slow = storage.latency === undefined ? undefined : { delayed, microseconds: storage.latency.microseconds };
  const paragraphs = [figuresTable(results), ratiosTable(pairsOf(results))];
  if (search !== undefined && search.tried.length > 1) paragraphs.push(threadsLine(search.tried));
  if (slow !== undefined) paragraphs.push(delaysTable(results, slow));
  if (bench.parts.has('calls') && storage.name === 'warm') paragraphs.push(callsOf(bench, contenders));
  return { paragraphs, summary: summaryOf(results, slow) };
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

/** Counted for what answers the same question: us, the registry's collector, and us once more. */
function callsOf({ blobs, progress, place }: Bench, contenders: readonly Contender[]): string {
  const counted = contenders.filter(({ name, figures }) => figures === undefined && name !== NAMES.find);
  const commands = counted.map(({ name, prepare }) => {
    progress(`counting the system calls of ${name}`);
    return { name, counts: countCalls(prepare(), join(place.folder, 'counts')) };
  });
  return callsTable(commands, blobs);
}
