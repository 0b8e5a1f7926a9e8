/**
 * The form of a policy file. What JSON Schema can say is said here, and ships for editors (`jsonSchema`); what it cannot
 * (`contradictions.ts`) only our own parser says. The descriptions are what an editor shows.
 */
import * as z from 'zod';
import { DURATION, DURATION_HINT, durationSeconds } from '../shared/durations.ts';
import { globFault, MAX_GLOB_LENGTH } from '../shared/globs.ts';
import { ORDERS, VERSION_GROUPS } from './model.ts';
import { MAX_PATTERN_LENGTH, patternFault } from './patterns.ts';
import { SYNONYMS } from './words.ts';

const GREATEST_COUNT = 1_000_000;
const MAX_NAME_LENGTH = 100;

const count = () => z.int().min(1).max(GREATEST_COUNT);

const duration = () =>
  z.union(
    [
      z.literal(0),
      z
        .string()
        .regex(DURATION, { error: 'is not a duration' })
        .refine((text) => !DURATION.test(text) || durationSeconds(text) !== undefined, {
          error: 'is longer than a hundred years',
        }),
    ],
    { error: 'is not a duration' },
  );

const pattern = z.string().min(1).max(MAX_PATTERN_LENGTH).superRefine(refuse(patternFault, MAX_PATTERN_LENGTH));

const glob = z.string().min(1).max(MAX_GLOB_LENGTH).superRefine(refuse(globFault, MAX_GLOB_LENGTH));

/** With the words of `faultOf`, what has a legal length. */
function refuse(faultOf: (text: string) => string | undefined, longest: number) {
  return (text: string, context: z.RefinementCtx): void => {
    const fault = text === '' || text.length > longest ? undefined : faultOf(text);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  };
}

const PATTERNS = 'regular expressions (RE2) over whole tag names; ! before one excludes';

const counting = {
  mostRecentlyPushedCount: count().optional().describe('keep the newest so many images, in the order of orderBy'),
  keepLast: count().optional().describe(`the same as ${SYNONYMS.keepLast}`),
  pushedWithin: duration().optional().describe(`keep what was pushed within this time; ${DURATION_HINT}`),
  keepWithin: duration().optional().describe(`the same as ${SYNONYMS.keepWithin}`),
};

/** No two words for one thing. */
const oneWordEach = {
  allOf: Object.entries(SYNONYMS).map((pair) => ({ not: { required: pair } })),
};

const calendar = (period: string) =>
  count().optional().describe(`keep the newest image of each of the newest so many ${period} that have one (UTC)`);

export const semverCount = z.strictObject({
  count: count().describe('so many versions'),
  per: z.enum(VERSION_GROUPS).optional().describe('of each major or each minor version, not of all'),
});

export const tagRule = z
  .strictObject({
    patterns: z.array(pattern).min(1).optional().describe(`${PATTERNS}; without them: all tags`),
    ...counting,
    keepHourly: calendar('hours'),
    keepDaily: calendar('days'),
    keepWeekly: calendar('weeks of ISO 8601'),
    keepMonthly: calendar('months'),
    keepYearly: calendar('years'),
    keepSemver: z
      .union([count(), semverCount], { error: 'must be a whole number from 1 up, or a map of count and per' })
      .optional()
      .describe('keep the highest so many versions'),
    always: z.literal(true).optional().describe('keep all of them; patterns without any rule mean the same'),
  })
  .meta({
    minProperties: 1,
    ...oneWordEach,
    description: 'one reason to keep tags. Its rules are OR-ed, and so are those of the list',
  });

export const untaggedRule = z.strictObject(counting).meta({ minProperties: 1, ...oneWordEach });

export const policy = z
  .strictObject({
    name: z.string().min(1).max(MAX_NAME_LENGTH).optional().describe('names the policy in reasons'),
    repositories: z
      .array(glob)
      .min(1)
      .describe('globs over repository names: * stops at /, ** does not; ! before one excludes'),
    keepTags: z.array(tagRule).min(1).describe('what keeps a tag. A tag that nothing here keeps goes'),
    keepUntagged: z
      .union([z.boolean(), untaggedRule], { error: 'must be true, false or a map of rules' })
      .optional()
      .describe('which revisions without a tag stay: all, none (the default), or what a rule keeps'),
    deleteReferrers: z
      .boolean()
      .optional()
      .describe('whether signatures and other referrers go with their subject; default false: they stay'),
    delay: duration().optional().describe('untagged revisions and referrers go only when older; default 0'),
    protect: z
      .array(pattern)
      .optional()
      .describe(`tags that always stay: ${PATTERNS}. latest is one unless a rule names it, or this list is empty`),
    minKeep: z
      .int()
      .min(0)
      .max(GREATEST_COUNT)
      .optional()
      .describe('so many images of a repository stay at least; default 0'),
    orderBy: z
      .enum(ORDERS)
      .optional()
      .describe('what newest means: pushed (the default), created, semver (highest) or name (last)'),
  })
  .describe('for the repositories whose first match it is');

export const policyFile = z
  .strictObject({
    policies: z
      .array(policy)
      .min(1)
      .describe('in order: a repository obeys the first that matches it; one that none matches keeps everything'),
  })
  .meta({ title: 'regsweep retention policies' });

/** A policy as it is written. */
export type PolicyText = z.input<typeof policy>;
export type TagRuleText = z.input<typeof tagRule>;
export type UntaggedText = z.input<typeof untaggedRule>;

/** The JSON Schema of a policy file, of draft 7: the one that editors know best. */
export function jsonSchema(): object {
  return z.toJSONSchema(policyFile, { target: 'draft-7', io: 'input' });
}
