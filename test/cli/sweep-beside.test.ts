/** What an operator reads who sweeps, or only looks, while another sweep of the volume is under way. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { APPLY, STOPPED, codesOf, operatedVolume, type OperatedVolume } from '../support/operated-volume.ts';
import { endSweep, runningSweep } from '../support/running-sweep.ts';
import { changedPaths } from '../support/snapshot.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { brokenThings } from '../support/whole.ts';

function swept(): { readonly volume: OperatedVolume; readonly state: string } {
  const volume = operatedVolume();
  const state = join(volume.root, '.regsweep');
  mkdirSync(state);
  return { volume, state };
}

describe('beside a sweep that is under way', () => {
  it('a second one is refused for the lock alone, by host, process and time, and goes on once that died', async () => {
    const { volume, state } = swept();
    const first = await runningSweep(volume, state);
    const before = volume.layout();
    for (const [command, ...options] of [['sweep'], ['rm', 'left/over']] as const) {
      const refused = await volume.json(command, ...options, ...APPLY);
      expect({ command, status: refused.status, codes: codesOf(refused) }).toEqual({
        command,
        status: 4,
        codes: ['locked'],
      });
      const who = `process ${first.pid ?? 0} on ${hostname()}, since 20`;
      expect(refused.refusals[0]?.message).toContain(`another sweep is under way, by the lock of ${state}: ${who}`);
      expect(refused.warnings.filter((warning) => warning.includes(`process ${first.pid ?? 0} `))).toEqual([]);
      expect(refused.done).toBeNull();
    }
    expect(volume.changedSince(before)).toEqual([]);
    await endSweep(first);
    expect(await volume.json('sweep', ...APPLY)).toMatchObject({ status: 0, done: { actions: 21 } });
    expect(brokenThings(volume.root)).toEqual([]);
  });

  it('a second one is told every other reason, too', async () => {
    const { volume, state } = swept();
    await runningSweep(volume, state);
    const refused = await volume.json('sweep', '--apply', '--max-delete-percent', '0');
    expect(refused.status).toBe(4);
    expect(codesOf(refused)).toEqual(['locked', 'max-delete-percent', 'proof-missing']);
  });

  it('a dry run says that it would be refused, and leaves everything as it is', async () => {
    const { volume, state } = swept();
    await runningSweep(volume, state);
    const before = volume.everything();
    for (const words of [[], STOPPED]) {
      for (const [command, ...options] of [['sweep'], ['rm', 'left/over']] as const) {
        const shown = await volume.json(command, ...options, ...words);
        expect({ status: shown.status, codes: codesOf(shown) }).toEqual({ status: 4, codes: ['locked'] });
      }
    }
    expect((await volume.run('sweep')).stdout).toContain('another sweep is under way');
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });

  it('restore and purge are refused for the lock', async () => {
    const { volume, state } = swept();
    const { run } = await volume.carriedOut('sweep');
    const first = await runningSweep(volume, state);
    const before = volume.layout();
    const restore = await volume.json('restore', run, ...STOPPED);
    expect(restore).toMatchObject({ status: 4, done: null });
    expect(restore.refusals.map(({ code }) => code)).toEqual(['locked']);
    const purge = await volume.run('purge');
    expect(purge.status).toBe(4);
    expect(purge.stderr).toContain(`process ${first.pid ?? 0} on ${hostname()}`);
    expect(volume.changedSince(before)).toEqual([]);
  });
});

describe('whatever --state says, a volume has one lock', () => {
  it.each([
    ['a state folder of its own beside the default one', true, false],
    ['the default one beside a state folder of its own', false, true],
    ['two state folders', true, true],
  ])('%s', async (_what, firstOwn, secondOwn) => {
    const { volume, state } = swept();
    const own = (is: boolean): readonly string[] => (is ? ['--state', temporaryFolder('state')] : []);
    const options = own(secondOwn);
    const { run } = await volume.carriedOut('rm', 'left/over', ...options);
    await runningSweep(volume, state, '--no-trash', ...own(firstOwn));
    const before = volume.everything();
    for (const words of [[], APPLY]) {
      const refused = await volume.json('sweep', '--no-trash', ...options, ...words);
      expect({ status: refused.status, codes: codesOf(refused) }).toEqual({ status: 4, codes: ['locked'] });
    }
    for (const [command, ...words] of [['purge'], ['restore', run, ...STOPPED]] as const) {
      expect((await volume.run(command, ...words, ...options)).status).toBe(4);
    }
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });

  it('a sweep that is refused makes no state folder, neither the one nor the other', async () => {
    const volume = operatedVolume();
    const given = join(temporaryFolder('state'), 'made');
    expect((await volume.json('sweep', '--apply', '--no-trash', '--state', given)).status).toBe(4);
    expect([join(volume.root, '.regsweep'), given].filter((path) => existsSync(path))).toEqual([]);
  });

  it('a state folder that is the default one by another name is locked once', async () => {
    const volume = operatedVolume();
    const given = join(volume.root, '.regsweep');
    expect(await volume.json('sweep', ...APPLY, '--state', given)).toMatchObject({ status: 0, done: { actions: 21 } });
    expect(await volume.json('sweep', ...APPLY, '--state', `${volume.root}/./.regsweep/`)).toMatchObject({ status: 0 });
  });
});

it('a dry run says that another machine sweeps, by its note', async () => {
  const { volume, state } = swept();
  const other = { host: 'elsewhere', pid: 7, startedAt: '2024-05-01T12:00:00.000Z' };
  writeFileSync(join(state, 'lock.json'), JSON.stringify(other));
  const shown = await volume.json('sweep');
  expect({ status: shown.status, codes: codesOf(shown) }).toEqual({ status: 4, codes: ['locked'] });
  expect(shown.refusals[0]).toMatchObject({
    message: expect.stringContaining('process 7 on elsewhere, since 2024-05-01') as unknown,
    hint: expect.stringContaining(join(state, 'lock.json')) as unknown,
  });
});

it('the note of a process that died is no reason: neither to a dry run nor to a sweep', async () => {
  const { volume, state } = swept();
  await endSweep(await runningSweep(volume, state));
  expect(existsSync(join(state, 'lock.json'))).toBe(true);
  const before = volume.everything();
  expect(await volume.json('sweep')).toMatchObject({ status: 0, refusals: [], warnings: [] });
  expect(changedPaths(before, volume.everything())).toEqual([]);
});
