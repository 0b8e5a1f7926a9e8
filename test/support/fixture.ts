/** Copies of the registry tree that ships in `fixtures/`; the original is never touched. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyListed, readFixtureTimes } from './fixture-times.ts';
import { temporaryFolder } from './temporary.ts';

export const FIXTURE_ROOT = fileURLToPath(new URL('../../fixtures/registry', import.meta.url));
export const FIXTURE_TIMES = fileURLToPath(new URL('../../fixtures/registry.json', import.meta.url));

/**
 * A copy of `fixtures/registry` in a temporary folder, with the empty folders and the times that the registry left.
 * Returns its registry root; the folder above it is the copy's own too. It goes when the test file has ended.
 */
export async function copyFixture(): Promise<string> {
  const root = join(temporaryFolder('fixture'), 'registry');
  await copyListed(FIXTURE_ROOT, root, readFixtureTimes(FIXTURE_TIMES));
  return root;
}
