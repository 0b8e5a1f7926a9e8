/**
 * What decides which tags stay, in the words that were given: as a plan file tells it, so that another machine can ask again.
 */
import * as z from 'zod';
import { durationSeconds } from '../shared/durations.ts';
import { AppError } from '../shared/errors.ts';
import { parseKeepDigests } from './keep-digests.ts';
import { VERSION_GROUPS, type Policy, type Retention, type VersionGroup } from './model.ts';
import { readPolicies } from './parse.ts';
import { policyOf } from './policies.ts';
import type { TagRuleText } from './schema.ts';

/** The rules of the command line, by the names of their options. Counts are of distinct images, and positive. */
export interface StatedRules {
  readonly keepLast?: number | undefined;
  /** A duration, as `30d`. */
  readonly keepWithin?: string | undefined;
  readonly keepHourly?: number | undefined;
  readonly keepDaily?: number | undefined;
  readonly keepWeekly?: number | undefined;
  readonly keepMonthly?: number | undefined;
  readonly keepYearly?: number | undefined;
  /** Patterns over tag names. */
  readonly keepTag?: readonly string[] | undefined;
  readonly keepSemver?: number | undefined;
  readonly keepSemverPer?: VersionGroup | undefined;
}

/** One of `rules` and `file`, and no rule but these. */
export interface StatedPolicy {
  /** The rules of the command line. */
  readonly rules?: StatedRules | undefined;
  /** Or a policy file, whole: another machine may not have it. `name` is for messages alone, nothing is read there. */
  readonly file?: { readonly name: string; readonly text: string } | undefined;
  /** What runs, and is kept whatever a rule says: digests of manifests or configs, and image references. */
  readonly keepDigests: readonly string[];
  /** Whether orderings by push time are taken though a restore has flattened the times. */
  readonly trustTimes: boolean;
}

const count = z.int().positive().optional();

const rules = z
  .strictObject({
    keepLast: count,
    keepWithin: z
      .string()
      .refine((text) => durationSeconds(text) !== undefined, 'is no duration')
      .optional(),
    keepHourly: count,
    keepDaily: count,
    keepWeekly: count,
    keepMonthly: count,
    keepYearly: count,
    keepTag: z.array(z.string()).min(1).readonly().optional(),
    keepSemver: count,
    keepSemverPer: z.enum(VERSION_GROUPS).optional(),
  })
  // What keeps nothing is no policy, but the end of every tag.
  .refine((given) => Object.values(given).some((value) => value !== undefined), 'no rule is given')
  .refine(
    ({ keepSemver, keepSemverPer }) => keepSemverPer === undefined || keepSemver !== undefined,
    'keepSemverPer says how keepSemver counts, and there is none',
  );

/** A word of which nothing comes would let go what runs. */
const workload = z.string().refine((word) => {
  const { digests, tagged, problems } = parseKeepDigests(word);
  return problems.length === 0 && digests.size + tagged.length > 0;
}, 'is no digest and no image reference');

const statedPolicy: z.ZodType<StatedPolicy> = z
  .strictObject({
    rules: rules.optional(),
    file: z.strictObject({ name: z.string(), text: z.string() }).optional(),
    keepDigests: z.array(workload).readonly(),
    trustTimes: z.boolean(),
  })
  .refine(({ rules: given, file }) => (given === undefined) !== (file === undefined), 'it wants rules or a file');

/** The policy of a plan file's header. Throws `plan-invalid`. */
export function parseStatedPolicy(value: unknown): StatedPolicy {
  const parsed = statedPolicy.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError('plan-invalid', 'the plan cannot be used: it does not say by which policy it was made');
}

/**
 * What these words mean, for `scan` and `mark`. Throws `policy-invalid` for words that are no policy (no rule at all, one that
 * there is not, a count that is none, what names no image in `keepDigests`), and for a file that is none, with all that is
 * wrong in it, by line and column.
 */
export function retentionOf(words: StatedPolicy): Retention {
  const { rules: given = {}, file, keepDigests, trustTimes } = checked(words);
  const policies = file === undefined ? [policyOfRules(given)] : readPolicies(file.name, file.text);
  const { digests, tagged } = parseKeepDigests(keepDigests.join('\n'));
  // In one order: the same words give the same bytes.
  const stated = { ...(file === undefined ? { rules: given } : { file }), keepDigests, trustTimes };
  return { policies, keepDigests: digests, keepTagged: tagged, trustTimes, stated };
}

function checked(words: StatedPolicy): StatedPolicy {
  const parsed = statedPolicy.safeParse(words);
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.map(({ path, message }) => [...path.map(String), message].join(': '));
  throw new AppError('policy-invalid', `the policy cannot be used: ${said.join('; ')}`);
}

/** One policy for all repositories; `--repo` says in which of them anything goes. */
function policyOfRules({
  keepTag,
  keepLast,
  keepWithin,
  keepSemver,
  keepSemverPer: per,
  ...calendars
}: StatedRules): Policy {
  const counting: TagRuleText = {
    ...(keepLast === undefined ? {} : { mostRecentlyPushedCount: keepLast }),
    ...(keepWithin === undefined ? {} : { pushedWithin: keepWithin }),
    ...calendars,
    ...(keepSemver === undefined ? {} : { keepSemver: { count: keepSemver, ...(per === undefined ? {} : { per }) } }),
  };
  const keepTags = [
    ...(Object.values(counting).some((value) => value !== undefined) ? [counting] : []),
    ...(keepTag === undefined ? [] : [{ patterns: [...keepTag] }]),
  ];
  return policyOf({ name: 'command line', repositories: ['**'], keepTags, deleteReferrers: true }, 0);
}
