/** Ordinary globs mean what they mean to picomatch, and no glob can hang. */
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import picomatch from 'picomatch';
import { expect, test } from 'vitest';
import { parseRepositoryName } from '../../src/layout/names.ts';
import { globFault, repositoryFilter } from '../../src/shared/globs.ts';

const joined = (atoms: readonly string[], by: string, most: number) =>
  fc.array(fc.constantFrom(...atoms), { minLength: 1, maxLength: most }).map((chosen) => chosen.join(by));

const LITERALS = ['a', 'b', 'ab', 'c', '.', '-', '_', '1'];
const names = fc
  .array(joined(LITERALS, '', 4), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'))
  .filter((name) => parseRepositoryName(name) !== undefined);

const SETS = ['[ab]', '[a-c]', '[^b-z]', '[^.1]', '[a-]'];
const BRACES = ['{a,b}', '{b*,c/a,1}', '{a,{b,c}}', '{a/b,c}', '{a,b/**/c}', 'a{-1,}', 'c{ab,*}'];
const parts = fc.oneof(
  { weight: 1, arbitrary: fc.constant('**') },
  { weight: 4, arbitrary: joined([...LITERALS, '*', '*', '?', ...SETS, ...BRACES], '', 4) },
);
const ordinary = fc
  .array(parts, { minLength: 1, maxLength: 4 })
  .map((chosen) => chosen.join('/'))
  .filter((glob) => globFault(glob) === undefined);

test('an ordinary glob matches what it matches by picomatch', () => {
  let matched = 0;
  fc.assert(
    fc.property(ordinary, fc.array(names, { minLength: 5, maxLength: 20 }), (glob, list) => {
      const matches = picomatch(glob, { dot: true });
      const expected = list.filter((name) => matches(name));
      matched += expected.length;
      expect(list.filter(repositoryFilter([glob]))).toEqual(expected);
      expect(list.filter(repositoryFilter([`!${glob}`]))).toEqual(list.filter((name) => !matches(name)));
    }),
    { numRuns: 2_000 },
  );
  expect(matched).toBeGreaterThan(500);
});

const LONGEST_NAME = `${'a'.repeat(254)}b`;

test.each([
  ['many stars', `${'*a'.repeat(120)}c`],
  ['stars alone', `${'*?'.repeat(120)}c`],
  ['many globstars', `${'**/*/'.repeat(40)}c`],
  ['alternatives of the same', `${'{a,a}'.repeat(50)}c`],
  ['alternatives of stars', `${'{*,*a}'.repeat(42)}c`],
  ['alternatives in each other', `${'{a*,'.repeat(50)}a${'}'.repeat(50)}*c`],
])('%s: the longest name is judged at once', (_what, glob) => {
  const judge = () => repositoryFilter([glob])(LONGEST_NAME);
  // A limit that stops a loop, and a regular expression, that does not end.
  expect(runInNewContext('judge()', { judge }, { timeout: 5_000 })).toBe(false);
});

test('whatever a glob is, it is refused with a reason or judges every name', () => {
  const any = fc.oneof(
    fc.string({ maxLength: 30 }),
    joined('a b / . * ? { } , [ ] ^ ! ( ) | + @ - ** ..'.split(' '), '', 20),
  );
  fc.assert(
    fc.property(any, names, (glob, name) => {
      const fault = globFault(glob);
      if (fault !== undefined) expect(() => repositoryFilter([glob])).toThrow(fault);
      else expect(typeof repositoryFilter([glob])(name)).toBe('boolean');
    }),
    { numRuns: 2_000 },
  );
});
