/**
 * Writes a large, realistic registry: `npx tsx scripts/make-registry.ts --out DIR --profile M --seed 1`. Prints what it
 * holds as JSON.
 */
import { parseArgs } from 'node:util';
import { makeTree } from './registry-generator/tree.ts';
import { isProfileName, PROFILE_NAMES } from './registry-generator/profiles.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    profile: { type: 'string', default: 'M' },
    seed: { type: 'string', default: '1' },
  },
});
const { out, profile } = values;
const seed = Number(values.seed);
if (out === undefined || !isProfileName(profile) || !Number.isSafeInteger(seed)) {
  console.error(`usage: make-registry --out DIR [--profile ${PROFILE_NAMES.join('|')}] [--seed NUMBER]`);
  process.exitCode = 2;
} else {
  const { totals, seconds } = makeTree(out, profile, seed);
  const { perRepository, ...figures } = totals;
  console.error(`${profile}: ${perRepository.length} repositories written in ${seconds.toFixed(1)} s`);
  console.log(
    JSON.stringify({ ...figures, perRepository: perRepository.length > 20 ? undefined : perRepository }, null, 2),
  );
}
