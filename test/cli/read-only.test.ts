/** ROOT where nothing can be written: a volume of which the operator was given no more than a look. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepResult } from '../../src/report/model-sweep.ts';
import { BUILT_PROGRAM, type Finished } from '../support/built-program.ts';
import { copyFixture } from '../support/fixture.ts';
import { APPLY } from '../support/operated-volume.ts';
import { changedPaths, snapshot } from '../support/snapshot.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';

interface Medium {
  readonly name: string;
  /** Takes the right to write below a registry root; returns where it is to be read from now. */
  readonly close: (root: string) => string;
  /** What the program is run by: somebody who is bound by rights. */
  readonly by: readonly string[];
}

const isRoot = process.getuid?.() === 0;
let open: string;
beforeAll(async () => {
  open = await copyFixture();
});
const mounts: string[] = [];
afterAll(() => {
  for (const target of mounts) quietly('umount', target);
});

/** Rights bind root only once these capabilities are given up (capabilities(7)). */
const WITHOUT_OVERRIDE = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'];

const byRights: Medium = {
  name: 'folders and files that nobody may write',
  close: (root) => {
    execFileSync('chmod', ['-R', 'a-w', root]);
    return root;
  },
  by: isRoot ? WITHOUT_OVERRIDE : [],
};

const byMount: Medium = { name: 'a read-only bind mount', close: mountReadOnly, by: [] };

function quietly(command: string, ...argv: readonly string[]): void {
  execFileSync(command, argv, { stdio: 'ignore' });
}

function mountReadOnly(root: string): string {
  const target = join(temporaryFolder('mount'), 'registry');
  mkdirSync(target);
  quietly('mount', '--bind', root, target);
  mounts.push(target);
  quietly('mount', '-o', 'remount,bind,ro', target);
  return target;
}

/** Mounting is for root, and in most containers not even for root: there the other medium alone is tested. */
function canMount(): boolean {
  try {
    return isRoot && readdirSync(mountReadOnly(temporaryFolder('may-mount'))).length === 0;
  } catch {
    return false;
  }
}

describe.each([byRights, ...(canMount() ? [byMount] : [])])('ROOT on $name', ({ close, by }) => {
  const run = (argv: readonly string[], environment: Readonly<Record<string, string>>): Finished => {
    const [command, ...prefix] = [...by, process.execPath] as const;
    return spawnSync(command, [...prefix, BUILT_PROGRAM, ...argv], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...environment },
    });
  };

  let root: string;
  let before: ReadonlyMap<string, string>;
  beforeAll(async () => {
    const copy = await copyFixture();
    before = snapshot(copy, { times: true });
    root = close(copy);
  });
  const changed = (): readonly string[] => changedPaths(before, snapshot(root, { times: true }));

  it('cannot be written by whoever these tests run as', () => {
    const [command, ...prefix] = [...by, 'touch'];
    expect(spawnSync(command, [...prefix, join(root, 'file')]).status).toBe(1);
    expect(changed()).toEqual([]);
  });

  it.each([
    ['a report', ['report', '--min-age', '0']],
    ['a report that stats every blob', ['report', '--untagged', '--min-age', '0', '--disk-usage']],
    ['a ranking', ['rank']],
    ['a tree', ['tree']],
    ['a scan', ['scan', '--full']],
    ['a listing', ['ls']],
    ['a repair that is only shown', ['repair', '--drop-dangling']],
    ['a query', ['query', 'SELECT count(*) AS blobs FROM blob WHERE stored']],
  ])('%s is what it is elsewhere, and nothing is written there', async (_what, [command = '', ...argv]) => {
    const elsewhere = await runHere([command, open, ...argv, '--json'], temporaryFolder('cache'));
    const cache = temporaryFolder('cache');
    const here = run([command, root, ...argv, '--json'], { XDG_CACHE_HOME: cache });
    expect({ status: here.status, stderr: here.stderr }).toEqual({ status: 0, stderr: '' });
    expect(comparable(here.stdout)).toEqual(comparable(elsewhere.stdout));
    expect(changed()).toEqual([]);
    expect(readdirSync(join(cache, 'regsweep'))).toEqual([expect.stringMatching(/\.sqlite$/)]);
  });

  it('without a cache folder: a temporary index, said on stderr', () => {
    const file = join(temporaryFolder('file'), 'cache');
    writeFileSync(file, '');
    const temporary = temporaryFolder('tmp');
    const { status, stdout, stderr } = run(['report', root, '--json'], { XDG_CACHE_HOME: file, TMPDIR: temporary });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'regsweep.report/1', complete: true });
    expect(stderr).toMatch(/^warning: the cache folder .* cannot be written: the index is temporary, at /);
    expect(stderr).toContain(temporary);
    expect(changed()).toEqual([]);
    // Every night the same: an index more each time would fill what it lies on.
    run(['report', root, '--json'], { XDG_CACHE_HOME: file, TMPDIR: temporary });
    const folders = readdirSync(temporary);
    expect([folders.length, statSync(join(temporary, folders[0] ?? '')).mode & 0o077]).toEqual([1, 0]);
  });

  it('a temporary folder that somebody else may write to is not taken for ours', () => {
    const file = join(temporaryFolder('file'), 'cache');
    writeFileSync(file, '');
    const temporary = temporaryFolder('tmp');
    const open = join(temporary, `regsweep-${userInfo().uid}`);
    mkdirSync(open);
    chmodSync(open, 0o777);
    expect(run(['report', root, '--json'], { XDG_CACHE_HOME: file, TMPDIR: temporary }).status).toBe(0);
    expect(readdirSync(open)).toEqual([]);
  });

  it.each([
    ['a sweep', ['sweep']],
    ['a removal', ['rm', '**']],
  ])('%s is refused for want of room, with what helps, and leaves no trace', (_what, [command = '', ...names]) => {
    const { status, stdout, stderr } = run([command, root, ...names, ...APPLY], {
      XDG_CACHE_HOME: temporaryFolder('cache'),
    });
    expect({ status, stdout }, stderr).toEqual({ status: 4, stdout: '' });
    expect(stderr).toContain('--state DIR');
    expect(changed()).toEqual([]);
  });

  it('a sweep with its journal elsewhere fails at each path, says so, and changes nothing', () => {
    const argv = ['sweep', root, ...APPLY, '--no-trash', '--state', temporaryFolder('state'), '--json'];
    const { status, stdout, stderr } = run(argv, { XDG_CACHE_HOME: temporaryFolder('cache') });
    expect(status, stderr).toBe(1);
    const { done } = JSON.parse(stdout) as SweepResult;
    expect(done).toMatchObject({ actions: 0, bytes: 0 });
    expect(done?.failed.length).toBeGreaterThan(0);
    for (const { path, errno } of done?.failed.slice(0, 20) ?? []) {
      expect(errno).toMatch(/^(EROFS|EACCES)$/);
      expect(stderr).toContain(path);
    }
    expect(changed()).toEqual([]);
  });

  it('a place for the index on it is refused, and nothing is made', () => {
    const database = join(root, 'index.sqlite');
    const { status, stdout } = run(['scan', root, '--db', database], { XDG_CACHE_HOME: temporaryFolder('cache') });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(changed()).toEqual([]);
  });
});

/** The document without what differs from place to place and from time to time. */
function comparable(text: string): unknown {
  const document = JSON.parse(text) as Record<string, unknown>;
  delete document['generatedAt'];
  delete document['registry'];
  delete document['database'];
  delete document['durationSeconds'];
  return document;
}

it('a cache folder that lies under ROOT, as in the home of the user of the registry: nothing is written there either', async () => {
  const root = await copyFixture();
  const before = snapshot(root);
  const { status, stderr } = await runHere(['report', root], join(root, '.cache'));
  expect(status).toBe(0);
  expect(stderr).toMatch(/^warning: the cache folder .* lies under the registry root: the index is temporary, at /);
  expect(changedPaths(before, snapshot(root))).toEqual([]);
});
