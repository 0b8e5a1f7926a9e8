/** The program as an operator uses it: Ctrl-C, pipes that end, slips of the keyboard, narrow terminals. */
import { execFileSync, spawn } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, readFileSync, readlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import stringWidth from 'string-width';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { digestBytes, layer, seededBytes } from '../support/content.ts';
import { BUILT_PROGRAM, runBuilt, type Finished } from '../support/built-program.ts';
import { copyFixture } from '../support/fixture.ts';
import { image } from '../support/images.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';
import { blobData } from '../../src/layout/paths.ts';
import { MAX_MANIFEST_BYTES } from '../../src/manifest/model.ts';

let fixture: string;
beforeAll(async () => {
  fixture = await copyFixture();
});

// Where a process has its files can be seen on Linux alone.
describe.skipIf(process.platform !== 'linux')('a signal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s while the volume is read: status 130, the index that was there, nothing beside it',
    async (signal) => {
      const tree = createTree(join(temporaryFolder('signal'), 'registry'));
      tree.push('app', '1.0', image({ layers: [layer('app')] }));
      const database = join(temporaryFolder('index'), 'index.sqlite');
      const cache = temporaryFolder('cache');
      const first = await runBuilt(['scan', tree.root, '--db', database], cache);
      expect(first.status).toBe(0);
      const before = readFileSync(database);
      makeSlow(tree);
      const { status, stdout, stderr } = await signalled(
        ['report', tree.root, '--db', database],
        cache,
        tree.root,
        signal,
      );
      expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
      expect(stderr).toContain('interrupted');
      expect(stderr).not.toMatch(/^ +at /m);
      expect(readFileSync(database).equals(before)).toBe(true);
      expect(readdirSync(dirname(database))).toEqual(['index.sqlite']);
      const asBefore = await runBuilt(['report', tree.root, '--db', database, '--no-scan', '--json'], cache);
      expect(JSON.parse(asBefore.stdout)).toMatchObject({ totals: { repositories: 1, revisions: 1 } });
    },
  );

  /** Documents of the greatest size that is read: seconds of work, and no more than 4 MiB on the disk. */
  function makeSlow(tree: Tree): void {
    const document = seededBytes('large', 1024)
      .toString('hex')
      .repeat(MAX_MANIFEST_BYTES / 2048);
    const file = join(tree.root, 'document');
    writeFileSync(file, document);
    for (let count = 0; count < 1500; count++) {
      const digest = digestBytes(Buffer.from(`revision ${count}`));
      const path = tree.path(blobData(digest));
      mkdirSync(dirname(path), { recursive: true });
      linkSync(file, path);
      tree.revision('slow', digest);
    }
  }

  it('while blobs are hashed: status 5 with what was found so far, and what was hashed before is remembered', async () => {
    const tree = createTree(join(temporaryFolder('signal'), 'registry'));
    tree.push('app', '1.0', image({ layers: [layer('app')] }));
    const cache = temporaryFolder('cache');
    const verify = ['verify', tree.root, '--data'];
    expect((await runBuilt(verify, cache)).status).toBe(0);
    const endless = digestBytes(Buffer.from('endless'));
    tree.linkLayer('app', endless);
    const path = tree.path(blobData(endless));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    // Minutes of reading, and nothing on the disk.
    truncateSync(path, 2 ** 36);
    const { status, stdout, stderr } = await signalled(verify, cache, path, 'SIGINT');
    expect(status).toBe(5);
    expect(stdout).toContain('stopped early: what is left comes first in the next run');
    expect(stderr).not.toMatch(/^ +at /m);
    const sql = 'SELECT count(verified_at) AS verified, count(*) AS blobs FROM blob WHERE stored';
    const remembered = await runBuilt(['query', tree.root, sql, '--no-scan', '--json'], cache);
    expect(JSON.parse(remembered.stdout)).toMatchObject({ rows: [[3, 4]] });
  });

  /** Sends the signal as soon as the program has this file, or one in this folder, open. */
  function signalled(argv: readonly string[], cache: string, place: string, signal: NodeJS.Signals): Promise<Finished> {
    return new Promise((done, fail) => {
      const child = spawn(process.execPath, [BUILT_PROGRAM, ...argv], {
        env: { PATH: process.env['PATH'], XDG_CACHE_HOME: cache },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      const watch = setInterval(() => {
        if (child.pid === undefined || !hasOpen(child.pid, place)) return;
        clearInterval(watch);
        child.kill(signal);
      }, 2);
      child.on('error', fail);
      child.on('close', (status) => {
        clearInterval(watch);
        done({ status, stdout, stderr });
      });
    });
  }

  function hasOpen(pid: number, place: string): boolean {
    try {
      return readdirSync(`/proc/${pid}/fd`).some((descriptor) => isAt(`/proc/${pid}/fd/${descriptor}`, place));
    } catch {
      // It has ended.
      return false;
    }
  }

  function isAt(descriptor: string, place: string): boolean {
    try {
      return `${readlinkSync(descriptor)}/`.startsWith(`${place}/`);
    } catch {
      // It was closed meanwhile.
      return false;
    }
  }
});

describe('a reader that takes one line and goes', () => {
  const MANY = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) SELECT i FROM n';

  it.each([
    ['a report', ['report']],
    ['a report as JSON', ['report', '--json']],
    ['a ranking', ['rank']],
    ['a tree', ['tree']],
    ['a history', ['history']],
    ['a listing', ['ls']],
    ['a scan', ['scan']],
    ['a long answer', ['query', MANY]],
    ['a long answer as JSON', ['query', MANY, '--json']],
    ['a long answer as CSV', ['query', MANY, '--format', 'csv']],
  ])('of %s: status 0, nothing on stderr', (_what, [command = '', ...argv]) => {
    const script = 'exec 3>"$0"; "$@" 2>&3 | head -n 1; exit "${PIPESTATUS[0]}"';
    const errors = join(temporaryFolder('errors'), 'stderr');
    const program = [process.execPath, BUILT_PROGRAM, command, fixture, ...argv];
    const line = execFileSync('bash', ['-c', script, errors, ...program], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], XDG_CACHE_HOME: temporaryFolder('cache') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(line).toMatch(/^[^\n]+\n$/);
    expect(readFileSync(errors, 'utf8')).toBe('');
  });
});

describe('wrong arguments', () => {
  it.each([
    ['an option that does not exist', ['report', '--untaged'], 'untaged'],
    ['a value that an option does not take', ['rank', '--by', 'beauty'], 'beauty'],
    ['a duration without a unit', ['report', '--min-age', '30'], '"30" is not a duration'],
    ['a number that is none', ['rank', '--top', 'ten'], '"ten" is not a whole number from 1 up'],
    ['a depth of nothing', ['rank', '--depth', '0'], '"0" is not a whole number from 1 up'],
    ['a format that the command does not have', ['scan', '--format', 'html'], 'html'],
    ['an option without its value', ['report', '--db'], 'db'],
    ['one argument too many', ['rank', 'more'], 'more'],
  ])(
    '%s: status 2, what it is about and what would be right; no index is made',
    async (_what, [command = '', ...argv], about) => {
      const cache = temporaryFolder('cache');
      const { status, stdout, stderr } = await runHere([command, fixture, ...argv], cache);
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^error: /);
      expect(stderr).toContain(about);
      // A message that says what may be given needs no hint.
      if (!/whole number|is not a duration/.test(about)) expect(stderr).toMatch(/^hint: /m);
      expect(stderr).not.toMatch(/^ +at /m);
      expect(readdirSync(cache)).toEqual([]);
    },
  );
});

describe('a terminal of 40 columns', () => {
  test.each([
    ['report', []],
    ['report', ['--untagged', '--min-age', '0', '--disk-usage']],
    ['rank', []],
    ['rank', ['--by', 'size']],
    ['tree', ['--untagged', '--min-age', '0']],
  ])('%s %j fits into it, but for commands and names that are longer', async (command, argv) => {
    const { status, stdout } = await runHere([command, fixture, ...argv], temporaryFolder('cache'), { COLUMNS: '40' });
    expect(status).toBe(0);
    const wide = stdout.split('\n').filter((line) => stringWidth(line) > 40);
    // A command is there to be copied, and a path to be found: neither is broken.
    expect(wide.filter((line) => !line.includes(fixture))).toEqual([]);
    expect(stdout).toContain('retired');
  });
});
