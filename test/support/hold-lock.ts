/**
 * Takes the lock of the state folder that is its argument, says so, and is then too busy for anything else. Nothing refers to
 * the lock any more, and where `--expose-gc` was given, all of that kind is collected first.
 */
import { hostname } from 'node:os';
import { acquireLock } from '../../src/db/lock.ts';

acquireLock(process.argv[2] ?? '', {
  host: hostname(),
  pid: process.pid,
  startedAt: '2024-05-01T12:00:00.000Z',
});
// The event loop stands still, as it does while a sweep renames or SQLite works.
setTimeout(() => {
  globalThis.gc?.();
  process.stdout.write('held\n');
}, 0);
setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 50);
