import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { LockHolder } from '../../src/db/lock-note.ts';
import { acquireLock, lookAtLock } from '../../src/db/lock.ts';
import { asNobody } from '../support/nobody.ts';
import { changedPaths, snapshot } from '../support/snapshot.ts';
import { temporaryFolder } from '../support/temporary.ts';

const ME: LockHolder = { host: hostname(), pid: process.pid, startedAt: '2024-05-01T13:00:00.000Z' };

function stateFolder(): string {
  return join(temporaryFolder('state'), '.regsweep');
}

async function start(name: string, state: string): Promise<ChildProcess> {
  const script = new URL(`../support/${name}.ts`, import.meta.url).pathname;
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', script, state], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function holdElsewhere(state: string): Promise<ChildProcess> {
  const child = await start('hold-lock', state);
  // Until its event loop stands still.
  await new Promise((resolve) => setTimeout(resolve, 200));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function mountReadOnly(folder: string): void {
  execFileSync('mount', ['--bind', folder, folder], { stdio: 'ignore' });
  execFileSync('mount', ['-o', 'remount,ro,bind', folder], { stdio: 'ignore' });
}

/** Mounting is for root, and in most containers not even for root. */
function canMount(): boolean {
  const folder = temporaryFolder('may-mount');
  try {
    mountReadOnly(folder);
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  }
}

function refusal(code: string, message: string): object {
  return expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as object;
}

test('is taken, noted, and let go', () => {
  const state = stateFolder();
  const lock = acquireLock(state, ME);
  expect(JSON.parse(readFileSync(join(state, 'lock.json'), 'utf8'))).toEqual(ME);
  lock.release();
  lock.release();
  expect(existsSync(join(state, 'lock.json'))).toBe(false);
  acquireLock(state, ME).release();
});

test('is refused while another process holds it, however busy that is, and is free once that is killed', async () => {
  const state = stateFolder();
  const child = await holdElsewhere(state);
  try {
    expect(() => acquireLock(state, ME)).toThrow(
      refusal('locked', `process ${child.pid ?? 0} on ${hostname()}, since 2024-05-01T12:00:00.000Z`),
    );
  } finally {
    await kill(child);
  }
  expect(existsSync(join(state, 'lock.json'))).toBe(true);
  acquireLock(state, ME).release();
});

test('is not taken twice by one process', () => {
  const state = stateFolder();
  const lock = acquireLock(state, ME);
  expect(() => acquireLock(state, ME)).toThrow(refusal('locked', `process ${process.pid}`));
  lock.release();
});

describe('the note', () => {
  test('of another machine refuses, and says how to lift it', () => {
    const state = stateFolder();
    mkdirSync(state);
    const other = { host: 'elsewhere', pid: 7, startedAt: '2024-05-01T12:00:00.000Z' };
    writeFileSync(join(state, 'lock.json'), JSON.stringify(other));
    expect(() => acquireLock(state, ME)).toThrow(refusal('locked', 'process 7 on elsewhere, since 2024'));
    expect(() => acquireLock(state, ME)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining(join(state, 'lock.json')) as string }),
    );
    expect(JSON.parse(readFileSync(join(state, 'lock.json'), 'utf8'))).toEqual(other);
  });

  test('of a dead process of this machine is replaced', () => {
    const state = stateFolder();
    mkdirSync(state);
    writeFileSync(join(state, 'lock.json'), JSON.stringify({ ...ME, pid: 7 }));
    const lock = acquireLock(state, ME);
    expect(JSON.parse(readFileSync(join(state, 'lock.json'), 'utf8'))).toEqual(ME);
    lock.release();
  });

  test('that is just being written refuses, and one that never was finished does not for long', () => {
    const state = stateFolder();
    mkdirSync(state);
    const note = join(state, 'lock.json');
    writeFileSync(note, '');
    expect(() => acquireLock(state, ME)).toThrow(refusal('locked', 'does not say which process'));
    const then = new Date(Date.now() - 120_000);
    utimesSync(note, then, then);
    acquireLock(state, ME).release();
  });

  test('is never read or written through a symbolic link', () => {
    const state = stateFolder();
    mkdirSync(state);
    const outside = join(temporaryFolder('outside'), 'file');
    writeFileSync(outside, JSON.stringify(ME));
    symlinkSync(outside, join(state, 'lock.json'));
    expect(() => acquireLock(state, ME)).toThrow(refusal('locked', 'does not say which process'));
    expect(readFileSync(outside, 'utf8')).toBe(JSON.stringify(ME));
  });
});

describe('who only looks', () => {
  test('sees another process that holds it, however busy that is, and that it is gone; and changes nothing', async () => {
    const state = stateFolder();
    const child = await holdElsewhere(state);
    try {
      const before = snapshot(state, { times: true, modes: true });
      expect(lookAtLock(state, hostname())).toMatchObject({
        code: 'locked',
        message: expect.stringContaining(`process ${child.pid ?? 0} on ${hostname()}, since 2024-05-01`) as unknown,
        holder: { pid: child.pid },
      });
      expect(changedPaths(before, snapshot(state, { times: true, modes: true }))).toEqual([]);
    } finally {
      await kill(child);
    }
    expect(existsSync(join(state, 'lock.json'))).toBe(true);
    expect(lookAtLock(state, hostname())).toBeUndefined();
  });

  test('sees a lock without a note, and the note of another machine without a lock', () => {
    const state = stateFolder();
    expect(lookAtLock(state, ME.host)).toBeUndefined();
    expect(existsSync(state)).toBe(false);
    const lock = acquireLock(state, ME);
    unlinkSync(join(state, 'lock.json'));
    expect(lookAtLock(state, ME.host)?.message).toContain('does not say which process');
    lock.release();
    expect(lookAtLock(state, ME.host)).toBeUndefined();
    writeFileSync(join(state, 'lock.json'), JSON.stringify({ ...ME, host: 'elsewhere' }));
    expect(lookAtLock(state, ME.host)?.message).toContain('on elsewhere, since');
  });

  test('is not the reason that somebody cannot take it', async () => {
    const state = stateFolder();
    acquireLock(state, ME).release();
    await start('slow-look', state);
    acquireLock(state, ME).release();
  });
});

test('a lock file that holds something is none of ours: it is neither opened nor believed', () => {
  const state = stateFolder();
  mkdirSync(state);
  const database = new Database(join(state, 'lock.sqlite'));
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE planted (x)');
  database.close();
  const before = snapshot(state, { times: true, modes: true });
  expect(() => lookAtLock(state, ME.host)).toThrow(refusal('no-room', 'holds something'));
  expect(() => acquireLock(state, ME)).toThrow(refusal('no-room', 'holds something'));
  expect(changedPaths(before, snapshot(state, { times: true, modes: true }))).toEqual([]);
});

test('a lock file that is a symbolic link is not followed', () => {
  const state = stateFolder();
  mkdirSync(state);
  const outside = join(temporaryFolder('outside'), 'file');
  symlinkSync(outside, join(state, 'lock.sqlite'));
  expect(() => acquireLock(state, ME)).toThrow(refusal('no-room', 'is no file'));
  expect(() => lookAtLock(state, ME.host)).toThrow(refusal('no-room', 'is no file'));
  expect(existsSync(outside)).toBe(false);
});

describe('a state folder that cannot be written is a clear error', () => {
  const refuses = (state: string): void => {
    expect(() => acquireLock(state, ME)).toThrow(refusal('no-room', `the state folder ${state} cannot be written (`));
    expect(() => acquireLock(state, ME)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('--state DIR') as string }),
    );
  };

  test.each([
    ['not made yet', false],
    ['with a lock file in it', true],
  ])('for want of rights, %s', async (_what, before) => {
    const root = join(temporaryFolder('rights'), 'registry');
    const state = join(root, '.regsweep');
    mkdirSync(before ? state : root, { recursive: true });
    await asNobody(root, async () => {
      if (before) acquireLock(state, ME).release();
      execFileSync('chmod', ['-R', 'a-w', root]);
      refuses(state);
      return Promise.resolve();
    });
  });

  test.skipIf(!canMount()).each([
    ['not made yet', false],
    ['with a lock file in it', true],
  ])('on a read-only mount, %s', (_what, before) => {
    const folder = temporaryFolder('read-only');
    const state = join(folder, '.regsweep');
    if (before) acquireLock(state, ME).release();
    mountReadOnly(folder);
    try {
      expect(lookAtLock(state, ME.host)).toBeUndefined();
      refuses(state);
    } finally {
      execFileSync('umount', [folder]);
    }
  });
});

test('a folder that is not ours to write is a clear error', () => {
  const file = join(temporaryFolder('file'), 'state');
  writeFileSync(file, '');
  chmodSync(file, 0o600);
  expect(() => acquireLock(file, ME)).toThrow(refusal('no-room', 'cannot be written (EEXIST)'));
});
