/** Takes the lock of the state folder that is its argument, says so, and is then too busy for anything else. */
import { hostname } from 'node:os';
import { acquireLock } from '../../src/db/lock.ts';

acquireLock(process.argv[2] ?? '', {
  host: hostname(),
  pid: process.pid,
  startedAt: '2024-05-01T12:00:00.000Z',
});
process.stdout.write('held\n');
// The event loop stands still, as it does while a sweep renames or SQLite works.
setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 50);
