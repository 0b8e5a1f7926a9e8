import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OPERATORS, type Comparison, type Condition } from '../../src/gate/condition.ts';
import { parseCondition } from '../../src/gate/parse.ts';
import { GATE_WORDS, isGateWord, kindOf } from '../../src/gate/words.ts';

describe('a comparison', () => {
  test.each([
    ['reclaimable > 50G', { word: 'reclaimable', operator: '>', limit: { kind: 'amount', amount: 50_000_000_000 } }],
    ['reclaimable>=1.5GiB', { operator: '>=', limit: { kind: 'amount', amount: 1_610_612_736 } }],
    ['orphaned > 20%', { word: 'orphaned', limit: { kind: 'share', percent: 20 } }],
    ['orphaned<0.5%', { operator: '<', limit: { kind: 'share', percent: 0.5 } }],
    ['damage > 0', { word: 'damage', limit: { kind: 'amount', amount: 0 } }],
    ['damage = 0', { operator: '=' }],
    ['layer-missing <= 3', { word: 'layer-missing', operator: '<=', limit: { kind: 'amount', amount: 3 } }],
    ['scan-age > 1d12h', { word: 'scan-age', limit: { kind: 'amount', amount: 129_600 } }],
    ['reclaimable > 0', { limit: { kind: 'amount', amount: 0 } }],
    ['((damage > 0))', { text: 'damage > 0' }],
    [' damage>0 ', { text: 'damage > 0' }],
  ])('%j', (text, parts) => {
    expect(parseCondition(text)).toMatchObject({ kind: 'comparison', ...parts });
  });
});

function shape(condition: Condition): string {
  if (condition.kind === 'comparison') return condition.word;
  return `${condition.kind}(${condition.parts.map(shape).join(' ')})`;
}

test.each([
  ['damage > 0 or tags > 0 and blobs > 0', 'any(damage all(tags blobs))'],
  ['damage > 0 and tags > 0 or blobs > 0', 'any(all(damage tags) blobs)'],
  ['(damage > 0 or tags > 0) and blobs > 0', 'all(any(damage tags) blobs)'],
  ['damage > 0 or tags > 0 or blobs > 0', 'any(damage tags blobs)'],
])('and binds closer than or: %s', (text, expected) => {
  expect(shape(parseCondition(text))).toBe(expected);
});

test.each([
  ['reclaimabel > 5', '"reclaimabel" is no figure', 'did you mean reclaimable?'],
  ['layer-mising > 5', '"layer-mising" is no figure', 'did you mean layer-missing?'],
  ['beauty > 5', '"beauty" is no figure', 'figures: stored, '],
  ['', 'a comparison is missing', ''],
  ['damage', 'after damage there is no comparison', 'one of > >= < <= ='],
  ['damage == 0', '"=" is nothing to compare damage with', 'a whole number'],
  ['damage >', '"" is nothing to compare damage with', ''],
  ['damage > 1.5', 'nothing to compare damage with', ''],
  ['damage > 5%', 'nothing to compare damage with', ''],
  ['reclaimable > 5g', 'nothing to compare reclaimable with', 'G is 10^9'],
  ['reclaimable > -1', 'nothing to compare reclaimable with', ''],
  ['reclaimable-disk > 5%', 'nothing to compare reclaimable-disk with', ''],
  ['scan-age > 2', 'nothing to compare scan-age with', 'a number with a unit'],
  ['(damage > 0', 'a parenthesis is not closed', ''],
  ['damage>0or(tags>0)', '"0or" is nothing to compare damage with', ''],
  ['damage > 0)', '")" stands where', ''],
  ['damage > 0 damage > 1', '"damage" stands where', ''],
  ['damage > 0 AND tags > 1', '"AND" stands where', 'did you mean and?'],
  ['damage > 0 or', 'a comparison is missing', ''],
  ['constructor > 0', '"constructor" is no figure', ''],
  [`${'('.repeat(5000)}damage > 0`, 'longer than 4096', ''],
  [`${'('.repeat(2000)}damage > 0${')'.repeat(2000)}`, 'more than 100 parentheses stand in each other', ''],
])('%j is refused', (text, message, hint) => {
  expect(() => parseCondition(text)).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: expect.stringContaining(`--fail-if: `) as string,
      hint: expect.stringContaining(hint) as string,
    }),
  );
  expect(() => parseCondition(text)).toThrow(message);
});

test('parentheses that stand beside each other are as many as fit', () => {
  const many = Array.from({ length: 300 }, () => '(tags>0)').join('or');
  expect(comparisonsOf(parseCondition(many))).toHaveLength(300);
  expect(shape(parseCondition(`${'('.repeat(100)}damage > 0${')'.repeat(100)}`))).toBe('damage');
});

const LIMITS = { bytes: ['0', '5G', '1.5TiB', '20%'], 'disk-bytes': ['0', '7M'], count: ['0', '12'], age: ['0', '2d'] };

const comparison = fc
  .record({
    word: fc.constantFrom(...GATE_WORDS.filter(isGateWord)),
    operator: fc.constantFrom(...OPERATORS),
    at: fc.nat(3),
  })
  .map(({ word, operator, at }) => {
    const limits = LIMITS[kindOf(word)];
    return `${word} ${operator} ${limits[at % limits.length] ?? '0'}`;
  });

const { text } = fc.letrec<{ text: string; inner: string }>((tie) => ({
  text: fc
    .array(tie('inner'), { minLength: 1, maxLength: 4 })
    .chain((parts) => fc.constantFrom(' and ', ' or ').map((joint) => parts.join(joint))),
  inner: fc.oneof(
    { depthSize: 'small' },
    comparison,
    tie('text').map((one) => `(${one})`),
  ),
}));

function comparisonsOf(condition: Condition): readonly Comparison[] {
  return condition.kind === 'comparison' ? [condition] : condition.parts.flatMap(comparisonsOf);
}

/** Spelled out, with a parenthesis around whatever is joined. */
function spelled(condition: Condition): string {
  if (condition.kind === 'comparison') return condition.text;
  return `(${condition.parts.map(spelled).join(condition.kind === 'any' ? ' or ' : ' and ')})`;
}

test('whatever the grammar makes is read, all of it and in its order, and reads the same when it is spelled out', () => {
  fc.assert(
    fc.property(
      text.filter((one) => one.length <= 2000),
      (one) => {
        const condition = parseCondition(one);
        const words = one.replaceAll(/[()]/g, '').split(/ (?:and|or) /);
        expect(comparisonsOf(condition).map((part) => part.text)).toEqual(words);
        expect(parseCondition(spelled(condition))).toEqual(condition);
      },
    ),
  );
});

test('any other text is refused as usage', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9 <>=()%.-]{0,30}$/)), (one) => {
      try {
        parseCondition(one);
      } catch (error) {
        expect(error).toMatchObject({ code: 'usage' });
      }
    }),
  );
});
