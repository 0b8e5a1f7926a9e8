/**
 * Sweeping against the least that could do it, on the same folders, in turns:
 * `npx tsx scripts/bench/sweep.ts [--blobs 100000] [--turns 5] [--only trash|delete|purge|memory] [--keep DIR]`, after `npm run build`.
 *
 * Into the trash against a bare loop that renames the same folders; at once, and a purge of the trash, against `rm -rf` of
 * them. The progress of a sweep and of a purge is drawn as on a terminal, into nothing. A sweep writes its
 * journal, checks each path and makes all durable; the others do none of that. What was renamed is renamed back for the next
 * turn, what was deleted is made anew, in a temporary folder or in DIR; before each run all that is not yet on the disk is
 * written. `memory`: how much more the shipped program takes at its peak for a sweep than for its dry run, each a process of
 * its own, for a third of the blobs and for all of them. Tables in Markdown on stdout.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import type { Action } from '../../src/gc/action.ts';
import { buildGraph } from '../../src/gc/graph.ts';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { parseDigest, type Digest } from '../../src/layout/digest.ts';
import { blobData, blobFolder, BLOBS, LAYOUT_FOLDER, REPOSITORIES } from '../../src/layout/paths.ts';
import { openPool } from '../../src/scan/pool.ts';
import { createProgress } from '../../src/cli/progress-bar.ts';
import type { Progress } from '../../src/shared/progress.ts';
import { arm, locked } from '../../src/sweep/arm.ts';
import { executePlan } from '../../src/sweep/execute.ts';
import { purgeRuns } from '../../src/sweep/purge.ts';
import type { SweepWork } from '../../src/sweep/work.ts';
import { bestMethod, measure } from './measure.ts';
import { ratios, spread } from './statistics.ts';

/** What a proof and a lock would be: here nobody else is about. */
const NOBODY = { proof: { refusals: [], warnings: [], notes: [] }, lock: { held: true } } as const;

function digestsOf(count: number): readonly Digest[] {
  const digests = Array.from({ length: count }, (_, at) => {
    const digest = parseDigest(`sha256:${createHash('sha256').update(`blob ${at}`).digest('hex')}`);
    if (digest === undefined) throw new Error('no digest');
    return digest;
  });
  return digests.sort();
}

function makeTree(root: string, digests: readonly Digest[]): void {
  rmSync(root, { recursive: true, force: true });
  const base = join(root, LAYOUT_FOLDER);
  for (const folder of [BLOBS, REPOSITORIES]) mkdirSync(join(base, folder), { recursive: true });
  for (const digest of digests) {
    mkdirSync(join(base, blobFolder(digest)), { recursive: true });
    writeFileSync(join(base, blobData(digest)), digest);
  }
}

function inventoryOf(root: string, digests: readonly Digest[]): Inventory {
  const builder = new InventoryBuilder();
  for (const digest of digests) {
    const { size, blocks, mtimeMs } = statSync(join(root, LAYOUT_FOLDER, blobData(digest)));
    const id = builder.digests.intern(digest);
    builder.blob(id, 1);
    builder.blobState(id, { bytes: size, diskBytes: blocks * 512, time: mtimeMs });
  }
  const elsewhere = { metadataDatabase: false, pullThrough: false };
  const trash = { runs: 0, bytes: 0, diskBytes: 0 };
  const facts = { root, scannedAt: 0, minAgeSeconds: 0, hasRepositories: true, diskUsage: true, elsewhere, trash };
  return builder.build(facts);
}

function* actionsOf({ digests, blobs }: Inventory): Generator<Action> {
  const reason = { code: 'unreferenced', text: 'Nothing that is kept reaches it.' } as const;
  for (let id = 0; id < digests.size; id++) {
    const digest = digests.digest(id);
    const bytes = blobs.bytes[id] ?? 0;
    const expect = { bytes, modifiedAt: new Date(blobs.time[id] ?? 0).toISOString() };
    const diskBytes = blobs.diskBytes[id] ?? 0;
    yield { kind: 'blob', batch: 1, path: blobFolder(digest), digest, bytes, diskBytes, expect, reason, refersTo: id };
  }
}

/** They lie below `from` now, in the places that the layout has for them. One rename brings them back. */
function bringBack(root: string, from: string): void {
  const to = join(root, LAYOUT_FOLDER, BLOBS);
  rmSync(to, { recursive: true });
  renameSync(from, to);
}

const RUN = '20260101T000000Z-0000';
const WORKER = new URL('../../dist/scan-worker.js', import.meta.url);

/** Seconds. `trash`: what goes there is left there. */
async function sweep(root: string, digests: readonly Digest[], trash: boolean): Promise<number> {
  const inventory = inventoryOf(root, digests);
  const header = { schema: 'regsweep.plan/1', mode: 'revisions' };
  const work: SweepWork = { inventory, graph: buildGraph(inventory), header, batches: () => [actionsOf(inventory)] };
  const state = stateOf(root);
  mkdirSync(state);
  const start = performance.now();
  const pool = trash ? openPool({ base: join(root, LAYOUT_FOLDER), readsLayerLinks: false }, {}, WORKER) : undefined;
  const ports = {
    progress: progressNowhere(),
    signal: new AbortController().signal,
    now: () => Date.now(),
    askAgain: () => Promise.resolve(),
    ...(pool === undefined ? {} : { pool }),
  };
  const outcome = await executePlan(arm(work, NOBODY), { state, run: RUN, trash }, ports);
  await pool?.close();
  const seconds = (performance.now() - start) / 1000;
  if (outcome.actionsDone !== digests.length) throw new Error(`${outcome.actionsDone} of ${digests.length} were done`);
  return seconds;
}

function stateOf(root: string): string {
  return join(root, '.regsweep');
}

async function sweepToTrash(root: string, digests: readonly Digest[]): Promise<number> {
  const seconds = await sweep(root, digests, true);
  bringBack(root, join(stateOf(root), 'runs', RUN, 'trash', BLOBS));
  rmSync(stateOf(root), { recursive: true });
  return seconds;
}

async function sweepAway(root: string, digests: readonly Digest[]): Promise<number> {
  const seconds = await sweep(root, digests, false);
  rmSync(stateOf(root), { recursive: true });
  return seconds;
}

async function purge(root: string, digests: readonly Digest[]): Promise<number> {
  await sweep(root, digests, true);
  execFileSync('sync');
  const ports = { progress: progressNowhere(), signal: new AbortController().signal };
  const start = performance.now();
  const { runs } = await purgeRuns(locked({ state: stateOf(root), runs: [RUN] }, NOBODY.lock), ports);
  const seconds = (performance.now() - start) / 1000;
  if (runs[0]?.failed.length !== 0) throw new Error('not all was purged');
  rmSync(stateOf(root), { recursive: true });
  return seconds;
}

/** Drawn as on a terminal. */
function progressNowhere(): Progress {
  const sink = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), { isTTY: true });
  return createProgress(sink, true, false);
}

function renameAll(root: string, digests: readonly Digest[]): number {
  const moves = digests.map((digest) => {
    const path = blobFolder(digest);
    return { from: join(root, LAYOUT_FOLDER, path), to: join(root, 'moved', path) };
  });
  for (const { to } of moves) mkdirSync(join(to, '..'), { recursive: true });
  const start = performance.now();
  for (const { from, to } of moves) renameSync(from, to);
  const seconds = (performance.now() - start) / 1000;
  bringBack(root, join(root, 'moved', BLOBS));
  rmSync(join(root, 'moved'), { recursive: true });
  return seconds;
}

function removeAll(root: string): number {
  const start = performance.now();
  execFileSync('rm', ['-rf', join(root, LAYOUT_FOLDER, BLOBS)]);
  return (performance.now() - start) / 1000;
}

/** What is compared with what, by `--only`. */
const PAIRS: Readonly<Record<string, readonly [string, string]>> = {
  trash: ['sweep --apply', 'a bare loop of renames'],
  delete: ['sweep --apply --no-trash', 'rm -rf'],
  purge: ['purge', 'rm -rf'],
};

async function compare(root: string, count: number, turns: number, only: string): Promise<void> {
  const digests = digestsOf(count);
  const contenders: Readonly<Record<string, () => number | Promise<number>>> = {
    'sweep --apply': () => sweepToTrash(root, digests),
    'a bare loop of renames': () => renameAll(root, digests),
    'sweep --apply --no-trash': () => sweepAway(root, digests),
    purge: () => purge(root, digests),
    'rm -rf': () => removeAll(root),
  };
  const pairs = Object.entries(PAIRS).flatMap(([name, pair]) => (only === 'all' || only === name ? [pair] : []));
  const [first] = digests;
  if (first === undefined) throw new RangeError('no blobs');
  const seconds = new Map<string, number[]>([...new Set(pairs.flat())].map((name) => [name, []]));
  for (let turn = 1; turn <= turns; turn++) {
    for (const [name, values] of seconds) {
      if (!existsSync(join(root, LAYOUT_FOLDER, blobFolder(first)))) makeTree(root, digests);
      execFileSync('sync');
      const took = (await contenders[name]?.()) ?? NaN;
      values.push(took);
      console.error(`turn ${turn}: ${name} ${took.toFixed(2)} s`);
    }
  }
  console.log(
    `${count} blobs, ${turns} turns; Node ${process.versions.node}, Linux ${release()}, ${cpus().length} CPUs.\n`,
  );
  console.log('| command | seconds | least to most |\n| --- | ---: | ---: |');
  for (const [name, values] of seconds) {
    const { median, least, most } = spread(values);
    console.log(`| ${name} | ${median.toFixed(2)} | ${least.toFixed(2)} to ${most.toFixed(2)} |`);
  }
  console.log('\n| ratio of seconds | median | least | most |\n| --- | ---: | ---: | ---: |');
  for (const [ours, theirs] of pairs) {
    const { median, least, most } = ratios(seconds.get(ours) ?? [], seconds.get(theirs) ?? []);
    console.log(`| ${ours} ÷ ${theirs} | ${median.toFixed(2)} | ${least.toFixed(2)} | ${most.toFixed(2)} |`);
  }
}

/** Peak resident bytes of the shipped program. Its registry holds nothing but garbage, which has to be said. */
async function peakOf(root: string, options: readonly string[]): Promise<number> {
  const said = ['--min-age', '0', '--max-delete-percent', '100', '--accept-lost-repositories'];
  const args = ['dist/regsweep.cjs', 'sweep', root, ...said, '--db', `${root}.sqlite`, ...options];
  const { peakBytes } = await measure({ program: process.execPath, args }, bestMethod());
  return peakBytes;
}

async function compareMemory(root: string, count: number): Promise<void> {
  console.log('| blobs | dry run, MiB | sweep, MiB | more, MiB |\n| ---: | ---: | ---: | ---: |');
  for (const blobs of [Math.round(count / 3), count]) {
    makeTree(root, digestsOf(blobs));
    const dry = (await peakOf(root, [])) / 2 ** 20;
    const real = (await peakOf(root, ['--apply', '--yes', '--registry-stopped'])) / 2 ** 20;
    const figures = [dry, real, real - dry].map((figure) => figure.toFixed(0));
    console.log(`| ${[blobs, ...figures].join(' | ')} |`);
  }
}

const { values } = parseArgs({
  options: {
    blobs: { type: 'string', default: '100000' },
    turns: { type: 'string', default: '5' },
    only: { type: 'string', default: 'all' },
    keep: { type: 'string' },
  },
});
const blobs = Number(values.blobs);
const turns = Number(values.turns);
if (!Number.isSafeInteger(blobs) || !Number.isSafeInteger(turns) || blobs < 1 || turns < 1) {
  console.error('usage: sweep [--blobs N] [--turns N] [--only trash|delete|purge|memory] [--keep DIR]');
  process.exitCode = 2;
} else {
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'regsweep-bench-'));
  try {
    const root = join(folder, 'registry');
    if (values.only === 'memory') await compareMemory(root, blobs);
    else await compare(root, blobs, turns, values.only);
  } finally {
    if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
