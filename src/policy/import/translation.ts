/**
 * What comes out of another tool's policy. A translation keeps the images that the other keeps, or more, and never fewer: a
 * rule that cannot be carried becomes one that keeps all that it could have kept.
 */
import { durationSeconds } from '../../shared/durations.ts';
import { AppError } from '../../shared/errors.ts';
import { patternFault } from '../patterns.ts';
import type { PolicyText, TagRuleText, UntaggedText } from '../schema.ts';

export interface Translation {
  readonly policies: readonly PolicyText[];
  /** What could not be carried, what is kept beyond, and what is to be filled in: a sentence each. */
  readonly notes: readonly string[];
}

/** What a rule keeps of what it selects: all, or by the rules that ours have as well. */
export type Kept = 'all' | Pick<UntaggedText, 'mostRecentlyPushedCount' | 'pushedWithin'>;

export type Fields = Readonly<Record<string, unknown>>;

/** `undefined` for what is no map. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** Nothing for what is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What a map says beyond the words that are known: it may narrow what the rest says. */
export function wordsBeyond(fields: Fields, known: readonly string[]): readonly string[] {
  return Object.keys(fields).filter((word) => !known.includes(word));
}

/** The newest so many; all where that is no count of ours. */
export function newest(count: unknown): Kept {
  const counts = typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= 1_000_000;
  return counts ? { mostRecentlyPushedCount: count } : 'all';
}

/** What was pushed within so many days; all where that is no number of days. */
export function withinDays(days: unknown): Kept {
  const text = typeof days === 'number' && Number.isInteger(days) && days >= 1 ? `${days}d` : '';
  return durationSeconds(text) === undefined ? 'all' : { pushedWithin: text };
}

/**
 * A rule for the tags that the patterns match, or all without any. Where one of the patterns is none for us, nobody knows
 * which tags are meant: all stay.
 */
export function tagRule(patterns: readonly string[], kept: Kept): TagRuleText {
  if (patterns.some((pattern) => patternFault(pattern) !== undefined)) return { always: true };
  const keep = kept === 'all' ? { always: true as const } : kept;
  return patterns.length === 0 ? keep : { patterns: [...new Set(patterns)], ...keep };
}

/** All that any of these keep of what has no tag. */
export function untaggedUnion(rules: readonly Kept[]): boolean | UntaggedText {
  if (rules.includes('all')) return true;
  const union: UntaggedText = {};
  for (const rule of rules) {
    if (rule === 'all') continue;
    const { mostRecentlyPushedCount: count = 0, pushedWithin: within = 0 } = rule;
    if (count > (union.mostRecentlyPushedCount ?? 0)) union.mostRecentlyPushedCount = count;
    if (secondsOf(within) > secondsOf(union.pushedWithin ?? 0)) union.pushedWithin = within;
  }
  return Object.keys(union).length === 0 ? false : union;
}

function secondsOf(duration: string | 0): number {
  return durationSeconds(String(duration)) ?? 0;
}

/** Rules without their repetitions. */
export function distinct(rules: readonly TagRuleText[]): TagRuleText[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}

/** What is kept here beyond the other, whatever it says. */
export const KEPT_BEYOND = [
  'The tag latest stays, whatever the rules say, unless a pattern is just that; protect: [] lets it go by the rules.',
  'Signatures and other referrers stay when what they are about goes; deleteReferrers: true lets them go with it.',
] as const;

/** A document that is none, or of which nothing can be carried. */
export function cannotImport(message: string, hint?: string): AppError {
  return new AppError('policy-invalid', message, hint);
}
