import { expect, test } from 'vitest';
import { checkedGlobs, globFault, globsWithoutMatch, repositoryFilter } from '../../src/shared/globs.ts';

const NAMES = ['app', 'app/api', 'team/app', 'team/app/api', 'team/.cache', 'other'];

test.each([
  [[], NAMES],
  [['app'], ['app']],
  [['*'], ['app', 'other']],
  [['**'], NAMES],
  [['team/*'], ['team/app', 'team/.cache']],
  [['team/**'], ['team/app', 'team/app/api', 'team/.cache']],
  [['*/app'], ['team/app']],
  [['**/api'], ['app/api', 'team/app/api']],
  [['{app,other}'], ['app', 'other']],
  [
    ['app', 'other'],
    ['app', 'other'],
  ],
  [['!app'], ['app/api', 'team/app', 'team/app/api', 'team/.cache', 'other']],
  [
    ['!team/**', '!app'],
    ['app/api', 'other'],
  ],
  [
    ['**', '!**/api'],
    ['app', 'team/app', 'team/.cache', 'other'],
  ],
  [['!**/api', 'app/*', 'app'], ['app']],
  [['nothing'], []],
])('--repo %j includes %j', (globs, included) => {
  expect(NAMES.filter(repositoryFilter(globs))).toEqual(included);
});

test.each([
  [[], []],
  [['app', 'team/**', '!other'], []],
  [
    ['app', 'ap', '!team/none'],
    ['ap', '!team/none'],
  ],
  [['*/*/*/*'], ['*/*/*/*']],
])('of %j these match nothing: %j', (globs, without) => {
  expect(globsWithoutMatch(globs, NAMES)).toEqual(without);
});

test.each([
  ['', 'is empty'],
  ['!', 'is empty'],
  [`a/${'b'.repeat(255)}`, 'is longer than 255 characters'],
  ['+(a|aa)', 'has "+"'],
  ['@(a)', 'has "@"'],
  ['a|b', 'has "|"'],
  ['(a)', 'has "("'],
  ['a b', 'has " "'],
  [String.raw`a\*`, String.raw`has "\"`],
  ['!!a', 'has "!"'],
  ['a^', 'has "^"'],
  ['[!a]', 'has "[!"; all characters but some are [^abc]'],
  ['{a..z}', 'has ".."'],
  ['{1..9999999}', 'has ".."'],
  ['../a', 'has ".."'],
  ['team/', 'has a part without a name'],
  ['/team', 'has a part without a name'],
  ['a//b', 'has a part without a name'],
  ['./a', 'has a part without a name'],
  ['team**', 'has ** beside other characters'],
  ['**team', 'has ** beside other characters'],
  ['***', 'has ** beside other characters'],
  ['{a/**,b}', 'has ** beside other characters'],
  ['{a', 'do not fit together'],
  ['a}', 'do not fit together'],
  ['{a}', 'do not fit together'],
  ['{{a,b}}', 'do not fit together'],
  ['a,b', 'do not fit together'],
  ['[a', 'do not fit together'],
  ['[]', 'do not fit together'],
  ['a]', 'do not fit together'],
  ['[z-a]', 'runs backwards'],
])('the glob %j %s', (glob, fault) => {
  expect(globFault(glob)).toContain(fault);
  for (const use of [checkedGlobs, repositoryFilter, (globs: string[]) => globsWithoutMatch(globs, NAMES)]) {
    expect(() => use([glob])).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(fault) as string }),
    );
  }
});

test.each(['app', 'Team/*', '**', 'a/**/b', '{a,b}/**', '*-{dev,test}', '[a-z]?', '[^a]*', '!a/**'])(
  'the glob %s is one',
  (glob) => {
    expect(globFault(glob)).toBeUndefined();
    expect(checkedGlobs([glob])).toEqual([glob]);
  },
);
