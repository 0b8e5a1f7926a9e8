/** The words that a condition may compare: figures of a report. */
import { PROBLEM_MEANINGS } from '../shared/problem-meanings.ts';
import type { ProblemCode } from '../shared/problem.ts';

/**
 * `bytes`: apparent bytes, which a share of the stored ones may be compared with, too. `disk-bytes`: bytes on disk. `count`: a
 * whole number. `age`: seconds.
 */
export type FigureKind = 'bytes' | 'disk-bytes' | 'count' | 'age';

/** What each is of a report: `query/gate-figures.ts`. */
export const WORDS = {
  stored: 'bytes',
  referenced: 'bytes',
  unreferenced: 'bytes',
  reclaimable: 'bytes',
  orphaned: 'bytes',
  'if-untagged': 'bytes',
  'stale-uploads': 'bytes',
  held: 'bytes',
  'held-excluded': 'bytes',
  'held-damaged': 'bytes',
  'held-young': 'bytes',
  trash: 'bytes',
  'reclaimable-disk': 'disk-bytes',
  'if-untagged-disk': 'disk-bytes',
  'trash-disk': 'disk-bytes',
  damage: 'count',
  warnings: 'count',
  incomplete: 'count',
  repositories: 'count',
  tags: 'count',
  revisions: 'count',
  'untagged-revisions': 'count',
  'orphaned-layers': 'count',
  manifests: 'count',
  blobs: 'count',
  uploads: 'count',
  'trash-runs': 'count',
  'scan-age': 'age',
} as const satisfies Readonly<Record<string, FigureKind>>;

export type FigureWord = keyof typeof WORDS;

/** A figure, or how many problems there are of a code. */
export type GateWord = FigureWord | ProblemCode;

/** All of them, codes last. */
export const GATE_WORDS: readonly string[] = [...Object.keys(WORDS), ...Object.keys(PROBLEM_MEANINGS)];

/** Whether a condition may compare it. */
export function isGateWord(word: string): word is GateWord {
  return isFigureWord(word) || Object.hasOwn(PROBLEM_MEANINGS, word);
}

function isFigureWord(word: string): word is FigureWord {
  return Object.hasOwn(WORDS, word);
}

/** What a word is compared with: that which is no figure is a code, and counted. */
export function kindOf(word: GateWord): FigureKind {
  return isFigureWord(word) ? WORDS[word] : 'count';
}
