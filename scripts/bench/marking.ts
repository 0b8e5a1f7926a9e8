/**
 * What marking costs, step by step, over registries that are made in memory:
 * `node --expose-gc --import tsx scripts/bench/marking.ts [--case large|tags|repositories] [--turns 3] [--seed 1]`.
 *
 * `large`: a million blobs with ten million references. `tags`: 2 000, 10 000 and 50 000 tags in one repository, beside as many
 * untagged revisions. `repositories`: 50 000 tags and as many untagged revisions in one repository, and in a thousand. Of each
 * step the first turn is shown, as in a report, which runs it once, and the least of all turns; and the greatest resident set
 * beyond what was resident before the step, which is the registry itself. Tables in Markdown on stdout. Linux.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { analyse, type Analysis } from '../../src/gc/analysis.ts';
import { findCandidates } from '../../src/gc/candidates.ts';
import { buildGraph } from '../../src/gc/graph.ts';
import { mark } from '../../src/gc/mark.ts';
import { planIn } from '../../src/gc/plan-in.ts';
import { standardRoots, type StandardMode } from '../../src/gc/roots.ts';
import { planTotals } from '../../src/gc/plan-totals.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { buildReport } from '../../src/query/report.ts';
import type { ViewOptions } from '../../src/query/view.ts';
import { inventoryOf, SCANNED, type Shape } from './inventories.ts';

interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Bytes at its peak beyond what was resident before. */
  readonly peakBytes: number;
}

interface Step {
  readonly name: string;
  readonly run: () => unknown;
}

function residentBytes(field: 'VmHWM' | 'VmRSS'): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'latin1'));
  return Number(found?.[1]) * 1024;
}

function costOf(run: () => unknown): Cost {
  globalThis.gc?.();
  // From here on the kernel counts the peak anew (Linux, `Documentation/filesystems/proc.rst`, `clear_refs`).
  writeFileSync('/proc/self/clear_refs', '5');
  const before = residentBytes('VmRSS');
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  run();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { seconds, cpuSeconds: (user + system) / 1e6, peakBytes: residentBytes('VmHWM') - before };
}

const OPTIONS = { isIncluded: () => true, youngSince: SCANNED - 86_400_000, now: SCANNED };

function viewIn(mode: StandardMode): ViewOptions {
  return { mode, minAgeSeconds: 86_400, uploadsOlderThanSeconds: undefined, now: SCANNED };
}

function markIn(inventory: Inventory, analysis: Analysis, mode: StandardMode): unknown {
  const roots = standardRoots(inventory, mode);
  return mark(inventory, analysis.graph, { ...OPTIONS, roots, doubts: analysis[mode].doubts });
}

/** First all that a report needs, as it comes; then each step alone, over what the ones before it left. */
function stepsOf(inventory: Inventory): readonly Step[] {
  let analysis: Analysis | undefined;
  const analysed = (): Analysis => (analysis ??= analyse(inventory, OPTIONS));
  const inBoth = (name: string, run: (mode: StandardMode) => unknown): readonly Step[] =>
    (['revisions', 'untagged'] as const).map((mode) => ({ name: `${name}, \`${mode}\``, run: () => run(mode) }));
  return [
    { name: 'both modes, with the reach of each repository', run: () => (analysis = analyse(inventory, OPTIONS)) },
    { name: 'what is worth a stat', run: () => findCandidates(inventory, false) },
    { name: 'the graph', run: () => buildGraph(inventory) },
    ...inBoth('marking', (mode) => markIn(inventory, analysed(), mode)),
    ...inBoth('the plan', (mode) => planIn(analysed(), mode, viewIn(mode))),
    ...inBoth("the plan's totals", (mode) => planTotals(inventory, planIn(analysed(), mode, viewIn(mode)))),
    ...inBoth('the report', (mode) => buildReport({ analysis: analysed() }, viewIn(mode))),
  ];
}

interface Row {
  readonly name: string;
  readonly first: Cost;
  /** Seconds. */
  readonly least: number;
}

function measure(inventory: Inventory, turns: number): readonly Row[] {
  return stepsOf(inventory).map(({ name, run }) => {
    const first = costOf(run);
    const all = [first, ...Array.from({ length: turns - 1 }, () => costOf(run))];
    return { name, first, least: Math.min(...all.map(({ seconds }) => seconds)) };
  });
}

function toldOf({ repositories, revisions, tags, manifests, layerLinks, digests }: Inventory): string {
  const of = (count: number, noun: string): string => `${count.toLocaleString('en')} ${noun}`;
  return [
    of(repositories.length, 'repositories'),
    of(revisions.digest.length, 'revisions'),
    of(tags.name.length, 'tags'),
    of(layerLinks.digest.length, 'layer links'),
    of(digests.size, 'blobs'),
    of(manifests.referenceTarget.length, 'references'),
  ].join(', ');
}

const milliseconds = (seconds: number): string => (seconds * 1000).toFixed(0);

function showAlone(shape: Shape, seed: number, turns: number): void {
  const inventory = inventoryOf(shape, seed);
  console.log(`${toldOf(inventory)}.\n`);
  console.log('| step | first, ms | least, ms | first, CPU ms | peak, MiB |\n| --- | ---: | ---: | ---: | ---: |');
  for (const { name, first, least } of measure(inventory, turns)) {
    const figures = [milliseconds(first.seconds), milliseconds(least), milliseconds(first.cpuSeconds)];
    console.log(`| ${[name, ...figures, (first.peakBytes / 2 ** 20).toFixed(0)].join(' | ')} |`);
  }
}

/** Nanoseconds a revision, registry beside registry. */
function showTogether(shapes: readonly Shape[], seed: number, turns: number): void {
  const columns = shapes.map((shape) => {
    const inventory = inventoryOf(shape, seed);
    console.log(`- ${toldOf(inventory)}`);
    return measure(inventory, turns).map(({ name, least }) => ({ name, each: (least * 1e9) / shape.revisions }));
  });
  const heads = shapes.map(({ revisions, repositories }) => `${revisions / 2} tags in ${repositories}, ns a revision`);
  console.log(`\n| step | ${heads.join(' | ')} | last ÷ first |\n| --- |${' ---: |'.repeat(shapes.length + 1)}`);
  for (const [row, { name, each }] of (columns[0] ?? []).entries()) {
    const figures = columns.map((column) => column[row]?.each ?? NaN);
    const ratio = (figures.at(-1) ?? NaN) / each;
    console.log(`| ${[name, ...figures.map((figure) => figure.toFixed(0)), ratio.toFixed(2)].join(' | ')} |`);
  }
}

/** Ten references a revision, and four blobs. */
function withTags(tags: number, repositories: number): Shape {
  return { repositories, revisions: 2 * tags, blobs: 8 * tags, references: 20 * tags };
}

const LARGE: Shape = { repositories: 5000, revisions: 250_000, blobs: 1_000_000, references: 10_000_000 };
const CASES: Readonly<Record<string, (seed: number, turns: number) => void>> = {
  large: (seed, turns) => showAlone(LARGE, seed, turns),
  tags: (seed, turns) =>
    showTogether(
      [2000, 10_000, 50_000].map((tags) => withTags(tags, 1)),
      seed,
      turns,
    ),
  repositories: (seed, turns) => showTogether([withTags(50_000, 1000), withTags(50_000, 1)], seed, turns),
};

const { values } = parseArgs({
  options: {
    case: { type: 'string', default: 'large' },
    turns: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = Number(values.seed);
const turns = Number(values.turns);
const show = CASES[values.case];
if (show === undefined || !Number.isSafeInteger(seed) || !Number.isSafeInteger(turns) || turns < 1) {
  console.error(`usage: marking [--case ${Object.keys(CASES).join('|')}] [--turns N] [--seed N]`);
  process.exitCode = 2;
} else if (globalThis.gc === undefined) {
  console.error('node needs --expose-gc: what is no longer needed must not count as memory');
  process.exitCode = 2;
} else {
  console.log(`${turns} turns; Node ${process.versions.node}, Linux ${release()}, ${cpus().length} CPUs.\n`);
  show(seed, turns);
}
