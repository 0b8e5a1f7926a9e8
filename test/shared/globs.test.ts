import { expect, test } from 'vitest';
import { globsWithoutMatch, repositoryFilter } from '../../src/shared/globs.ts';

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
