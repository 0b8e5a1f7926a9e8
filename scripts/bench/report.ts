/**
 * A first report against the least that it could take, the registry's own collector and `find`, on the same tree, in turns;
 * and beside it a second report, and one from the index alone. After `npm run build`:
 * `npx tsx scripts/bench/report.ts [--profile M] [--seed 1] [--turns 5] [--keep DIR] [--warm] [--cold] [--latency 1000]`.
 *
 * The least is a program in C (`reader.c`) that makes the very calls which a first report makes on the volume, recorded by
 * strace, and nothing else.
 *
 * `--keep DIR` generates the tree there, or uses the one that is there. `--warm`, `--cold` (the system's caches are dropped
 * before each run, which needs root) and `--latency MICROSECONDS` (added to each call, by `latency.c`) are measured one after
 * the other; warm where none is asked for. `--without PART` leaves out `reader`, `collector`, `find`, `again` (the second
 * report, and that from the index) or `calls` (system calls for each blob). `--command LINE` puts another command in the
 * report's place; `{root}` and `{db}` are filled in. `--cpu-prof NAME` profiles one more run on each storage, and keeps the
 * summary in `results/profiles`. `--write` puts the tables into `results/first-scan.md` and their sum into README.
 * Tables in Markdown on stdout.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reuseTree } from '../registry-generator/tree.ts';
import type { Totals } from '../registry-generator/totals.ts';
import { firstReport, type Place, type Reader } from './contenders.ts';
import { summarizeProfiles, underProfiler } from './cpu-profile.ts';
import { bestMethod, measure } from './measure.ts';
import { compileReader } from './native.ts';
import { parseOptions, USAGE, type Options, type Part } from './options.ts';
import { recordCalls } from './recorder.ts';
import { rewrite, withBlock, withRowInBlock } from './results.ts';
import { measureSection, type Bench, type Section } from './sections.ts';
import { COLD, slowStorage, WARM, type Storage } from './storage.ts';
import { findTools, missingTools, registryVersion, type Tools } from './tools.ts';

const RESULTS = fileURLToPath(new URL('results/first-scan.md', import.meta.url));
const PROFILES = fileURLToPath(new URL('results/profiles', import.meta.url));
const README = fileURLToPath(new URL('../../README.md', import.meta.url));

function say(message: string): void {
  console.error(message);
}

/** What is to be compared, less what cannot be had here. */
function partsOf({ without, command }: Options, tools: Tools): ReadonlySet<Part> {
  const parts = new Set<Part>();
  if (tools.strace && tools.compiler) parts.add('reader');
  if (tools.strace) parts.add('calls');
  if (tools.registry) parts.add('collector');
  if (tools.find) parts.add('find');
  // Another command is not known to have an index.
  if (command === undefined) parts.add('again');
  for (const part of without) parts.delete(part);
  return parts;
}

function storagesOf({ warm, cold, latency }: Options, tools: Tools, place: Place): readonly Storage[] {
  const storages: Storage[] = [];
  if (warm) storages.push(WARM);
  if (cold && tools.dropCaches) storages.push(COLD);
  if (latency !== undefined && tools.compiler) storages.push(slowStorage(place, latency));
  return storages;
}

function prepareReader(place: Place, line: string | undefined): Reader {
  say('recording the calls of a first report');
  const reader = { program: compileReader(place.folder), list: join(place.folder, 'calls') };
  const counts = recordCalls(firstReport(place, line).prepare(), place.root, reader.list);
  say(`recorded: ${counts.stat} stats, ${counts.read} files read, ${counts.list} folders listed`);
  return reader;
}

function machineLine(totals: Totals, { profile, seed, turns }: Options, storage: Storage, load: number): string {
  return (
    `Profile ${profile}, seed ${seed}: ${totals.repositories} repositories, ${totals.revisions} revisions, ` +
    `${totals.blobs} blobs; ${storage.description}. Turns: ${turns}. ${new Date().toISOString().slice(0, 10)}, ` +
    `Node ${process.versions.node}, Linux ${release().split('-', 1)[0]}, ${cpus().length} CPUs; load before: ${load.toFixed(1)}.`
  );
}

/** The command that measures this again. */
function commandLine({ profile, seed, turns, without, command }: Options, storage: Storage): string {
  const how = storage.latency === undefined ? storage.name : `latency ${storage.latency.microseconds}`;
  const less = [...without].map((part) => ` --without ${part}`).join('');
  const rest = command === undefined ? ' --write' : ` --command '${command}'`;
  return `    npx tsx scripts/bench/report.ts --profile ${profile} --seed ${seed} --turns ${turns} --${how}${less}${rest}`;
}

async function profile(bench: Bench, storage: Storage, name: string): Promise<void> {
  const folder = mkdtempSync(join(bench.place.folder, 'profile-'));
  const command = underProfiler(firstReport(bench.place, bench.line).prepare(), folder);
  storage.beforeRun();
  const { wallSeconds } = await measure(storage.on(command), bestMethod());
  mkdirSync(PROFILES, { recursive: true });
  const file = join(PROFILES, `${name}-${storage.name.replace(' µs', 'us')}.txt`);
  const head = `${name}: a first report, ${storage.description}; ${wallSeconds.toFixed(2)} s under the profiler`;
  writeFileSync(file, `${head}\n\n${summarizeProfiles(folder)}`);
  say(`profile: ${file}`);
}

async function write(options: Options, storage: Storage, section: Section, block: string): Promise<void> {
  const name = `${options.profile}, ${storage.name}`;
  await rewrite(RESULTS, (text) => withBlock(text, name, block));
  await rewrite(README, (text) => withRowInBlock(text, 'first scan', [name, ...section.summary]));
}

async function compare(options: Options, folder: string): Promise<void> {
  const kept = options.keep ?? join(folder, 'registry');
  say(`tree: profile ${options.profile}, seed ${options.seed}`);
  const totals = reuseTree(kept, options.profile, options.seed);
  const place = { root: realpathSync(kept), folder };
  const tools = findTools();
  const notes = missingTools(tools);
  if (tools.registry) notes.push(`The collector is that of registry ${registryVersion()}.`);
  const parts = partsOf(options, tools);
  const reader = parts.has('reader') ? prepareReader(place, options.command) : undefined;
  const { turns, command: line } = options;
  const bench: Bench = { place, line, turns, blobs: totals.blobs, reader, parts, progress: say };
  for (const storage of storagesOf(options, tools, place)) {
    const load = loadavg()[0] ?? 0;
    say(storage.name);
    const section = await measureSection(bench, storage);
    const title = `## ${options.profile}, ${storage.name}`;
    const paragraphs = [machineLine(totals, options, storage, load), ...section.paragraphs, ...notes];
    const block = [title, ...paragraphs, commandLine(options, storage)].join('\n\n');
    console.log(`${block}\n`);
    if (options.write) await write(options, storage, section, block);
    if (options.cpuProfile !== undefined) await profile(bench, storage, options.cpuProfile);
  }
}

function optionsOf(args: readonly string[]): Options | undefined {
  try {
    return parseOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
}

const options = optionsOf(process.argv.slice(2));
if (options !== undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'regsweep-bench-'));
  const tidyUp = (): void => rmSync(folder, { recursive: true, force: true });
  // A tree is too large to be left behind by whoever has waited long enough.
  process.once('SIGINT', () => {
    tidyUp();
    process.exit(130);
  });
  try {
    await compare(options, folder);
  } finally {
    tidyUp();
  }
}
