import { expect, test } from 'vitest';
import { styleFor } from '../../src/report/appearance.ts';
import type { RuleFigures } from '../../src/report/model-retention.ts';
import { drawRules } from '../../src/report/table-rules.ts';

const STYLE = styleFor({ width: 100, color: false, ascii: false });

function ruleFigures(text: string, changes: Partial<RuleFigures> = {}): RuleFigures {
  const amounts = { tags: 0, images: 0, blobs: 0, bytes: 0, diskBytes: 0 };
  return { policy: 'p', rule: 'keepTags', index: 0, keeper: null, text, ...amounts, ...changes };
}

function draw(...rules: readonly RuleFigures[]): string[] {
  const none = { kept: 0, going: 0 };
  return drawRules({ tags: none, images: none, rules }, STYLE);
}

test('a line for each rule, its parts below it', () => {
  const last = { tags: 2_000, images: 30, bytes: 4e9 };
  expect(draw(ruleFigures('last 2, daily 7', last), ruleFigures('daily 7', { keeper: 1 }))).toEqual([
    'What each rule keeps  what would go besides, if only this rule were not there',
    '  rule              tags  images  bytes',
    '  last 2, daily 7  2,000      30   4 GB',
    '    daily 7            0       0    0 B',
  ]);
});

test('the name of the policy stands before them where there are several, escaped as patterns are', () => {
  const drawn = draw(ruleFigures('last 2'), ruleFigures('v\u001b[2J: all', { policy: 'q\u0007' }));
  expect(drawn.slice(1).map((line) => line.trim().split(/ {2,}/).slice(0, 2))).toEqual([
    ['policy', 'rule'],
    ['p', 'last 2'],
    [String.raw`q\x07`, String.raw`v\x1b[2J: all`],
  ]);
});

test('without a policy, no lines', () => {
  expect(drawRules(undefined, STYLE)).toEqual([]);
});
