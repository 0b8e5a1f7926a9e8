/** A condition over the figures of a report, and whether it holds. */
import type { GateWord } from './words.ts';

export const OPERATORS = ['>', '>=', '<', '<=', '='] as const;
export type Operator = (typeof OPERATORS)[number];

/** An amount is bytes, a count or seconds, as the word says; a share is percent of the stored bytes. */
export type Limit =
  { readonly kind: 'amount'; readonly amount: number } | { readonly kind: 'share'; readonly percent: number };

export interface Comparison {
  readonly kind: 'comparison';
  readonly word: GateWord;
  readonly operator: Operator;
  readonly limit: Limit;
  /** As it was written, with one space between its parts. */
  readonly text: string;
}

/** `any`: one of its parts must hold; `all`: all of them. At least one part. */
export type Condition =
  Comparison | { readonly kind: 'any' | 'all'; readonly parts: readonly [Condition, ...(readonly Condition[])] };

/** What a condition is held against. */
export interface Figures {
  /** Null where nobody knows. */
  readonly of: (word: GateWord) => number | null;
  /** What shares are of. */
  readonly storedBytes: number;
}

/** A comparison, and the figure that it was of. */
export interface Held {
  readonly comparison: Comparison;
  readonly figure: number;
}

/** What a condition came to: whether it holds, through what; `unknown`: words whose figure is not known, where that decides. */
export interface Outcome {
  readonly holds: boolean;
  readonly held: readonly Held[];
  readonly unknown: readonly GateWord[];
}

/** Holds a condition against figures. What is not known holds neither way. */
export function judge(condition: Condition, figures: Figures): Outcome {
  if (condition.kind === 'comparison') return judgeComparison(condition, figures);
  const outcomes = condition.parts.map((part) => judge(part, figures));
  const holds = condition.kind === 'any' ? outcomes.some(isHeld) : outcomes.every(isHeld);
  const isRefuted =
    condition.kind === 'all' && outcomes.some(({ holds: one, unknown }) => !one && unknown.length === 0);
  return {
    holds,
    held: holds ? outcomes.filter(isHeld).flatMap(({ held }) => held) : [],
    unknown: holds || isRefuted ? [] : outcomes.flatMap(({ unknown }) => unknown),
  };
}

function isHeld({ holds }: Outcome): boolean {
  return holds;
}

function judgeComparison(comparison: Comparison, { of, storedBytes }: Figures): Outcome {
  const { word, operator, limit } = comparison;
  const figure = of(word);
  if (figure === null) return { holds: false, held: [], unknown: [word] };
  const holds =
    limit.kind === 'amount'
      ? compare(figure, operator, limit.amount)
      : compare(percentOf(figure, storedBytes), operator, limit.percent);
  return { holds, held: holds ? [{ comparison, figure }] : [], unknown: [] };
}

/** Nothing is 0 % of anything, of nothing stored, too. */
function percentOf(figure: number, storedBytes: number): number {
  return figure === 0 ? 0 : (figure * 100) / storedBytes;
}

function compare(a: number, operator: Operator, b: number): boolean {
  switch (operator) {
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '=':
      return a === b;
  }
}
