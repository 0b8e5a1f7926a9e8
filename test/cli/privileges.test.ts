/** By whom it is run: without any privilege it does what root does, and whoever runs it, what stays or comes back is as it was. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUILT_PROGRAM, type Finished } from '../support/built-program.ts';
import { changedPaths, snapshot } from '../support/snapshot.ts';
import { writeSweepTree } from '../support/sweep-tree.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { lostBetween, wholeOf } from '../support/whole.ts';

const isRoot = process.getuid?.() === 0;
/** Root is left its user id, so that it can read the program, and nothing else that others have not (capabilities(7)). */
const UNPRIVILEGED = isRoot ? ['setpriv', '--bounding-set', '-all', '--inh-caps', '-all'] : [];
const APPLY = ['--apply', '--yes', '--registry-stopped', '--min-age', '0', '--max-delete-percent', '100'];
const LAYOUT = 'docker/registry/v2';

function run(by: readonly string[], argv: readonly string[], cache: string): Finished {
  const [command, ...prefix] = [...by, process.execPath] as const;
  return spawnSync(command, [...prefix, BUILT_PROGRAM, ...argv], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME: cache },
  });
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
