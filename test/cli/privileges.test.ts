/** By whom it is run: without any privilege it does what root does, and whoever runs it, what stays or comes back is as it was. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { revisionFolder, revisionLink } from '../../src/layout/paths.ts';
import { simple } from '../gc/volume.ts';
import { BUILT_PROGRAM, type Finished } from '../support/built-program.ts';
import { changedPaths, snapshot } from '../support/snapshot.ts';
import { writeSweepTree } from '../support/sweep-tree.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
import { brokenThings, lostBetween, wholeOf } from '../support/whole.ts';

const isRoot = process.getuid?.() === 0;
/** Root is left its user id, so that it can read the program, and nothing else that others have not (capabilities(7)). */
const UNPRIVILEGED = isRoot ? ['setpriv', '--bounding-set', '-all', '--inh-caps', '-all'] : [];
const APPLY = ['--apply', '--yes', '--registry-stopped', '--min-age', '0', '--max-delete-percent', '100'];
const LAYOUT = 'docker/registry/v2';

/** Other tests run registries, and without privilege nobody can tell which volume those keep. Milliseconds. */
const [REGISTRIES_RUN_FOR, ASKED_AGAIN_AFTER] = [60_000, 300];

function run(by: readonly string[], argv: readonly string[], cache: string): Finished {
  const [command, ...prefix] = [...by, process.execPath] as const;
  for (let waited = 0; ; waited += ASKED_AGAIN_AFTER) {
    const finished: Finished = spawnSync(command, [...prefix, BUILT_PROGRAM, ...argv], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], XDG_CACHE_HOME: cache },
    });
    const isRefused = finished.status === 4 && /registry-running/.test(finished.stdout + finished.stderr);
    if (!isRefused || waited > REGISTRIES_RUN_FOR) return finished;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ASKED_AGAIN_AFTER);
  }
}

/** A volume with garbage, with modes as administrators give them: a group that inherits, and nothing for others. */
function volume(): string {
  const root = join(temporaryFolder('privileges'), 'registry');
  writeSweepTree(root);
  execFileSync('chmod', ['-R', 'u=rwX,g=rX,o=', root]);
  execFileSync('find', [root, '-type', 'd', '-exec', 'chmod', '2750', '{}', '+']);
  return root;
}

const stateOf = (root: string) => snapshot(join(root, LAYOUT), { modes: true, owners: true });

function sweptAndRestored(by: readonly string[], root: string) {
  const cache = temporaryFolder('cache');
  const whole = wholeOf(root);
  const before = stateOf(root);
  const sweep = run(by, ['sweep', root, ...APPLY], cache);
  expect(sweep).toMatchObject({ status: 0 });
  expect(lostBetween(whole, wholeOf(root))).toEqual([]);
  const swept = stateOf(root);
  const gone = changedPaths(before, swept);
  expect(gone.filter((path) => swept.has(path))).toEqual([]);
  const [newest] = (
    JSON.parse(run(by, ['runs', root, '--json'], cache).stdout) as { runs: { run: string }[] }
  ).runs.reverse();
  const restore = run(by, ['restore', root, newest?.run ?? '', '--registry-stopped', '--min-age', '0'], cache);
  expect(restore).toMatchObject({ status: 0 });
  expect(changedPaths(before, stateOf(root))).toEqual([]);
  return gone;
}

describe('a sweep and a restore', () => {
  it('need no privilege, and keep modes', () => {
    const gone = sweptAndRestored(UNPRIVILEGED, volume());
    expect(gone.length).toBeGreaterThan(20);
    expect(gone).toEqual(sweptAndRestored([], volume()));
  });

  it.runIf(isRoot)('by root keep the owners of a volume that is somebody else’s', () => {
    const root = volume();
    execFileSync('chown', ['-R', '1234:2345', root]);
    expect(sweptAndRestored([], root).length).toBeGreaterThan(20);
  });
});

/** Links to be rewritten, and one to be written with its folder. */
function damagedVolume(): string {
  const tree = createTree(join(temporaryFolder('privileges'), 'registry'));
  const [one, other] = [simple('one'), simple('other')];
  tree.push('app', 'v1', one);
  tree.push('app', 'v2', other);
  tree.write(revisionLink('app', one.digest), `${one.digest}\n`);
  rmSync(tree.path(revisionFolder('app', other.digest)), { recursive: true });
  // Who pushed meanwhile would keep what was mended.
  tree.age(1);
  execFileSync('chmod', ['-R', 'u=rwX,g=rX,o=', tree.root]);
  execFileSync('find', [tree.root, '-type', 'd', '-exec', 'chmod', '2750', '{}', '+']);
  return tree.root;
}

function mendedAndRestored(by: readonly string[], root: string) {
  const cache = temporaryFolder('cache');
  const before = stateOf(root);
  expect(run(by, ['repair', root, ...APPLY], cache)).toMatchObject({ status: 0 });
  expect(brokenThings(root)).toEqual([]);
  const mended = stateOf(root);
  const { runs } = JSON.parse(run(by, ['runs', root, '--json'], cache).stdout) as { runs: { run: string }[] };
  const words = ['--registry-stopped', '--min-age', '0'];
  expect(run(by, ['restore', root, runs[0]?.run ?? '', ...words], cache)).toMatchObject({ status: 0 });
  expect(changedPaths(before, stateOf(root))).toEqual([]);
  return mended;
}

describe('a repair and what takes it back', () => {
  it('need no privilege, and write links with the modes of their neighbours', () => {
    const mended = mendedAndRestored(UNPRIVILEGED, damagedVolume());
    const links = [...mended].filter(([path]) => path.endsWith('/link')).map(([, line]) => line);
    expect(new Set(links.map((line) => / (0?640)\b/.exec(line)?.[1])).size).toBe(1);
    expect(changedPaths(mended, mendedAndRestored([], damagedVolume()))).toEqual([]);
  });

  it.runIf(isRoot)('by root keep the owners of a volume that is somebody else’s', () => {
    const root = damagedVolume();
    execFileSync('chown', ['-R', '1234:2345', root]);
    const owners = [...mendedAndRestored([], root).values()].map((line) => line.includes('1234'));
    expect(owners).not.toContain(false);
  });

  it.runIf(isRoot)('work where nobody may give a file of others a second name', () => {
    const root = damagedVolume();
    execFileSync('chmod', ['-R', 'a+rX', root]);
    execFileSync('find', [root, '-type', 'd', '-exec', 'chmod', '777', '{}', '+']);
    execFileSync('chown', ['-R', '1234:2345', root]);
    mendedAndRestored(UNPRIVILEGED, root);
  });
});

it('who may not read a folder is told which, and sweeps nothing', () => {
  const root = volume();
  const path = 'repositories/team/app/_manifests/revisions';
  chmodSync(join(root, LAYOUT, path), 0);
  const before = snapshot(root, { modes: true, times: true });
  const cache = temporaryFolder('cache');
  const report = run(UNPRIVILEGED, ['report', root, '--min-age', '0', '--json'], cache);
  expect(report.status).toBe(0);
  expect(JSON.parse(report.stdout)).toMatchObject({
    complete: false,
    problems: expect.arrayContaining([expect.objectContaining({ code: 'permission-denied', path })]) as unknown,
  });
  const sweep = run(UNPRIVILEGED, ['sweep', root, ...APPLY], cache);
  expect(sweep.status).toBe(4);
  expect(sweep.stdout).toContain('(scan-incomplete)');
  expect(changedPaths(before, snapshot(root, { modes: true, times: true }))).toEqual([]);
});
