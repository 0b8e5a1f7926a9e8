import { describe, expect, test } from 'vitest';

import { parseRepositoryName, parseTagName } from '../../src/layout/names.ts';

describe('parseRepositoryName', () => {
  test.each([
    'a',
    'team/app/api',
    'link/data',
    'tags/revisions/sha256',
    'a.b',
    'a_b',
    'a__b',
    'a---b',
    '0',
    'a'.repeat(255),
  ])('takes %s', (name) => {
    expect(parseRepositoryName(name)).toBe(name);
  });

  test.each([
    '',
    'Upper',
    'x (copy)',
    '.hidden',
    '_x',
    'a/_x',
    'a//b',
    '/a',
    'a/',
    'a..b',
    'a___b',
    'a\n',
    '..',
    'é',
    'a'.repeat(256),
  ])('refuses %j', (name) => {
    expect(parseRepositoryName(name)).toBeUndefined();
  });
});

describe('parseTagName', () => {
  test.each(['latest', '_x', 'current', 'index', 'link', 'V1.0-rc_1', 't'.repeat(128)])('takes %s', (name) => {
    expect(parseTagName(name)).toBe(name);
  });

  test.each(['', '.DS_Store', '-x', 'a b', 'a/b', 'a\n', 't'.repeat(129)])('refuses %j', (name) => {
    expect(parseTagName(name)).toBeUndefined();
  });
});
