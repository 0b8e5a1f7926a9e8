/** `history`, over real scans of a registry that grows, shrinks and loses its tags. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/run-program.ts';
import { repositoryFolder, tagFolder } from '../../src/layout/paths.ts';
import type { History } from '../../src/report/model-history.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { memoryContext } from '../support/memory-stream.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 9, 1, 12);
const OLD = image({ name: 'old', layers: [layer('old', 30_000)] });

let folder: string;
let tree: Tree;

function sizeOf(one: typeof OLD): number {
  return [one, ...one.blobs].reduce((sum, { bytes }) => sum + bytes.length, 0);
}

const pushed = (day: number) => image({ name: `app ${day}`, layers: [layer(`app ${day}`, 10_000)] });

async function run(day: number, environment: Readonly<Record<string, string>>, ...argv: readonly string[]) {
  const context = memoryContext({ LANG: 'C.UTF-8', ...environment });
  const [command = '', ...rest] = argv;
  const words = [command, tree.root, '--db', join(folder, 'index.sqlite'), ...rest];
  const status = await runProgram(words, { ...context, now: () => START + day * DAY });
  return { status, stdout: context.stdout.text, stderr: context.stderr.text };
}

async function history(...argv: readonly string[]): Promise<History> {
  const { status, stdout, stderr } = await run(99, {}, 'history', '--no-scan', '--json', ...argv);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as History;
}

beforeAll(async () => {
  folder = temporaryFolder('history');
  tree = createTree(join(folder, 'registry'));
  mkdirSync(folder, { recursive: true });
  tree.push('old/app', '1.0', OLD);
  for (const day of [0, 1, 2, 5]) {
    tree.push('team/app', `v${day}`, pushed(day));
    await run(day, {}, 'scan');
  }
  // Its tag is removed, and it stays as a revision without one; another repository goes as a whole.
  rmSync(tree.path(tagFolder('team/app', 'v0')), { recursive: true });
  rmSync(tree.path(repositoryFolder('old/app')), { recursive: true });
  tree.push('team/new', 'latest', pushed(7));
  await run(7, {}, 'scan');
});

describe('history', () => {
  it('has the totals of each scan, the oldest first, with what was free', async () => {
    const { schema, registry, scans } = await history();
    expect(schema).toBe('regsweep.history/1');
    expect(registry).toEqual({ root: tree.root });
    const days = scans.map(({ scannedAt }) => (Date.parse(scannedAt) - START) / DAY);
    expect(days).toEqual([0, 1, 2, 5, 7]);
    expect(scans.map(({ repositories }) => repositories)).toEqual([2, 2, 2, 2, 2]);
    expect(scans.map(({ tags }) => tags)).toEqual([2, 3, 4, 5, 4]);
    let bytes = sizeOf(OLD);
    expect(scans.map((scan) => scan.bytes)).toEqual(days.map((day) => (bytes += sizeOf(pushed(day)))));
    for (const { freeBytes, capacityBytes } of scans) {
      expect(freeBytes).toBeGreaterThan(0);
      expect(capacityBytes).toBeGreaterThanOrEqual(freeBytes ?? 0);
    }
  });

  it('compares the last two: who appeared, who is gone, what became unreachable', async () => {
    const { comparison, trends } = await history();
    const [first, last, old] = [sizeOf(pushed(0)), sizeOf(pushed(7)), sizeOf(OLD)];
    expect(comparison).toMatchObject({
      growthBytes: last,
      referencedGrowthBytes: last - old,
      unreferencedGrowthBytes: old,
      untaggedGrowthBytes: first,
    });
    const changes = comparison?.repositories.map(({ name, change, growthBytes }) => [name, change, growthBytes]);
    expect(changes).toEqual([
      ['old/app', 'gone', -old],
      ['team/app', 'same-size', 0],
      ['team/new', 'appeared', last],
    ]);
    expect(comparison?.repositories[1]).toMatchObject({ tagsAdded: -1, revisionsAdded: 0, untaggedGrowthBytes: first });
    expect(trends.find(({ name }) => name === 'old/app')?.referencedBytes).toEqual([old, old, old, old, null]);
  });

  it.each([
    ['2d', 5],
    ['3d', 2],
    ['3 scans', 1],
    ['2026-10-03', 1],
    ['2026-10-03T12:00:00Z', 2],
    ['400d', 0],
  ])('since %s compares with the scan of day %d', async (since, day) => {
    const { comparison } = await history('--since', since);
    expect(comparison?.from).toBe(new Date(START + day * DAY).toISOString());
  });

  it('tells how fast it grows', async () => {
    const { forecast } = await history();
    expect(forecast).toMatchObject({ scans: 5, days: 7 });
    const step = sizeOf(pushed(0));
    expect(forecast?.bytesPerDay).toBeGreaterThan(step / 2);
    expect(forecast?.bytesPerDay).toBeLessThan(step);
    expect(forecast?.daysUntilFull).toBeGreaterThan(0);
  });

  it('is a table with pictures, for a terminal of any width, in ASCII where the locale asks', async () => {
    const { stdout } = await run(99, {}, 'history', '--no-scan');
    for (const words of ['▁▃▅▇█', 'At this rate', 'What changed', 'team/new', 'appeared', 'gone', 'Not full within']) {
      expect(stdout).toContain(words);
    }
    for (const COLUMNS of ['40', '60', '72', '100', '200']) {
      const narrow = await run(99, { COLUMNS, LANG: 'C' }, 'history', '--no-scan');
      expect(narrow.stdout).toMatch(/^[\n -~]+$/);
      expect(narrow.stdout).toContain('_-+%#');
      const wide = narrow.stdout.split('\n').filter((line) => line.length > Number(COLUMNS));
      expect(wide.filter((line) => !line.includes(tree.root))).toEqual([]);
    }
  });

  it('as CSV is the scans, or what changed where that is asked for', async () => {
    const lines = async (...argv: readonly string[]) =>
      (await run(99, {}, 'history', '--no-scan', '--format', 'csv', ...argv)).stdout.trimEnd().split('\r\n');
    const scans = await lines();
    expect(scans).toHaveLength(6);
    expect(scans[0]).toMatch(/^scannedAt,repositories,.*,freeBytes,capacityBytes$/);
    const changes = await lines('--since', '1');
    expect(changes.slice(1).map((line) => line.split(',').slice(0, 2))).toEqual([
      ['old/app', 'gone'],
      ['team/app', 'same-size'],
      ['team/new', 'appeared'],
    ]);
  });

  it('without a scan changes nothing, and with one adds it', async () => {
    const index = join(folder, 'index.sqlite');
    const before = readFileSync(index);
    await history();
    expect(readFileSync(index).equals(before)).toBe(true);
    const { status, stdout } = await run(8, {}, 'history', '--json');
    expect(status).toBe(0);
    const { scans, comparison } = JSON.parse(stdout) as History;
    expect(scans).toHaveLength(6);
    expect(comparison?.repositories).toEqual([]);
    const { stdout: report } = await run(8, {}, 'report', '--no-scan', '--min-age', '0');
    expect(report).toMatch(/▁▃▅▇██ +\d+\.\d kB to \d+(\.\d)? kB in 6 scans/);
    const { stdout: json } = await run(8, {}, 'report', '--no-scan', '--min-age', '0', '--json');
    expect(Object.keys(JSON.parse(json) as object)).not.toContain('sizes');
  });

  it('of one scan says that there is nothing to compare', async () => {
    const { stdout } = await run(9, {}, 'history', '--full');
    expect(stdout).toContain('There is nothing to compare yet');
    expect(await history()).toMatchObject({ comparison: null, forecast: null, trends: [] });
    const { stdout: report } = await run(9, {}, 'report', '--no-scan', '--min-age', '0');
    expect(report).not.toMatch(/in \d scans/);
  });

  it('of an index that is not there, and since what is no time, is refused', async () => {
    expect(await run(0, {}, 'history', '--since', 'yesterday')).toMatchObject({ status: 2, stdout: '' });
    expect(await run(0, {}, 'history', '--no-scan', '--full')).toMatchObject({ status: 2, stdout: '' });
    rmSync(join(folder, 'index.sqlite'));
    expect((await run(0, {}, 'history', '--no-scan')).stderr).toContain('there is no index');
  });
});
