/** From before its scan until it is over a sweep is the only one of ours that changes a volume. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireLock, type LockHolder } from '../../src/db/lock.ts';
import { SweepTurn } from '../../src/pipeline/turn.ts';
import { temporaryFolder } from '../support/temporary.ts';

const ME: LockHolder = { host: 'here', pid: process.pid, startedAt: '2026-03-01T00:00:00.000Z' };

function withState(): { readonly root: string; readonly state: string } {
  const root = temporaryFolder('turn');
  const state = join(root, '.regsweep');
  mkdirSync(state);
  return { root, state };
}

test('a restore cannot begin while a sweep scans', () => {
  const { root, state } = withState();
  const turn = new SweepTurn(root, undefined, ME);
  expect(() => acquireLock(state, ME)).toThrow('another sweep of this registry is under way');
  expect(turn.take().lock.held).toBe(true);
  turn.release();
  acquireLock(state, ME).release();
});

test('a sweep cannot scan while something is restored', () => {
  const { root, state } = withState();
  const restore = acquireLock(state, ME);
  expect(() => new SweepTurn(root, undefined, ME)).toThrow('another sweep of this registry is under way');
  restore.release();
  new SweepTurn(root, undefined, ME).release();
});

test('a sweep that may yet be refused makes no state folder', () => {
  const root = temporaryFolder('turn');
  const turn = new SweepTurn(root, undefined, ME);
  expect(existsSync(join(root, '.regsweep'))).toBe(false);
  expect(turn.take().lock.held).toBe(true);
  turn.release();
});

test('a state folder that was made since the scan is a reason to scan again', () => {
  const root = temporaryFolder('turn');
  const turn = new SweepTurn(root, undefined, ME);
  acquireLock(join(root, '.regsweep'), ME).release();
  expect(() => turn.take()).toThrow('began since it was scanned');
});

test('a state folder that cannot be written is told once nothing else speaks against the sweep', () => {
  const root = temporaryFolder('turn');
  writeFileSync(join(root, '.regsweep'), '');
  const turn = new SweepTurn(root, undefined, ME);
  expect(() => turn.take()).toThrow(expect.objectContaining({ code: 'no-room' }) as Error);
  turn.release();
});
