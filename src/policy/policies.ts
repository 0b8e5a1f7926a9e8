/** From what a policy file says to what it means. */
import type * as z from 'zod';
import { durationSeconds } from '../shared/durations.ts';
import { CALENDAR_WORDS } from './calendar-words.ts';
import { CALENDARS, type Keeper, type Policy, type TagPattern, type TagRule, type UntaggedRule } from './model.ts';
import { tagPatterns } from './patterns.ts';
import type { PolicyText, TagRuleText, UntaggedText, policyFile } from './schema.ts';

/** The tag that people pull without naming one. */
const LATEST = 'latest';

/** `at`: its place in the list, from 0 up. */
export function nameOfPolicy(name: string | undefined, at: number): string {
  return name ?? `policy ${at + 1}`;
}

/** The policies of a file that its schema has accepted. */
export function policiesOf(file: z.output<typeof policyFile>): readonly Policy[] {
  return file.policies.map(policyOf);
}

/** `at`: its place in the list, from 0 up. The text has been accepted by its schema: what is no duration keeps nothing. */
export function policyOf(text: PolicyText, at: number): Policy {
  return {
    name: nameOfPolicy(text.name, at),
    repositories: text.repositories,
    keepTags: text.keepTags.map(tagRuleOf),
    keepUntagged: untaggedRuleOf(text.keepUntagged ?? false),
    deleteReferrers: text.deleteReferrers ?? false,
    delaySeconds: secondsOf(text.delay) ?? 0,
    protect: protectedBy(text),
    minKeep: text.minKeep ?? 0,
    orderBy: text.orderBy ?? 'pushed',
  };
}

function tagRuleOf(text: TagRuleText): TagRule {
  const keepers: Keeper[] = [...countingKeepers(text)];
  for (const calendar of CALENDARS) {
    const count = text[CALENDAR_WORDS[calendar]];
    if (count !== undefined) keepers.push({ kind: 'calendar', calendar, count });
  }
  const semver = typeof text.keepSemver === 'number' ? { count: text.keepSemver } : text.keepSemver;
  if (semver !== undefined) {
    keepers.push({ kind: 'semver', count: semver.count, ...(semver.per === undefined ? {} : { per: semver.per }) });
  }
  // Patterns without a rule keep all that they match, as zot has it.
  if (text.always === true || keepers.length === 0) keepers.unshift({ kind: 'always' });
  return { patterns: tagPatterns(text.patterns ?? []), keepers };
}

function untaggedRuleOf(text: boolean | UntaggedText): UntaggedRule {
  if (typeof text === 'boolean') return text ? 'all' : [];
  return countingKeepers(text);
}

function countingKeepers(text: UntaggedText): Extract<Keeper, { kind: 'last' | 'within' }>[] {
  const count = text.mostRecentlyPushedCount ?? text.keepLast;
  const seconds = secondsOf(text.pushedWithin ?? text.keepWithin);
  return [
    ...(count === undefined ? [] : [{ kind: 'last', count } as const]),
    ...(seconds === undefined ? [] : [{ kind: 'within', seconds } as const]),
  ];
}

/** `latest` stays unless the policy speaks of it, or says that nothing is protected. */
function protectedBy({ protect, keepTags }: PolicyText): readonly TagPattern[] {
  if (protect?.length === 0) return [];
  const named = [...(protect ?? []), ...keepTags.flatMap(({ patterns }) => patterns ?? [])].includes(LATEST);
  return [...tagPatterns(protect ?? []), ...(named ? [] : tagPatterns([LATEST]))];
}

function secondsOf(text: string | number | undefined): number | undefined {
  return text === undefined ? undefined : durationSeconds(String(text));
}
