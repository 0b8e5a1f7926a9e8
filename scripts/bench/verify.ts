/**
 * How fast blobs are hashed, beside `openssl dgst -sha256` over the same files, in turns:
 * `npx tsx scripts/bench/verify.ts [--files 64] [--mebibytes 8] [--turns 5] [--threads 1,2]`.
 *
 * The files are made in a temporary folder and read once before, so that the page cache holds them. Of each the median, of wall
 * clock and of processor seconds. After `npm run build`: it is the compiled thread that is measured.
 */
import { execFileSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { DigestTable } from '../../src/inventory/digest-table.ts';
import { sha256Digest } from '../../src/layout/digest.ts';
import { blobData, LAYOUT_FOLDER } from '../../src/layout/paths.ts';
import { hashBlobs } from '../../src/scan/hashing.ts';
import { noProgress } from '../../src/shared/progress.ts';
import { spread } from './statistics.ts';

const MIB = 1024 * 1024;
const ENTRY = pathToFileURL('dist/hash-worker.js');

interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

interface Files {
  readonly root: string;
  readonly paths: readonly string[];
  readonly table: DigestTable;
}

function makeFiles(count: number, bytes: number): Files {
  const root = mkdtempSync(join(tmpdir(), 'regsweep-hashing-'));
  const table = new DigestTable();
  const content = Buffer.alloc(bytes);
  const paths = Array.from({ length: count }, () => {
    randomFillSync(content);
    const digest = sha256Digest(createHash('sha256').update(content).digest());
    table.intern(digest);
    const path = join(root, LAYOUT_FOLDER, blobData(digest));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  });
  return { root, paths, table };
}

/** GNU bash tells processor seconds of what it ran, to a millisecond. */
function openssl({ paths }: Files): Cost {
  const script = 'TIMEFORMAT="%3R %3U %3S"; exec 3>&1; { time openssl dgst -sha256 "$@" >/dev/null; } 2>&3';
  const said = execFileSync('bash', ['-c', script, 'bash', ...paths], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  const [seconds = NaN, user = NaN, system = NaN] = said.trim().split(' ').map(Number);
  return { seconds, cpuSeconds: user + system };
}

async function ours({ root, table }: Files, threads: number, bytes: number): Promise<Cost> {
  const ids = Array.from({ length: table.size }, (_, id) => id);
  const request = { base: join(root, LAYOUT_FOLDER), digests: table, ids, bytesOf: () => bytes, threads };
  const before = process.cpuUsage();
  const start = performance.now();
  let right = 0;
  const take = (_id: number, { state }: { readonly state: string }): void => void (right += state === 'right' ? 1 : 0);
  const signal = new AbortController().signal;
  await hashBlobs(request, { progress: noProgress, signal, now: () => Date.now(), take }, ENTRY);
  if (right !== ids.length) throw new Error(`${right} of ${ids.length} are right`);
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
}

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '64' },
    mebibytes: { type: 'string', default: '8' },
    turns: { type: 'string', default: '5' },
    threads: { type: 'string', default: '1,2' },
  },
});
const bytes = Math.round(Number(values.mebibytes) * MIB);
const files = makeFiles(Number(values.files), bytes);
try {
  const total = bytes * files.paths.length;
  const counts = values.threads.split(',').map(Number);
  const costs = new Map<string, Cost[]>();
  for (let turn = 0; turn <= Number(values.turns); turn++) {
    const measured: (readonly [string, Cost])[] = [['openssl dgst -sha256', openssl(files)]];
    for (const count of counts) measured.push([`regsweep, threads: ${count}`, await ours(files, count, bytes)]);
    // The first turn warms the caches.
    if (turn > 0) for (const [name, cost] of measured) costs.set(name, [...(costs.get(name) ?? []), cost]);
  }
  const reference = spread((costs.get('openssl dgst -sha256') ?? []).map(({ seconds }) => seconds)).median;
  console.log('| hashing | MB/s | of openssl | CPU seconds a GB |\n| --- | ---: | ---: | ---: |');
  for (const [name, list] of costs) {
    const { median } = spread(list.map(({ seconds }) => seconds));
    const cpu = spread(list.map(({ cpuSeconds }) => cpuSeconds)).median;
    const rate = (total / median / 1e6).toFixed(0);
    console.log(
      `| ${name} | ${rate} | ${((reference / median) * 100).toFixed(0)}% | ${((cpu * 1e9) / total).toFixed(2)} |`,
    );
  }
} finally {
  rmSync(files.root, { recursive: true, force: true });
}
