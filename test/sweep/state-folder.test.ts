/** Where state is kept, and what somebody else may have put there. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireLock } from '../../src/db/lock.ts';
import { arm } from '../../src/sweep/arm.ts';
import { cacheKeysOf } from '../../src/sweep/cache-keys.ts';
import { restoreRun } from '../../src/sweep/restore.ts';
import {
  createRunFolder,
  readRunRecord,
  runFolder,
  writeRunRecord,
  type RunRecord,
} from '../../src/sweep/run-folder.ts';
import { openStateFolder } from '../../src/sweep/state-folder.ts';
import { noProgress } from '../../src/shared/progress.ts';
import { GUARD } from '../support/sweep-of.ts';
import { temporaryFolder } from '../support/temporary.ts';

const RUN = '20260401T000000Z-00aa';
const RECORD: RunRecord = {
  run: RUN,
  mode: 'revisions',
  startedAt: '2026-04-01T00:00:00.000Z',
  endedAt: null,
  actions: 0,
  bytes: 0,
  diskBytes: 0,
  state: 'partial',
  repositoriesRemoved: [],
};

function canary(): string {
  const file = join(temporaryFolder('outside'), 'canary');
  writeFileSync(file, 'mine');
  return file;
}

test('state never lies among the files of the registry, not by a link either', () => {
  const root = temporaryFolder('state');
  const inside = join(root, 'docker/registry/v2/repositories/app');
  mkdirSync(inside, { recursive: true });
  for (const given of [inside, join(inside, 'deeper'), join(root, 'docker/registry/v2')]) {
    expect(() => openStateFolder(root, given)).toThrow(expect.objectContaining({ code: 'usage' }) as Error);
  }
  symlinkSync(inside, join(root, '.regsweep'));
  expect(() => openStateFolder(root, undefined)).toThrow(expect.objectContaining({ code: 'usage' }) as Error);
  expect(readdirSync(inside)).toEqual([]);
  expect(existsSync(openStateFolder(root, join(root, 'docker/registry/v2.state')))).toBe(true);
});

test('the record of a run is not written through a link, and what a dead process left is replaced', () => {
  const state = temporaryFolder('state');
  const file = canary();
  const folder = createRunFolder(state, RUN);
  symlinkSync(file, `${folder.record}.new`);
  writeRunRecord(folder, RECORD);
  writeFileSync(`${folder.record}.new`, 'half a rec');
  writeRunRecord(folder, { ...RECORD, state: 'trash' });
  expect(readRunRecord(folder)).toEqual({ ...RECORD, state: 'trash' });
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test.each(['', 'yesterday', '2026-04-01', '99999-01-01T00:00:00Z'])('a record with the time %j is none', (time) => {
  const folder = createRunFolder(temporaryFolder('state'), RUN);
  writeRunRecord(folder, { ...RECORD, endedAt: RECORD.startedAt });
  expect(readRunRecord(folder)).toMatchObject({ endedAt: RECORD.startedAt });
  writeRunRecord(folder, { ...RECORD, endedAt: time });
  expect(readRunRecord(folder)).toBeUndefined();
  writeRunRecord(folder, { ...RECORD, startedAt: time });
  expect(readRunRecord(folder)).toBeUndefined();
});

test('the note of a lock is not written through a link', () => {
  const state = temporaryFolder('state');
  const file = canary();
  symlinkSync(file, join(state, 'lock.json.7.new'));
  acquireLock(state, { host: 'here', pid: 7, startedAt: RECORD.startedAt }).release();
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('no run is made behind a link', () => {
  const state = temporaryFolder('state');
  const outside = temporaryFolder('outside');
  symlinkSync(outside, join(state, 'runs'));
  expect(() => createRunFolder(state, RUN)).toThrow(expect.objectContaining({ code: 'no-room' }) as Error);
  expect(readdirSync(outside)).toEqual([]);
});

test('what is not named like a run is none, whatever lies there', async () => {
  const root = temporaryFolder('state');
  const state = join(root, '.regsweep');
  createRunFolder(state, RUN);
  for (const run of ['..', '.', `../runs/${RUN}`, `${RUN}/trash`]) {
    writeFileSync(runFolder(state, run).journal, '');
    const ports = {
      progress: noProgress,
      signal: new AbortController().signal,
      now: () => Date.now(),
      askAgain: () => Promise.resolve(),
    };
    const restored = restoreRun(arm({ root, state, run }, GUARD), ports);
    await expect(restored).rejects.toMatchObject({ code: 'run-missing' });
    expect(() => cacheKeysOf(state, run)).toThrow(expect.objectContaining({ code: 'run-missing' }) as Error);
  }
});
