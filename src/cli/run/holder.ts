import { hostname } from 'node:os';
import type { LockHolder } from '../../db/lock-note.ts';

/** This process, as the holder of a lock since `now` (epoch milliseconds). */
export function holderAt(now: number): LockHolder {
  return { host: hostname(), pid: process.pid, startedAt: new Date(now).toISOString() };
}
