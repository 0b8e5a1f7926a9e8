/** `runs`, `restore` and `purge`: what was carried out, taking it back, and freeing it for good. */
import { chmodSync, existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forgeJournal } from '../support/forged-journal.ts';
import { asNobody } from '../support/nobody.ts';
import { APPLY, codesOf, operatedVolume, STOPPED } from '../support/operated-volume.ts';
import { changedPaths } from '../support/snapshot.ts';
import { temporaryFolder } from '../support/temporary.ts';

const NAME = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/;

describe('runs', () => {
  it('of a volume that was never swept: none, and nothing is made', async () => {
    const volume = operatedVolume();
    const before = volume.everything();
    expect(await volume.json('runs')).toEqual({ schema: 'regsweep.runs/1', runs: [], status: 0 });
    expect(await volume.run('runs')).toMatchObject({ status: 0, stderr: '' });
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });

  it('that may not be looked at: says so, and who may', async () => {
    const volume = operatedVolume();
    await volume.carriedOut('sweep');
    const state = join(volume.root, '.regsweep');
    chmodSync(state, 0);
    const runs = await asNobody(volume.root, () => volume.run('runs'));
    const purge = await asNobody(volume.root, () => volume.run('purge'));
    chmodSync(state, 0o700);
    expect(runs).toMatchObject({ status: 1, stdout: '' });
    expect(runs.stderr).toBe(
      `error: the state folder ${state} cannot be read (EACCES)\nhint: it is for its owner alone: run it as who sweeps, as root or as the user of the registry\n`,
    );
    expect(purge.stderr).toContain('hint: run it as who sweeps: as root, or as the user of the registry; ');
  });

  it('tells each, oldest first, with the state that it is in', async () => {
    const volume = operatedVolume();
    const first = await volume.carriedOut('rm', 'left/over');
    const second = await volume.carriedOut('rm', 'team/app/tools:1.0');
    const third = await volume.carriedOut('sweep');
    await volume.json('restore', second.run, ...STOPPED);
    expect(await volume.run('purge', first.run)).toMatchObject({ status: 0 });
    const { schema, runs } = await volume.json('runs');
    expect(schema).toBe('regsweep.runs/1');
    const expected = [
      { ...first, mode: 'rm', state: 'purged' },
      { ...second, mode: 'rm', state: 'restored' },
      { ...third, mode: 'revisions', state: 'trash' },
    ];
    expect(runs).toMatchObject(
      expected.map(({ run, mode, state, actions, bytes, diskBytes }) => ({
        run,
        mode,
        state,
        actions,
        bytes,
        diskBytes,
      })),
    );
    for (const { run, startedAt, endedAt } of runs) {
      expect(run).toMatch(NAME);
      expect(startedAt).toMatch(/^\d{4}-.*Z$/);
      expect(Date.parse(endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startedAt));
    }
    const table = await volume.run('runs');
    for (const { run, state } of runs) expect(table.stdout).toMatch(new RegExp(`^${run} .* ${state}$`, 'm'));
    expect((await volume.json('runs', third.run)).runs).toHaveLength(1);
    expect(await volume.run('runs', '20200101T000000Z-0000')).toMatchObject({ status: 2, stdout: '' });
  });

  it('--redis-keys prints a key for each blob and layer link that went, one a line', async () => {
    const volume = operatedVolume();
    const { run } = await volume.carriedOut('rm', 'team/app/tools');
    const { status, stdout } = await volume.run('runs', run, '--redis-keys');
    expect(status).toBe(0);
    const keys = stdout.trimEnd().split('\n');
    expect(keys.length).toBeGreaterThan(1);
    for (const key of keys) expect(key).toMatch(/^(repository::team\/app\/tools::)?blobs::sha256:[0-9a-f]{64}$/);
    expect(await volume.run('runs', '--redis-keys')).toMatchObject({ status: 2, stdout: '' });
  });

  it('--redis-keys leaves out what is no digest or no name, and says at which line: one word of it could be a command', async () => {
    const volume = operatedVolume();
    const { run } = await volume.carriedOut('rm', 'team/app/tools');
    const { stdout: before } = await volume.run('runs', run, '--redis-keys');
    forgeJournal(join(volume.root, '.regsweep/runs', run, 'journal.ndjson'), (line) => {
      if (line['kind'] === 'layer-link') return { ...line, repository: 'team/app/tools foreign' };
      return line['kind'] === 'blob' ? { ...line, digest: `${String(line['digest'])}\nforeign` } : line;
    });
    const { status, stdout, stderr } = await volume.run('runs', run, '--redis-keys');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.match(/line \d+: (digest|repository)/g)).toHaveLength(before.trimEnd().split('\n').length);
  });
});

describe('restore', () => {
  it('gives back what a sweep took, once; a second time there is nothing to do', async () => {
    const volume = operatedVolume();
    const before = volume.layout();
    const { run, actions } = await volume.carriedOut('sweep', '--untagged');
    const back = await volume.json('restore', run, ...STOPPED);
    expect(back).toMatchObject({ schema: 'regsweep.restore/1', run, status: 0, refusals: [] });
    expect(back.done).toMatchObject({ restored: actions, already: false, kept: [], leftOut: [], failed: [] });
    expect(volume.changedSince(before)).toEqual([]);
    expect((await volume.json('restore', run, ...STOPPED)).done).toMatchObject({ restored: 0, already: true });
  });

  it('wants the proof that a sweep wants, and changes nothing without', async () => {
    const volume = operatedVolume();
    const { run } = await volume.carriedOut('sweep');
    const before = volume.everything();
    const refused = await volume.json('restore', run);
    expect({ status: refused.status, codes: codesOf(refused), done: refused.done }).toEqual({
      status: 4,
      codes: ['proof-missing'],
      done: null,
    });
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });

  it('of a run whose journal tells a time that is none is refused at its line, and nothing changes', async () => {
    const volume = operatedVolume();
    const { run } = await volume.carriedOut('rm', 'left/over');
    forgeJournal(join(volume.root, '.regsweep/runs', run, 'journal.ndjson'), (line) =>
      line['folder'] === undefined ? line : { ...line, folder: { ...line['folder'], modifiedAt: 'yesterday' } },
    );
    const before = volume.layout();
    const { status, stdout, stderr } = await volume.run('restore', run, ...STOPPED);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .* line \d+: folder\.modifiedAt/);
    expect(volume.changedSince(before)).toEqual([]);
  });

  it('of a run that was purged, deleted at once, or never was, is refused, and says why', async () => {
    const volume = operatedVolume();
    const purged = await volume.carriedOut('rm', 'left/over');
    await volume.run('purge', purged.run);
    const deleted = await volume.carriedOut('sweep', '--no-trash');
    const before = volume.layout();
    const expected = [
      [purged.run, 4],
      [deleted.run, 4],
      ['20200101T000000Z-0000', 2],
      ['../../x', 2],
    ] as const;
    for (const [run, wanted] of expected) {
      // Without a proof, too: it is told before anything is scanned for one.
      for (const proof of [STOPPED, []]) {
        const { status, stdout, stderr } = await volume.run('restore', run, ...proof);
        expect({ run, status, stdout }).toEqual({ run, status: wanted, stdout: '' });
        expect(stderr).toContain(run);
      }
    }
    expect(volume.changedSince(before)).toEqual([]);
  });
});

describe('purge', () => {
  it('frees the runs that are named, the trash is gone, and the list still tells of them', async () => {
    const volume = operatedVolume();
    const { run, diskBytes } = await volume.carriedOut('sweep');
    const result = await volume.json('purge', run);
    expect(result).toMatchObject({ schema: 'regsweep.purge/1', status: 0, runs: [{ run, failed: [], diskBytes }] });
    expect(readdirSync(join(volume.root, '.regsweep/runs', run))).not.toContain('trash');
    expect((await volume.json('runs')).runs).toMatchObject([{ run, state: 'purged' }]);
    expect((await volume.json('sweep')).trash).toEqual({ runs: 0, bytes: 0, diskBytes: 0 });
  });

  it('--older-than leaves what is younger, and the two ways contradict each other', async () => {
    const volume = operatedVolume();
    const { run } = await volume.carriedOut('sweep');
    expect(await volume.json('purge', '--older-than', '1h')).toMatchObject({ status: 0, runs: [] });
    expect(await volume.run('purge', run, '--older-than', '1h')).toMatchObject({ status: 2, stdout: '' });
    expect((await volume.json('runs')).runs).toMatchObject([{ run, state: 'trash' }]);
    expect(await volume.json('purge', '--older-than', '0')).toMatchObject({ status: 0, runs: [{ run }] });
  });

  it('of a run that was restored frees what it holds, once, and the list goes on to say that it was restored', async () => {
    const volume = operatedVolume();
    const { run } = await volume.carriedOut('sweep');
    await volume.json('restore', run, ...STOPPED);
    expect(await volume.json('purge')).toMatchObject({ status: 0, runs: [{ run, failed: [] }] });
    expect(readdirSync(join(volume.root, '.regsweep/runs', run))).toEqual(['run.json']);
    expect((await volume.json('runs')).runs).toMatchObject([{ run, state: 'restored' }]);
    expect(await volume.json('purge')).toMatchObject({ status: 0, runs: [] });
    expect((await volume.json('restore', run, ...STOPPED)).done).toMatchObject({ restored: 0, already: true });
  });

  it('without a word frees all', async () => {
    const volume = operatedVolume();
    const { run } = await volume.carriedOut('sweep');
    expect(await volume.json('purge')).toMatchObject({ status: 0, runs: [{ run }] });
  });

  it('of a run that is not there is a usage error, and nothing else is purged', async () => {
    const volume = operatedVolume();
    const { run } = await volume.carriedOut('sweep');
    expect(await volume.run('purge', run, '20200101T000000Z-0000')).toMatchObject({ status: 2, stdout: '' });
    expect((await volume.json('runs')).runs).toMatchObject([{ run, state: 'trash' }]);
  });

  it('sweep --purge-older-than frees earlier runs and keeps its own', async () => {
    const volume = operatedVolume();
    const earlier = await volume.carriedOut('rm', 'left/over');
    const kept = await volume.carriedOut('sweep', '--purge-older-than', '1h');
    expect((await volume.json('runs')).runs.map(({ state }) => state)).toEqual(['trash', 'trash']);
    const own = await volume.carriedOut('sweep', '--untagged', '--purge-older-than', '0');
    const states = new Map((await volume.json('runs')).runs.map(({ run, state }) => [run, state]));
    expect([earlier, kept, own].map(({ run }) => states.get(run))).toEqual(['purged', 'purged', 'trash']);
    expect((await volume.json('restore', own.run, ...STOPPED)).done?.restored).toBe(own.actions);
  });
});

it('what a sweep with --state names to take it back, and to free it, is what does that', async () => {
  const volume = operatedVolume();
  const state = join(temporaryFolder('state'), 'of mine');
  const before = volume.layout();
  const { stdout, status } = await volume.run('sweep', ...APPLY, '--state', state);
  expect(status).toBe(0);
  const next = stdout.slice(stdout.indexOf('Next'));
  const [run] = readdirSync(join(state, 'runs'));
  for (const command of ['restore', 'purge'])
    expect(next).toContain(`regsweep ${command} ${volume.root} ${run ?? ''} --state '${state}'`);
  expect(await volume.run('restore', run ?? '', '--state', state, ...STOPPED)).toMatchObject({ status: 0 });
  expect(volume.changedSince(before)).toEqual([]);
});

describe('--no-trash', () => {
  it('with --state elsewhere leaves an empty lock on the volume and nothing else, and does what a trash would', async () => {
    const [volume, other] = [operatedVolume(), operatedVolume()];
    const state = join(temporaryFolder('state'), 'made/by it');
    const done = await volume.carriedOut('sweep', '--no-trash', '--state', state);
    expect(done).toMatchObject({ inTrash: false, failed: [], skipped: [], left: 0 });
    await other.carriedOut('sweep');
    expect(readdirSync(volume.root)).toEqual(['.regsweep', 'docker']);
    expect(readdirSync(join(volume.root, '.regsweep'))).toEqual(['lock.sqlite']);
    expect(statSync(join(volume.root, '.regsweep/lock.sqlite')).size).toBe(0);
    expect([...volume.layout().keys()]).toEqual([...other.layout().keys()]);
    expect((await volume.json('runs', '--state', state)).runs).toMatchObject([{ run: done.run, state: 'purged' }]);
    expect((await volume.json('runs')).runs).toEqual([]);
  });
});

describe('a volume that has no room for the trash', () => {
  it('is refused, says what helps, and leaves no trace', async () => {
    const volume = operatedVolume();
    // Where the state folder should be stands something else: as good as none that can be written.
    writeFileSync(join(volume.root, '.regsweep'), '');
    utimesSync(join(volume.root, '.regsweep'), 1, 1);
    const before = volume.everything();
    expect(await volume.run('report')).toMatchObject({ status: 0 });
    const { status, stdout, stderr } = await volume.run('sweep', ...APPLY);
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    expect(stderr).toContain('--state');
    expect(changedPaths(before, volume.everything())).toEqual([]);
    const state = temporaryFolder('state');
    expect(await volume.run('sweep', ...APPLY, '--no-trash', '--state', state)).toMatchObject({ status: 0 });
    expect(existsSync(join(state, 'runs'))).toBe(true);
  });
});
