/** A sweep that has no more than a maintenance window: it stops cleanly, and the next one takes up the rest. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SweepDone } from '../../src/report/model-sweep.ts';
import { BUILT_PROGRAM } from '../support/built-program.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { APPLY, codesOf, operatedVolume, OperatedVolume } from '../support/operated-volume.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { lostBetween, wholeOf } from '../support/whole.ts';

/** Orphans of 1, 2, … × `step` bytes, beside an image that stays. */
function withOrphans(count: number, step: number): OperatedVolume {
  const volume = new OperatedVolume(join(temporaryFolder('orphans'), 'registry'));
  const tree = volume.tree();
  tree.push('team/app', 'v1', image({ name: 'kept', layers: [layer('kept', 500)] }));
  for (let one = 1; one <= count; one++)
    tree.linkLayer('team/app', tree.putBlob(Buffer.alloc(step * one, `orphan ${one} `)));
  tree.age(100);
  return volume;
}

describe('--max-bytes', () => {
  it('takes the largest first, ends with 5, and the next sweep takes the rest: together what one sweep takes', async () => {
    const volume = withOrphans(8, 20_000);
    const whole = withOrphans(8, 20_000);
    await whole.carriedOut('sweep');
    const kept = wholeOf(volume.root);
    const before = volume.layout();
    const { total } = (await volume.json('sweep', '--min-age', '0')).plan;
    const dry = await volume.json('sweep', '--min-age', '0', '--max-bytes', '400K');
    const first = await volume.json('sweep', ...APPLY, '--max-bytes', '400K');
    const { actions, diskBytes: freedDiskBytes, left } = first.done ?? {};
    const budget = { diskBytes: 400_000, actions, freedDiskBytes, left };
    expect({ told: dry.budget, done: first.budget }).toEqual({ told: budget, done: budget });
    expect(first).toMatchObject({ status: 5, done: { stopped: 'max-bytes', failed: [], skipped: [] } });
    expect(first.done?.diskBytes).toBeLessThanOrEqual(400_000);
    expect(first.done?.left).toBe(first.plan.actions - (first.done?.actions ?? 0));
    const sizes = volume.changedSince(before).flatMap((path) => /^file (\d+)/.exec(before.get(path) ?? '')?.[1] ?? []);
    expect(
      sizes
        .map(Number)
        .filter((size) => size > 1000)
        .toSorted((a, b) => b - a)
        .slice(0, 2),
    ).toEqual([160_000, 140_000]);
    expect(lostBetween(kept, wholeOf(volume.root))).toEqual([]);
    const rest = await volume.json('sweep', ...APPLY);
    expect(rest).toMatchObject({ status: 0, done: { stopped: null, left: 0 } });
    expect((first.done?.diskBytes ?? 0) + (rest.done?.diskBytes ?? 0)).toBe(total.diskBytes);
    expect([...volume.layout().keys()]).toEqual([...whole.layout().keys()]);
  });

  it('is no reached target where it leaves what the target needs', async () => {
    const volume = withOrphans(8, 20_000);
    const options = ['--min-age', '0', '--max-delete-percent', '100', '--target-free', '500K', '--max-bytes'];
    expect(await volume.json('sweep', ...options, '600K')).toMatchObject({ status: 0, target: { reached: true } });
    const { status, target, budget } = await volume.json('sweep', ...options, '400K');
    expect({ status, target }).toEqual({
      status: 5,
      target: {
        diskBytes: 500_000,
        reached: false,
        freedDiskBytes: budget?.freedDiskBytes,
        garbageDiskBytes: null,
        images: null,
        candidates: null,
      },
    });
  });

  it('that everything fits into ends with 0', async () => {
    const volume = operatedVolume();
    expect(await volume.json('sweep', ...APPLY, '--max-bytes', '1G')).toMatchObject({
      status: 0,
      done: { stopped: null, left: 0, actions: 21 },
    });
  });
});

describe('a time', () => {
  it('--max-duration that runs out: 5, clean, and the next sweep takes the rest', async () => {
    const volume = withOrphans(1000, 10);
    const kept = wholeOf(volume.root);
    const { status, done } = await watched(volume, ['--max-duration', '1s'], isScanning, async (child) => {
      child.kill('SIGSTOP');
      await sleep(1000);
      child.kill('SIGCONT');
    });
    expect({ status, stopped: done?.stopped, failed: done?.failed }).toEqual({
      status: 5,
      stopped: 'duration',
      failed: [],
    });
    expect(done?.left).toBeGreaterThan(0);
    expect(lostBetween(kept, wholeOf(volume.root))).toEqual([]);
    const rest = await volume.json('sweep', ...APPLY, '--max-duration', '1h');
    expect(rest).toMatchObject({ status: 0, done: { left: 0, stopped: null, actions: done?.left } });
  });

  it('--until more than 12 h ahead, or a moment ago, is a usage error', async () => {
    const volume = operatedVolume();
    const before = volume.everything();
    const clock = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toTimeString().slice(0, 5);
    for (const hours of [13, 23]) {
      const { status, stdout, stderr } = await volume.run('sweep', ...APPLY, '--until', clock(hours));
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain('12 h');
    }
    expect(volume.everything()).toEqual(before);
  });
});

describe('a signal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s in the middle: 5, nothing is broken, and the next sweep finishes',
    async (signal) => {
      const volume = withOrphans(3000, 10);
      const kept = wholeOf(volume.root);
      const { status, done } = await watched(volume, [], hasBegun, (child) => child.kill(signal));
      expect({ status, stopped: done?.stopped, failed: done?.failed }).toEqual({
        status: 5,
        stopped: 'signal',
        failed: [],
      });
      expect(done?.actions).toBeGreaterThan(0);
      expect(done?.left).toBeGreaterThan(0);
      expect(lostBetween(kept, wholeOf(volume.root))).toEqual([]);
      expect((await volume.json('runs')).runs).toMatchObject([{ state: 'trash', actions: done?.actions }]);
      const rest = await volume.json('sweep', ...APPLY);
      expect(rest).toMatchObject({ status: 0, done: { left: 0, failed: [] } });
      expect((rest.done?.actions ?? 0) + (done?.actions ?? 0)).toBeGreaterThanOrEqual(6000);
      expect((await volume.json('sweep', '--min-age', '0')).plan.actions).toBe(0);
    },
  );
});

/** Does something to a sweep as soon as it has come so far, and lets it end. */
async function watched(
  volume: OperatedVolume,
  options: readonly string[],
  isThere: (volume: OperatedVolume) => boolean,
  act: (child: ChildProcess) => unknown,
): Promise<{ readonly status: number | null; readonly done: SweepDone | null }> {
  const child = spawn(process.execPath, [BUILT_PROGRAM, 'sweep', volume.root, ...APPLY, '--json', ...options], {
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME: volume.cache },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => output.push(piece));
  const closed = once(child, 'close') as Promise<[number | null]>;
  while (child.exitCode === null && !isThere(volume)) await sleep(1);
  await act(child);
  const [status] = await closed;
  const { done } = JSON.parse(Buffer.concat(output).toString()) as { readonly done: SweepDone | null };
  return { status, done };
}

/** Its index has been begun: the options have been read. */
function isScanning({ cache }: OperatedVolume): boolean {
  return existsSync(join(cache, 'regsweep'));
}

/** The first layer link lies in the trash. */
function hasBegun({ root }: OperatedVolume): boolean {
  const runs = join(root, '.regsweep/runs');
  if (!existsSync(runs)) return false;
  return readdirSync(runs).some((run) => {
    const links = join(runs, run, 'trash/repositories/team/app/_layers/sha256');
    return existsSync(links) && readdirSync(links).length > 0;
  });
}

describe('a repository that is lost', () => {
  it('is refused again and again, whatever looks in between, until it is accepted; and then never more', async () => {
    const volume = operatedVolume();
    await volume.run('scan');
    rmSync(volume.tree().path('repositories/team/app/tools'), { recursive: true });
    const before = volume.layout();
    for (const look of [[], ['report'], ['scan', '--full'], ['rank'], ['sweep']]) {
      const [command, ...options] = look;
      if (command !== undefined) await volume.run(command, ...options);
      const refused = await volume.json('sweep', ...APPLY);
      expect({ look, status: refused.status, codes: codesOf(refused) }).toEqual({
        look,
        status: 4,
        codes: ['lost-repositories'],
      });
    }
    expect(volume.changedSince(before)).toEqual([]);
    expect(await volume.json('sweep', ...APPLY, '--accept-lost-repositories')).toMatchObject({ status: 0 });
    expect(await volume.json('sweep', ...APPLY)).toMatchObject({ status: 0, refusals: [] });
  });

  it('is not forgotten by an acceptance that came to nothing', async () => {
    const volume = operatedVolume();
    await volume.run('scan');
    rmSync(volume.tree().path('repositories/team/app/tools'), { recursive: true });
    const unproven = await volume.json('sweep', '--apply', '--accept-lost-repositories');
    expect(codesOf(unproven)).toEqual(['proof-missing']);
    expect(codesOf(await volume.json('sweep', ...APPLY))).toEqual(['lost-repositories']);
  });

  it('is none that a run of ours took', async () => {
    const volume = operatedVolume();
    await volume.carriedOut('rm', 'team/app/tools');
    expect(await volume.json('sweep', ...APPLY)).toMatchObject({ status: 0, refusals: [] });
  });
});
