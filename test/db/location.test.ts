/** Where an index is written that has no place of its own. */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { indexPathForWriting } from '../../src/db/location.ts';
import { temporaryFolder } from '../support/temporary.ts';

const isRoot = process.getuid?.() === 0;
/** In a container somebody may run under a number that no list of users has. */
const NO_USER = 54_321;

afterEach(() => vi.unstubAllEnvs());

it.runIf(isRoot)('of a user who is in no list of users it is temporary, in a folder that is his alone', () => {
  const closed = join(temporaryFolder('location'), 'closed');
  mkdirSync(closed, { mode: 0o700 });
  vi.stubEnv('XDG_CACHE_HOME', closed);
  const warnings: string[] = [];
  process.seteuid?.(NO_USER);
  try {
    const path = indexPathForWriting('/registry', undefined, (message) => void warnings.push(message));
    expect(path).toMatch(/\/regsweep-[^/]+\/[^/]+\.sqlite$/);
    expect(statSync(dirname(path))).toMatchObject({ uid: NO_USER, mode: 0o40700 });
    rmSync(dirname(path), { recursive: true });
  } finally {
    process.seteuid?.(0);
  }
  expect(warnings).toEqual([expect.stringContaining('the index is temporary')]);
});
