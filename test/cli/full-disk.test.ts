/** A volume that is full to the last byte: what the program is called for in the first place. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { acquireLock } from '../../src/db/lock.ts';
import { errnoOf } from '../../src/shared/errors.ts';
import { APPLY, OperatedVolume, STOPPED } from '../support/operated-volume.ts';
import { writeSweepTree } from '../support/sweep-tree.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { brokenThings } from '../support/whole.ts';

const mounts: string[] = [];
afterEach(() => {
  for (const target of mounts.splice(0)) execFileSync('umount', [target]);
});

function mountSmall(): string {
  const target = join(temporaryFolder('small'), 'volume');
  mkdirSync(target);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', target], { stdio: 'ignore' });
  mounts.push(target);
  return target;
}

function fill(target: string): void {
  for (const size of [65_536, 4096]) {
    try {
      for (;;) appendFileSync(join(target, 'full'), Buffer.alloc(size, 1));
    } catch (error) {
      if (errnoOf(error) !== 'ENOSPC') throw error;
    }
  }
}

/** Mounting is for root, and in most containers not even for root. */
function canMount(): boolean {
  try {
    execFileSync('umount', [mountSmall()]);
    mounts.pop();
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(process.env['CI'] !== 'true' && !canMount())('on a full volume', () => {
  const volumeOn = (target: string): OperatedVolume => {
    writeSweepTree(join(target, 'registry'));
    return new OperatedVolume(join(target, 'registry'));
  };

  it('purge frees the trash of an earlier sweep', async () => {
    const target = mountSmall();
    const volume = volumeOn(target);
    const { run } = await volume.carriedOut('sweep');
    fill(target);
    const purged = await volume.json('purge');
    expect(purged).toMatchObject({ status: 0, runs: [{ run, failed: [] }] });
    expect(purged.freedOnFileSystem).toBeGreaterThan(0);
    expect((await volume.json('runs')).runs).toMatchObject([{ run, state: 'purged' }]);
  });

  it('a sweep with nothing to sweep frees the trash of earlier ones', async () => {
    const target = mountSmall();
    const volume = volumeOn(target);
    const { run } = await volume.carriedOut('sweep');
    fill(target);
    const swept = await volume.run('sweep', ...APPLY, '--purge-older-than', '0s');
    expect(swept.status).toBe(0);
    expect(swept.stderr).toContain('no note of the lock could be left');
    expect((await volume.json('runs')).runs).toMatchObject([{ run, state: 'purged' }]);
  });

  it('restore puts everything back, says that it could not write that down, and does so once there is room', async () => {
    const target = mountSmall();
    const volume = volumeOn(target);
    const [before, broken] = [volume.layout(), brokenThings(volume.root)];
    const { run } = await volume.carriedOut('sweep');
    fill(target);
    const full = await volume.json('restore', run, ...STOPPED);
    const record = join(volume.root, '.regsweep/runs', run, 'run.json');
    expect(full).toMatchObject({ status: 1, done: { failed: [{ path: record, errno: 'ENOSPC' }] } });
    expect(brokenThings(volume.root)).toEqual(broken);
    expect(volume.changedSince(before)).toEqual([]);
    rmSync(join(target, 'full'));
    expect((await volume.json('restore', run, ...STOPPED)).status).toBe(0);
    expect(volume.changedSince(before)).toEqual([]);
    expect((await volume.json('runs')).runs).toMatchObject([{ run, state: 'restored' }]);
  });

  it('a lock without a note leaves the note of another machine where it is', () => {
    const target = mountSmall();
    const state = join(target, '.regsweep');
    const note = join(state, 'lock.json');
    const me = { host: 'here', pid: process.pid, startedAt: '2026-03-01T00:00:00.000Z' };
    mkdirSync(state);
    fill(target);
    const lock = acquireLock(state, me);
    expect(lock).toMatchObject({ held: true, noted: false });
    rmSync(join(target, 'full'));
    writeFileSync(note, JSON.stringify({ ...me, host: 'elsewhere' }));
    lock.release();
    expect(existsSync(note)).toBe(true);
    expect(() => acquireLock(state, me)).toThrow('on elsewhere');
  });

  it('a sweep into the trash is refused, and says the two ways there are; the one without trash goes through', async () => {
    const target = mountSmall();
    const volume = volumeOn(target);
    fill(target);
    const before = volume.layout();
    const refused = await volume.run('sweep', ...APPLY);
    expect(refused).toMatchObject({ status: 4, stdout: '' });
    expect(refused.stderr).toMatch(/no room|is full/);
    expect(refused.stderr).toContain('--no-trash');
    expect(refused.stderr).toContain('--state');
    expect(refused.stderr).toContain('purge');
    expect(volume.changedSince(before)).toEqual([]);
    const swept = await volume.json('sweep', ...APPLY, '--no-trash', '--state', temporaryFolder('state'));
    expect(swept.status).toBe(0);
    expect(brokenThings(volume.root)).toEqual([]);
  });
});
