/** `tree`, on the fixture: the same figures as `rank`, drawn so that it can be read at any width. */
import stringWidth from 'string-width';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rank, Report } from '../../src/report/model.ts';
import type { VolumeNode, VolumeTree } from '../../src/report/model-tree.ts';
import { copyFixture } from '../support/fixture.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const UTF8 = { LANG: 'C.UTF-8' };
const MODES: readonly (readonly string[])[] = [
  ['--min-age', '0'],
  ['--untagged', '--min-age', '0'],
  ['--keep-last', '1', '--trust-times'],
  ['--repo', 'team/**'],
];

let root: string;
let cache: string;

beforeAll(async () => {
  root = await copyFixture();
  cache = temporaryFolder('cache');
});

async function json<T>(command: string, ...argv: readonly string[]): Promise<T> {
  const { status, stdout } = await runHere([command, root, '--json', ...argv], cache);
  expect(status).toBe(0);
  return JSON.parse(stdout) as T;
}

async function table(environment: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<string> {
  const { status, stdout } = await runHere(['tree', root, '--no-scan', '--min-age', '0', ...argv], cache, environment);
  expect(status).toBe(0);
  return stdout;
}

function nodesOf(node: VolumeNode): readonly VolumeNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}

describe.each(MODES.map((mode) => [mode]))('tree %j', (given) => {
  it('adds up to what the report says is there', async () => {
    const { totals, unreferenced, reclaimable } = await json<Report>('report', ...given);
    const { schema, volume } = await json<VolumeTree>('tree', ...given);
    expect(schema).toBe('regsweep.tree/1');
    const { kept, shared, untagged, orphaned, held } = volume.below;
    expect(kept + shared + untagged + orphaned + held).toBe(totals.bytes);
    expect(orphaned + held).toBe(unreferenced.bytes);
    expect(volume).toMatchObject({ repositories: totals.repositories, tags: totals.tags });
    expect(volume.reclaimableBytes).toBe(reclaimable.blobs.bytes + reclaimable.uploads.bytes);
  });

  it('says of each namespace what rank says', async () => {
    for (const depth of ['1', '2']) {
      const { repositories } = await json<Rank>('rank', '--top', '100', '--depth', depth, ...given);
      const { volume } = await json<VolumeTree>('tree', '--depth', depth, ...given);
      const nodes = nodesOf(volume).filter(({ path }) => path.split('/').length === Number(depth) && path !== '');
      expect(nodes.length).toBeGreaterThan(depth === '1' ? 8 : 3);
      for (const { path, bytes, exclusiveBytes, reclaimableBytes } of nodes) {
        const row = repositories.find(({ name }) => name === path);
        expect({ path, bytes, exclusiveBytes, reclaimableBytes }).toEqual({
          path: row?.name,
          bytes: row?.bytes,
          exclusiveBytes: row?.exclusiveBytes,
          reclaimableBytes: row?.reclaimableBytes,
        });
      }
    }
  });
});

describe('the table', () => {
  beforeAll(async () => {
    await runHere(['report', root, '--min-age', '0'], cache);
  });

  it('has a line for each name, the largest first, and a legend', async () => {
    const stdout = await table(UTF8);
    for (const words of [
      'all',
      'team/',
      '│ ├─ api',
      '███ kept for it alone · ▒▒▒ shared with others · ░░░ reclaimable',
    ]) {
      expect(stdout).toContain(words);
    }
    expect(stdout).toMatch(/ █▒▒ +\d+%$/m);
    expect(stdout).toMatch(/^ *[\d.]+ k?B +all +█+░+ +100%$/m);
  });

  it('is ASCII where the locale asks', async () => {
    const stdout = await table({ LANG: 'C' });
    expect(stdout).toMatch(/^[\n -~]+$/);
    expect(stdout).toContain('### kept for it alone - === shared with others - ... reclaimable');
    expect(stdout).toContain('`- ');
  });

  it('fits any terminal, down to 40 columns', async () => {
    for (const COLUMNS of ['40', '55', '80', '120', '250']) {
      for (const LANG of ['C', 'C.UTF-8']) {
        const lines = (await table({ COLUMNS, LANG })).split('\n').filter((line) => !line.includes(root));
        expect(lines.filter((line) => stringWidth(line) > Number(COLUMNS))).toEqual([]);
        expect(lines.filter((line) => line.includes('%'))).toHaveLength(16);
      }
    }
  });

  it('is cut to the largest names, and says so', async () => {
    const stdout = await table(UTF8, '--top', '3');
    expect(stdout.split('\n').filter((line) => line.includes('%'))).toHaveLength(4);
    expect(stdout).toContain('smaller names not shown');
    const { volume } = await json<VolumeTree>('tree', '--top', '3');
    expect(nodesOf(volume)).toHaveLength(4);
  });

  it('is coloured where that is asked for, and says the same without', async () => {
    const colored = await table(UTF8, '--color', 'always');
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(await table(UTF8));
    expect(colored).toContain('\u001b[32m█');
  });

  it('tells of a policy', async () => {
    const { mode } = await json<VolumeTree>('tree', '--keep-last', '1', '--trust-times');
    expect(mode).toBe('policy');
  });
});

it.each([
  [['--depth', '0'], '--depth'],
  [['--top', 'x'], '--top'],
  [['--format', 'csv'], 'format'],
])('%j is a usage error', async (argv, words) => {
  const { status, stdout, stderr } = await runHere(['tree', root, ...argv], cache);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(words);
});
