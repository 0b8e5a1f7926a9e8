/** From before its scan until it is over a sweep is the only one of ours that changes a volume. */
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LockHolder } from '../../src/db/lock-note.ts';
import { acquireLock } from '../../src/db/lock.ts';
import { lookForOthers } from '../../src/pipeline/others.ts';
import { SweepTurn } from '../../src/pipeline/turn.ts';
import { asNobody } from '../support/nobody.ts';
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
  expect(() => acquireLock(state, ME)).toThrow('another sweep is under way');
  expect(turn.others()).toEqual({ refusals: [], warnings: [], pids: [] });
  expect(turn.take().lock.held).toBe(true);
  turn.release();
  acquireLock(state, ME).release();
});

test("a sweep has no turn while something is restored, names who does that, and is in nobody's way", () => {
  const { root, state } = withState();
  const given = temporaryFolder('state');
  const restore = acquireLock(state, { ...ME, pid: 7 });
  const turn = new SweepTurn(root, given, ME);
  const message = `another sweep is under way, by the lock of ${state}: process 7 on here, since ${ME.startedAt}`;
  expect(turn.others()).toMatchObject({ refusals: [{ code: 'locked', message }], warnings: [], pids: [7] });
  expect(() => turn.take()).toThrow(message);
  acquireLock(given, ME).release();
  restore.release();
  expect(() => turn.take()).toThrow(message);
  new SweepTurn(root, undefined, ME).release();
});

test('one that holds both locks is told once, one that holds another beside it too', () => {
  const { root, state } = withState();
  const given = temporaryFolder('state');
  const both = [acquireLock(state, ME), acquireLock(given, ME)];
  expect(lookForOthers(root, given, ME.host).refusals).toHaveLength(1);
  both[1]?.release();
  const other = acquireLock(given, { ...ME, pid: 7 });
  expect(lookForOthers(root, given, ME.host)).toMatchObject({ refusals: [{}, {}], pids: [ME.pid, 7] });
  for (const lock of [other, ...both]) lock.release();
  expect(lookForOthers(root, given, ME.host)).toEqual({ refusals: [], warnings: [], pids: [] });
});

test('a process of another machine is not taken for one of this', () => {
  const { root, state } = withState();
  const lock = acquireLock(state, { ...ME, host: 'elsewhere' });
  expect(lookForOthers(root, undefined, ME.host)).toMatchObject({ refusals: [{ code: 'locked' }], pids: [] });
  lock.release();
});

describe('whatever --state says', () => {
  test('two sweeps of a volume never have their turn at once, not even the first two', () => {
    const root = temporaryFolder('turn');
    const turns = ['one', 'two'].map((name) => new SweepTurn(root, join(temporaryFolder(name), 'state'), ME));
    expect(turns[0]?.take().lock.held).toBe(true);
    expect(() => turns[1]?.take()).toThrow('began since it was scanned');
    expect(turns[1]?.others().refusals).toMatchObject([{ code: 'locked' }]);
    for (const turn of turns) turn.release();
    expect(turns[1]?.others().refusals).toEqual([]);
  });

  test('two that keep their state in one folder do not either, whatever they sweep', () => {
    const given = temporaryFolder('state');
    const first = new SweepTurn(temporaryFolder('turn'), given, ME);
    expect(new SweepTurn(temporaryFolder('turn'), given, ME).others().refusals).toMatchObject([{ code: 'locked' }]);
    first.release();
  });

  test.each([
    ['that is there', true],
    ['that is yet to be made', false],
  ])('the default folder %s is locked once by whatever name', (_what, isThere) => {
    const root = temporaryFolder('turn');
    if (isThere) mkdirSync(join(root, '.regsweep'));
    const other = join(temporaryFolder('names'), 'root');
    symlinkSync(root, other);
    const turn = new SweepTurn(root, join(other, '.regsweep'), ME);
    expect(turn.take()).toMatchObject({ state: join(root, '.regsweep'), lock: { held: true }, warnings: [] });
    turn.release();
    acquireLock(join(root, '.regsweep'), ME).release();
  });

  test('a root that nothing can be written to does without its lock, and that is said', async () => {
    const root = join(temporaryFolder('turn'), 'registry');
    const given = temporaryFolder('state');
    mkdirSync(root);
    chmodSync(given, 0o777);
    chmodSync(root, 0o555);
    await asNobody(root, async () => {
      const turn = new SweepTurn(root, given, ME);
      const { lock, warnings } = turn.take();
      expect(lock.held).toBe(true);
      expect(warnings).toMatchObject([expect.stringContaining(`only the lock of ${given} is held`)]);
      expect(warnings[0]).toContain('EACCES');
      turn.release();
      expect(lock.held).toBe(false);
      return Promise.resolve();
    });
  });

  test('a root whose lock can only be read is asked whether it is held', async () => {
    const root = join(temporaryFolder('turn'), 'registry');
    const state = join(root, '.regsweep');
    const given = temporaryFolder('state');
    mkdirSync(state, { recursive: true });
    chmodSync(given, 0o777);
    const other = acquireLock(state, ME);
    await asNobody(root, async () => {
      chmodSync(join(state, 'lock.sqlite'), 0o444);
      chmodSync(state, 0o555);
      const turn = new SweepTurn(root, given, ME);
      expect(turn.others().refusals).toMatchObject([{ code: 'locked' }]);
      expect(() => turn.take()).toThrow('another sweep is under way');
      turn.release();
      chmodSync(state, 0o755);
      other.release();
      chmodSync(state, 0o555);
      const next = new SweepTurn(root, given, ME);
      expect(next.take().warnings).toHaveLength(1);
      next.release();
      chmodSync(state, 0);
      const blind = new SweepTurn(root, given, ME);
      expect(blind.others().warnings).toMatchObject([expect.stringContaining('cannot be seen')]);
      expect(() => blind.take()).toThrow(expect.objectContaining({ code: 'no-room' }) as Error);
      blind.release();
      return Promise.resolve();
    });
  });
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
