/**
 * Patterns over whole tag names, in the syntax of RE2: it has neither backreferences nor lookarounds, and takes time in
 * proportion to pattern and name, whatever both are.
 */
import { RE2JS } from 're2js';
import { AppError } from '../shared/errors.ts';
import type { TagPattern } from './model.ts';

/** Characters. A repetition multiplies what a pattern costs; RE2 bounds repetitions by itself. */
export const MAX_PATTERN_LENGTH = 500;

/** What is wrong with a pattern, or `undefined`. */
export function patternFault(text: string): string | undefined {
  const compiled = compile(text);
  return typeof compiled === 'string' ? compiled : undefined;
}

/**
 * What a list of patterns matches, as patterns: one for each without `!`, less what a pattern behind `!` matches; where
 * all have a `!`, a single one for all other tags. No tag begins with `!`. Throws `policy-invalid`, naming the pattern.
 */
export function tagPatterns(texts: readonly string[]): readonly TagPattern[] {
  const wanted = texts.filter((text) => !isExclusion(text)).map(single);
  const excluded = texts.filter(isExclusion).map(single);
  if (excluded.length === 0) return wanted;
  const isExcluded = (tag: string): boolean => excluded.some(({ matches }) => matches(tag));
  if (wanted.length === 0) return [{ text: textOf(excluded), matches: (tag) => !isExcluded(tag) }];
  return wanted.map(({ text, matches }) => ({
    text: textOf([{ text }, ...excluded]),
    matches: (tag) => matches(tag) && !isExcluded(tag),
  }));
}

function textOf(patterns: readonly Pick<TagPattern, 'text'>[]): string {
  return patterns.map(({ text }) => text).join(' ');
}

/** Matches what stands behind the `!` where there is one. */
function single(text: string): TagPattern {
  const compiled = compile(text);
  if (typeof compiled === 'string') throw new AppError('policy-invalid', `the pattern "${text}" ${compiled}`);
  return { text, matches: (tag) => compiled.testExact(tag) };
}

function isExclusion(text: string): boolean {
  return text.startsWith('!');
}

/** A text says what is wrong. */
function compile(text: string): RE2JS | string {
  if (text.length > MAX_PATTERN_LENGTH) return `is longer than ${MAX_PATTERN_LENGTH} characters`;
  const expression = isExclusion(text) ? text.slice(1) : text;
  if (expression === '') return 'is empty';
  try {
    return RE2JS.compile(expression);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `is no regular expression of RE2: ${why.replace(/^error parsing regexp: /, '')}`;
  }
}
