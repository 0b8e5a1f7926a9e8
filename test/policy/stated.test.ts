import { describe, expect, test } from 'vitest';
import { parseStatedPolicy, retentionOf, type StatedPolicy } from '../../src/policy/stated.ts';
import { digestBytes } from '../support/content.ts';

const BESIDE = { keepDigests: [], trustTimes: false };
const FILE = { name: 'mine', text: 'policies: [{repositories: ["**"], keepTags: [{keepLast: 5}]}]' };

/** By what is wrong: words that would let go more than anybody has said. Who writes JavaScript is held back by no type. */
const NO_POLICIES: readonly (readonly [string, object])[] = [
  ['neither rules nor a file', BESIDE],
  ['no rule', { ...BESIDE, rules: {} }],
  ['only a rule that is not given', { ...BESIDE, rules: { keepLast: undefined } }],
  ['how versions count, and none that do', { ...BESIDE, rules: { keepLast: 1, keepSemverPer: 'major' } }],
  ['a rule that there is not', { ...BESIDE, rules: { keepLast: 1, keeptag: ['v.*'] } }],
  ['no image', { ...BESIDE, rules: { keepLast: 0 } }],
  ['a number that is none', { ...BESIDE, rules: { keepLast: NaN } }],
  ['a count that is a text', { ...BESIDE, rules: { keepLast: '2' } }],
  ['an age that is no duration', { ...BESIDE, rules: { keepWithin: 'a week' } }],
  ['patterns, and none is there', { ...BESIDE, rules: { keepLast: 1, keepTag: [] } }],
  ['rules and a file', { ...BESIDE, rules: { keepLast: 1 }, file: FILE }],
  ['something beside them', { ...BESIDE, rules: { keepLast: 1 }, delay: '1d' }],
  ['what runs, by an empty word', { ...BESIDE, rules: { keepLast: 1 }, keepDigests: [''] }],
  ['what runs, by a comment', { ...BESIDE, rules: { keepLast: 1 }, keepDigests: ['# app'] }],
  ['what runs, by no digest', { ...BESIDE, rules: { keepLast: 1 }, keepDigests: ['sha256:abc'] }],
  ['nothing of what runs', { rules: { keepLast: 1 }, trustTimes: false }],
];

describe.each(NO_POLICIES)('words that have %s', (_, words) => {
  test('are no policy', () => {
    expect(() => retentionOf(words as StatedPolicy)).toThrow(expect.objectContaining({ code: 'policy-invalid' }));
  });

  test('are none of a plan file', () => {
    expect(() => parseStatedPolicy(words)).toThrow(expect.objectContaining({ code: 'plan-invalid' }));
  });
});

test('what is wrong is told with its place', () => {
  const words = { ...BESIDE, rules: { keepLast: 0, keepWithin: 'a week' } };
  expect(() => retentionOf(words)).toThrow(/^the policy cannot be used: rules: keepLast: .*; rules: keepWithin: is no/);
});

test('a policy states its words, so that a plan file tells them and is read again', () => {
  const digest = digestBytes(Buffer.from('runs'));
  for (const given of [
    { rules: { keepSemver: 2, keepSemverPer: 'minor', keepTag: ['v.*'] } },
    { file: FILE },
  ] as const) {
    const words = { ...given, keepDigests: [digest, 'host:5000/app:1.4'], trustTimes: true };
    const { stated, keepDigests, keepTagged } = retentionOf(words);
    expect(stated).toEqual(words);
    expect([...keepDigests]).toEqual([digest]);
    expect(keepTagged).toEqual([{ path: 'app', tag: '1.4' }]);
    const read = parseStatedPolicy(JSON.parse(JSON.stringify(stated)));
    expect(JSON.stringify(retentionOf(read).stated)).toBe(JSON.stringify(stated));
  }
});
