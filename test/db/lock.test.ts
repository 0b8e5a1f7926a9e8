import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acquireLock, type LockHolder } from '../../src/db/lock.ts';
import { asNobody } from '../support/nobody.ts';
import { temporaryFolder } from '../support/temporary.ts';

const ME: LockHolder = { host: hostname(), pid: process.pid, startedAt: '2024-05-01T13:00:00.000Z' };

function stateFolder(): string {
  return join(temporaryFolder('state'), '.regsweep');
}

async function holdElsewhere(state: string): Promise<ChildProcess> {
  const script = new URL('../support/hold-lock.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', script, state], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
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

test('a lock file that is a symbolic link is not followed', () => {
  const state = stateFolder();
  mkdirSync(state);
  const outside = join(temporaryFolder('outside'), 'file');
  symlinkSync(outside, join(state, 'lock.sqlite'));
  expect(() => acquireLock(state, ME)).toThrow(refusal('no-room', 'is no file'));
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
