/** The prediction for 2.8 against the real collector of 2.8.2, which runs on the same volume. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectedRegistry, randomRegistry } from '../support/collected-registry.ts';
import { DAMAGES } from '../support/damage.ts';
import { copyFixture } from '../support/fixture.ts';
import { comparedRun } from '../support/predicted-run.ts';
import { hasRealRegistry } from '../support/real-registry.ts';

/** So many random volumes; more with `REGSWEEP_TREES`, from `REGSWEEP_SEED` on. */
const TREES = Number(process.env['REGSWEEP_TREES'] ?? 24);
const FIRST_SEED = Number(process.env['REGSWEEP_SEED'] ?? 1);
const BOTH = [false, true] as const;
/** It waits for ever: see `endless.test.ts`. */
const WAITS = new Set(['revision-link-is-fifo']);

describe.skipIf(!hasRealRegistry())('what is predicted is what the real collector does', () => {
  it.each(BOTH)('on the fixture (-m: %s)', async (deleteUntagged) => {
    const { differences, changed } = await comparedRun(await copyFixture(), { deleteUntagged });
    expect(differences).toEqual([]);
    expect(changed).toBe(true);
  });

  it.each(DAMAGES.filter(({ name }) => !WAITS.has(name)))('after $name', async ({ inflict }) => {
    let root: string | undefined;
    for (const deleteUntagged of BOTH) {
      if (root === undefined) {
        root = collectedRegistry();
        inflict(root);
      }
      const { differences, changed } = await comparedRun(root, { deleteUntagged });
      expect({ deleteUntagged, differences }).toEqual({ deleteUntagged, differences: [] });
      if (changed) root = undefined;
    }
  });

  it(
    `on ${TREES} random volumes from seed ${FIRST_SEED} on`,
    async () => {
      const wrong: object[] = [];
      const seen = { done: 0, abort: 0, panic: 0, endless: 0, broken: 0 };
      for (let seed = FIRST_SEED; seed < FIRST_SEED + TREES; seed++) {
        for (const deleteUntagged of BOTH) {
          const root = randomRegistry(seed);
          const { differences, prediction } = await comparedRun(root, { deleteUntagged });
          rmSync(dirname(root), { recursive: true });
          if (differences.length > 0) wrong.push({ seed, deleteUntagged, differences });
          seen[prediction.ending.kind]++;
          if (prediction.broken.length > 0) seen.broken++;
        }
      }
      expect(wrong).toEqual([]);
      // A generator that made the same of all would prove nothing.
      expect(Math.min(seen.done, seen.abort, seen.broken)).toBeGreaterThan(TREES / 20);
    },
    TREES * 2000 + 10_000,
  );
});
