import { describe, expect, test } from 'vitest';
import { MAX_PATTERN_LENGTH, patternFault, tagPatterns } from '../../src/policy/patterns.ts';

function matched(patterns: readonly string[], tags: readonly string[]): string[] {
  const compiled = tagPatterns(patterns);
  return tags.filter((tag) => compiled.some(({ matches }) => matches(tag)));
}

describe('a pattern', () => {
  test.each([
    ['v1', ['v1']],
    ['v.*', ['v1', 'v1-rc', 'v']],
    ['^v1$', ['v1']],
    ['.*-rc', ['v1-rc']],
    ['v1|x', ['v1', 'x']],
    ['(?i)V1', ['v1']],
    [String.raw`\d+`, ['20260101']],
  ])('%s matches whole names', (pattern, expected) => {
    expect(matched([pattern], ['v1', 'v1-rc', 'xv1', 'v', 'x', '20260101'])).toEqual(expected);
  });

  test('behind ! excludes, with others and alone', () => {
    const tags = ['v1', 'v2', 'v2-rc', 'latest'];
    expect(matched(['v.*', '!.*-rc'], tags)).toEqual(['v1', 'v2']);
    expect(matched(['!.*-rc'], tags)).toEqual(['v1', 'v2', 'latest']);
    expect(matched(['!v.*', '!latest'], tags)).toEqual([]);
    expect(tagPatterns(['v.*', 'w', '!x', '!y']).map(({ text }) => text)).toEqual(['v.* !x !y', 'w !x !y']);
    expect(tagPatterns(['!x', '!y']).map(({ text }) => text)).toEqual(['!x !y']);
  });

  test('none matches nothing: a rule without patterns is its own case', () => {
    expect(tagPatterns([])).toEqual([]);
  });

  test.each([
    ['(', 'missing closing )'],
    ['(?=a)', 'unsupported Perl syntax'],
    [String.raw`(a)\1`, 'invalid escape'],
    ['a{2000}', 'invalid repeat count'],
    ['((a{100}){100}){100}', 'invalid repeat count'],
    ['', 'is empty'],
    ['!', 'is empty'],
    ['a'.repeat(MAX_PATTERN_LENGTH + 1), 'is longer than'],
  ])('%s is refused', (pattern, why) => {
    expect(patternFault(pattern)).toContain(why);
    expect(() => tagPatterns(['ok', pattern])).toThrow(
      expect.objectContaining({ code: 'policy-invalid', message: expect.stringContaining(why) as string }),
    );
  });

  test.each(['(a+)+$', '(a|aa)+$', '(a|a?)+b', '(.*)*b', `(${'a?'.repeat(100)})${'a'.repeat(100)}b`, '((a*)*)*b'])(
    '%s ends at once over long names',
    (pattern) => {
      const before = process.cpuUsage();
      const [compiled] = tagPatterns([pattern]);
      for (let length = 1; length <= 10_000; length *= 10) compiled?.matches(`${'a'.repeat(length)}!`);
      for (let round = 0; round < 200; round++) compiled?.matches(`${'a'.repeat(127)}!`);
      const { user, system } = process.cpuUsage(before);
      expect(user + system).toBeLessThan(20_000_000);
    },
  );
});
