import type { Random } from './random.ts';

const MOVING = ['latest', 'main', 'develop', 'stable', 'nightly', 'edge'] as const;

type Scheme = (number: number) => string;

const FIRST_DAY = Date.UTC(2024, 0, 1);
const SIX_HOURS = 6 * 3_600_000;

/** The ways in which builds name what they push once; each gives a name of its own for every number. */
const SCHEMES: readonly [Scheme, ...Scheme[]] = [
  (number) => `v${Math.floor(number / 100)}.${Math.floor(number / 10) % 10}.${number % 10}`,
  (number) => `build-${number + 1}`,
  (number) => new Date(FIRST_DAY + number * SIX_HOURS).toISOString().slice(0, 13).replace(/-/g, '').replace('T', '-'),
  (number) => `git-${((number * 2_654_435_761 + 97) % 2 ** 32).toString(16).padStart(8, '0')}`,
];

/**
 * Names for the tags of one repository, none of them twice: first those that builds push again and again, then those of
 * single builds, all in one scheme.
 */
export function createTagNames(moving: number, random: Random): () => string {
  const scheme = random.pick(SCHEMES);
  let given = 0;
  return () => {
    const at = given;
    given += 1;
    if (at < moving) return MOVING[at] ?? `branch-${at - MOVING.length + 1}`;
    return scheme(at - moving);
  };
}
