/** The program as it is shipped, as another program sees it: `npm run build` must have run. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { BUILT_PROGRAM, packageVersion, runBuilt } from '../support/built-program.ts';
import { copyFixture } from '../support/fixture.ts';
import { APPLY, operatedVolume, STOPPED } from '../support/operated-volume.ts';
import { policyFile } from '../support/released-volume.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';

let cache: string;
let root: string;
beforeAll(async () => {
  cache = temporaryFolder('cache');
  root = await copyFixture();
});

describe('without a registry', () => {
  test('--help lists the commands and the exit statuses, on stdout', async () => {
    const { status, stdout, stderr } = await runBuilt(['--help'], cache);
    for (const command of ['report', 'rank', 'tree', 'history', 'scan', 'ls', 'why', 'query', 'plan'])
      expect(stdout).toContain(`regsweep ${command} `);
    expect(stdout).toMatch(/ 130 {2}interrupted/);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('help is in English, whatever the locale', async () => {
    const { stdout } = await runBuilt(['rank', '--help'], cache, { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' });
    expect(stdout).toContain('Show help');
    expect(stdout).toContain('orphaned-bytes');
  });

  test('--version is that of the package', async () => {
    expect(await runBuilt(['--version'], cache)).toEqual({
      status: 0,
      stdout: `${String(packageVersion())}\n`,
      stderr: '',
    });
  });

  test.each([
    [[], 'ROOT is missing'],
    [['report', '/nowhere'], '/nowhere'],
  ])('%j: status 2, stdout empty, the reason on stderr', async (argv, reason) => {
    const { status, stdout, stderr } = await runBuilt(argv, cache);
    expect(stderr).toContain(reason);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test('a folder that is no registry: status 2, and what was looked for', async () => {
    const folder = temporaryFolder('not-a-registry');
    const { status, stdout, stderr } = await runBuilt([folder], cache);
    expect(stderr).toContain(folder);
    expect(stderr).toContain('docker/registry/v2');
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

describe('on the fixture', () => {
  test('plain ROOT is the report, and off a terminal without progress, colour or escape sequence', async () => {
    const words = [root, '--min-age', '0'];
    const plain = await runBuilt(words, cache, { LANG: 'C.UTF-8' });
    const named = await runHere(['report', ...words], cache, { LANG: 'C.UTF-8' });
    const timeless = (text: string) => text.replace(/scanned \S+ \S+ UTC/, '');
    expect(plain).toMatchObject({ status: 0, stderr: '' });
    expect(plain.stdout).toContain(`Registry  ${root}`);
    expect(plain.stdout).not.toContain('\u001b');
    expect(timeless(plain.stdout)).toBe(timeless(named.stdout));
  });

  test('--color always colours a pipe', async () => {
    expect((await runBuilt(['report', root, '--color', 'always'], cache)).stdout).toContain('\u001b[1m');
  });

  test('a large document through a pipe is whole', async () => {
    const sql =
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) SELECT i, hex(zeroblob(40)) FROM n';
    const { status, stdout } = await runBuilt(['query', root, sql, '--json'], cache);
    expect(status).toBe(0);
    expect(stdout.length).toBeGreaterThan(5_000_000);
    expect((JSON.parse(stdout) as { rows: unknown[] }).rows).toHaveLength(60_000);
  });

  test('a reader that goes early is no failure', () => {
    const sql = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) SELECT i FROM n';
    const script = '"$0" "$1" query "$2" "$3" --json | head -c 20; exit "${PIPESTATUS[0]}"';
    const said = execFileSync('bash', ['-c', script, process.execPath, BUILT_PROGRAM, root, sql], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], XDG_CACHE_HOME: cache },
    });
    expect(said).toHaveLength(20);
  });
});

// Most tests of commands run them from their source, in the test's own process: that says something of what is shipped
// only because of these.
describe('on a volume that is swept', () => {
  test('plan, rm, sweep, runs, restore and purge do what they are for', async () => {
    const volume = operatedVolume();
    const before = volume.layout();
    const file = join(temporaryFolder('plan'), 'plan.ndjson');
    const done = async (command: string, ...argv: readonly string[]): Promise<string> => {
      const { status, stdout, stderr } = await runBuilt([command, volume.root, ...argv], cache);
      expect({ command, status, stderr: status === 0 ? '' : stderr }).toEqual({ command, status: 0, stderr: '' });
      return stdout;
    };
    const states = async (): Promise<readonly (readonly [string, string])[]> => {
      const { runs } = JSON.parse(await done('runs', '--json')) as { runs: readonly { run: string; state: string }[] };
      return runs.map(({ run, state }) => [run, state]);
    };
    await done('plan', '--min-age', '0', '-o', file);
    await done('rm', 'left/over', ...APPLY);
    expect(JSON.parse(await done('sweep', '--plan', file, ...APPLY, '--json'))).toMatchObject({ done: { left: 0 } });
    const [removed = [''], swept = ['']] = await states();
    await done('restore', swept[0], ...STOPPED);
    await done('restore', removed[0], ...STOPPED);
    expect(volume.changedSince(before)).toEqual([]);
    const last = JSON.parse(await done('sweep', ...APPLY, '--json')) as { done: { run: string } };
    await done('purge', last.done.run);
    expect(await states()).toEqual([
      [removed[0], 'restored'],
      [swept[0], 'restored'],
      [last.done.run, 'purged'],
    ]);
  });

  test.each([
    ['report', ['--keep-last', '1', '--explain', '--json']],
    ['rank', ['--by', 'size']],
    ['tree', ['--untagged', '--depth', '1']],
    ['history', ['--json']],
    ['ls', ['team/app']],
    ['why', ['app:1.0']],
    ['plan', []],
    ['sweep', []],
    ['rm', ['left/over', '--json']],
    ['repair', ['--drop-dangling']],
    ['runs', []],
    ['restore', ['20200101T000000Z-0000']],
    ['purge', ['--json']],
    ['query', ['SELECT name FROM repository', '--format', 'csv']],
  ])('%s %j says the same as from its source', async (command, argv) => {
    const volume = operatedVolume();
    const words = [command, volume.root, ...argv];
    const [built, here] = [await runBuilt(words, temporaryFolder('cache')), await runHere(words, volume.cache)];
    expect({ ...built, stdout: withoutTimes(built.stdout) }).toEqual({ ...here, stdout: withoutTimes(here.stdout) });
    expect(built.stdout + built.stderr).not.toBe('');
  });

  test('policy check and policy import say the same as from their source', async () => {
    const policy = policyFile('policy.yml', 'app', 2);
    for (const words of [
      ['policy', 'check', policy],
      ['policy', 'import', policy],
    ]) {
      const [built, here] = [await runBuilt(words, cache), await runHere(words, cache)];
      expect(built).toEqual(here);
      expect(built.stdout + built.stderr).not.toBe('');
    }
  });

  /** Nor what the file system says that it has free: others write there, too. */
  function withoutTimes(text: string): string {
    return text
      .replaceAll(/"(freedOnFileSystem|freeBytes)": -?\d+/g, 'FREED')
      .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?/g, 'TIME')
      .replaceAll(/"sha256":"[0-9a-f]{64}"/g, '');
  }
});
