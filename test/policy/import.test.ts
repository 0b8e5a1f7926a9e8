import { describe, expect, test } from 'vitest';
import { doublestarPattern, prefixPattern, searchPattern, wildcardPattern } from '../../src/policy/import/globs.ts';
import { importPolicies } from '../../src/policy/import/import.ts';
import { tagPatterns } from '../../src/policy/patterns.ts';
import { repositoryFilter } from '../../src/shared/globs.ts';

function imported(document: object) {
  return importPolicies('p.json', JSON.stringify(document), undefined);
}

function matching(pattern: string | undefined, tags: readonly string[]): string[] {
  const compiled = tagPatterns(pattern === undefined ? [] : [pattern]);
  return tags.filter((tag) => compiled.some(({ matches }) => matches(tag)));
}

describe('ECR', () => {
  const rule = (priority: number, selection: object, action: object = { type: 'expire' }) => ({
    rulePriority: priority,
    selection,
    action,
  });
  const newest = (count: number) => ({ countType: 'imageCountMoreThan', countNumber: count });
  const days = (count: number) => ({ countType: 'sinceImagePushed', countUnit: 'days', countNumber: count });
  const policyOf = (...rules: readonly object[]) => imported({ rules }).policies[0];

  test('rules that expire become rules that keep; what no rule selects stays', () => {
    const rules = [
      rule(2, { tagStatus: 'tagged', tagPatternList: ['*-dev'], ...days(14) }),
      rule(1, { tagStatus: 'tagged', tagPrefixList: ['rel.'], ...newest(10) }),
      rule(3, { tagStatus: 'untagged', ...days(7) }),
    ];
    const { from, policies } = imported({ rules });
    expect(from).toBe('ecr');
    expect(policies).toEqual([
      {
        repositories: ['REPOSITORY'],
        keepTags: [
          { patterns: [String.raw`rel\..*`], mostRecentlyPushedCount: 10 },
          { patterns: ['.*-dev'], pushedWithin: '14d' },
          { patterns: [String.raw`!rel\..*`, '!.*-dev'], always: true },
        ],
        keepUntagged: { pushedWithin: '7d' },
      },
    ]);
  });

  test('any is for tags that no other rule selects, and for what has no tag', () => {
    const tagged = rule(1, { tagStatus: 'tagged', tagPrefixList: ['v'], ...newest(3) });
    expect(policyOf(tagged, rule(2, { tagStatus: 'any', ...newest(5) }))).toMatchObject({
      keepTags: [
        { patterns: ['v.*'], mostRecentlyPushedCount: 3 },
        { patterns: ['!v.*'], mostRecentlyPushedCount: 5 },
      ],
      keepUntagged: { mostRecentlyPushedCount: 5 },
    });
    expect(policyOf(rule(1, { tagStatus: 'any', ...days(30) }))).toMatchObject({
      keepTags: [{ pushedWithin: '30d' }],
      keepUntagged: { pushedWithin: '30d' },
    });
  });

  test('without a rule for it, what has no tag stays', () => {
    expect(policyOf(rule(1, { tagStatus: 'tagged', tagPrefixList: ['v'], ...newest(3) }))?.keepUntagged).toBe(true);
  });

  test.each([
    [{ tagPrefixList: ['v'], countType: 'sinceImagePulled', countUnit: 'days', countNumber: 1 }, {}, 'pulls'],
    [{ tagPrefixList: ['v'], ...newest(1) }, { type: 'transition', targetStorageClass: 'archive' }, 'archive'],
    [{ tagPrefixList: ['v'], storageClass: 'archive', ...newest(1) }, {}, 'archive'],
    [{ tagPrefixList: ['v'], ...newest(0) }, {}, 'its count'],
    [{ tagPrefixList: ['v'], ...newest(1), label: 'x' }, {}, '"label" is not understood'],
    [{ tagPrefixList: ['v'], tagPatternList: ['*x'], ...newest(1) }, {}, 'one tag at a time'],
  ])('%j, %j: what the rule selects stays', (selection, action, why) => {
    const { policies, notes } = imported({
      rules: [rule(7, { tagStatus: 'tagged', ...selection }, { type: 'expire', ...action })],
    });
    expect(policies[0]?.keepTags[0]).toMatchObject({ always: true });
    expect(notes.find((note) => note.startsWith('Rule 7: '))).toContain(why);
  });

  test('a rule of which nobody knows what it selects keeps everything', () => {
    expect(
      policyOf(rule(1, { tagStatus: 'some', ...newest(1) }), rule(2, { tagStatus: 'any', ...newest(1) })),
    ).toMatchObject({ keepTags: [{ always: true }], keepUntagged: true });
  });

  test('what aws ecr get-lifecycle-policy prints', () => {
    const lifecyclePolicyText = JSON.stringify({ rules: [rule(1, { tagStatus: 'any', ...newest(5) })] });
    const { from, policies } = imported({ registryId: '1', repositoryName: 'a', lifecyclePolicyText });
    expect({ from, keep: policies[0]?.keepTags }).toEqual({ from: 'ecr', keep: [{ mostRecentlyPushedCount: 5 }] });
  });
});

describe('Harbor', () => {
  const selector = (decoration: string, pattern: string, extras?: string) => ({
    kind: 'doublestar',
    decoration,
    pattern,
    ...(extras === undefined ? {} : { extras }),
  });
  const rule = (
    template: string,
    count: number,
    tags: readonly object[],
    repository = selector('repoMatches', '**'),
  ) => ({
    action: 'retain',
    template,
    params: { [template]: count },
    tag_selectors: tags,
    scope_selectors: { repository: [repository] },
  });
  const TAGGED_ONLY = '{"untagged":false}';

  test('rules keep', () => {
    const { from, policies } = imported({
      algorithm: 'or',
      rules: [
        rule('latestPushedK', 5, [selector('matches', 'v{1,2}.*', TAGGED_ONLY)]),
        rule('nDaysSinceLastPush', 7, [selector('matches', '**')]),
        rule('lastXDays', 9, [selector('excludes', 'dev*', '{"untagged":true}')]),
        rule('always', 0, [selector('matches', 'stable', TAGGED_ONLY)]),
      ],
    });
    expect(from).toBe('harbor');
    expect(policies).toEqual([
      {
        repositories: ['PROJECT/**'],
        keepTags: [
          { patterns: [String.raw`v(?:1|2)\..*`], mostRecentlyPushedCount: 5 },
          { pushedWithin: '7d' },
          { patterns: ['!dev.*'], pushedWithin: '9d' },
          { patterns: ['stable'], always: true },
        ],
        keepUntagged: { pushedWithin: '7d' },
      },
    ]);
  });

  test('a rule that is off is left out, and said', () => {
    const off = { ...rule('always', 0, [selector('matches', '**')]), disabled: true };
    const { policies, notes } = imported({ rules: [off, rule('latestPushedK', 1, [selector('matches', '**')])] });
    expect(policies[0]?.keepTags).toEqual([{ mostRecentlyPushedCount: 1 }]);
    expect(notes).toContain('Rule 1 is disabled, and is left out.');
    expect(() => imported({ rules: [off] })).toThrow(expect.objectContaining({ code: 'policy-invalid' }));
  });

  test('rules for other repositories are in every policy, for one repository obeys one policy', () => {
    const { policies } = imported({
      rules: [
        rule('latestPushedK', 1, [selector('matches', 'a')]),
        rule('latestPushedK', 2, [selector('matches', 'b')], selector('repoExcludes', 'old/**')),
      ],
    });
    expect(policies.map(({ repositories }) => repositories)).toEqual([
      ['PROJECT/**'],
      ['PROJECT/**', '!PROJECT/old/**'],
    ]);
    for (const { keepTags } of policies) expect(keepTags).toHaveLength(2);
  });

  test('all below a/ is not a itself', () => {
    const { policies } = imported({
      rules: [rule('latestPushedK', 1, [selector('matches', 'v')], selector('repoMatches', 'a/**'))],
    });
    expect(policies.map(({ repositories }) => repositories)).toEqual([['PROJECT/a/**', '!PROJECT/a']]);
  });

  test.each([
    ['matches', '{"untagged":"no"}', true],
    ['matches', '{"Untagged":true}', true],
    ['matches', '5', true],
    ['matches', '{}', false],
    ['excludes', '{"Untagged":true}', false],
    ['excludes', '{', true],
  ])('%s with the extras %s: what has no tag is selected: %s', (decoration, extras, keeps) => {
    const { policies } = imported({ rules: [rule('always', 0, [selector(decoration, 'v', extras)])] });
    expect(policies[0]?.keepUntagged).toBe(keeps);
  });

  test.each([
    [rule('latestPulledN', 3, [selector('matches', 'v*')]), { patterns: ['v.*'], always: true }, 'pulls'],
    [rule('latestActiveK', 3, [selector('matches', 'v*')]), { patterns: ['v.*'], always: true }, 'pulls'],
    [rule('bestOf', 3, [selector('matches', 'v*')]), { patterns: ['v.*'], always: true }, 'template'],
    [
      rule('latestPushedK', 3, [selector('matches', 'v*'), selector('excludes', 'v1')]),
      { patterns: ['v.*'], always: true },
      'several ways',
    ],
    [rule('latestPushedK', 3, [selector('matches', '[v')]), { always: true }, 'which tags'],
    [rule('latestPushedK', 3, [selector('resembles', 'v')]), { always: true }, 'which tags'],
    [{ ...rule('latestPushedK', 3, []), label: 'x' }, { always: true }, '"label"'],
  ])('%#: what cannot be carried stays', (stated, kept, why) => {
    const { policies, notes } = imported({ rules: [stated] });
    expect(policies[0]?.keepTags).toEqual([kept]);
    expect(notes.join('\n')).toMatch(new RegExp(`Rule 1: .*${why}.*stays`));
  });

  test('repositories that are not understood are in no policy, but their rules are in the others', () => {
    const odd = rule('latestPushedK', 9, [selector('matches', 'b')], selector('repoMatches', 'x**y'));
    const { policies, notes } = imported({ rules: [odd, rule('latestPushedK', 1, [selector('matches', 'a')])] });
    expect(policies.map(({ repositories }) => repositories)).toEqual([['PROJECT/**']]);
    expect(policies[0]?.keepTags).toHaveLength(2);
    expect(notes.join('\n')).toContain('Rule 1: which repositories it selects is not understood');
  });
});

describe('zot', () => {
  const config = (...policies: readonly object[]) => ({ storage: { retention: { policies } } });

  test('a config, whatever the case of its words', () => {
    const document = {
      Storage: {
        retention: {
          dryRun: true,
          delay: '1h30m',
          policies: [
            {
              repositories: ['infra/*', 'prod/**'],
              deleteReferrers: true,
              keepTags: [{ patterns: ['v2.*', '^rel$'] }, { patterns: ['dev'], mostRecentlyPushedCount: 3 }],
              KeepUntagged: { mostRecentlyPushedCount: 4, pushedWithin: '24h' },
            },
            { repositories: ['**'], deleteUntagged: false, keepTags: [{ pushedWithin: '720h' }] },
          ],
        },
      },
    };
    const { from, policies, notes } = imported(document);
    expect(from).toBe('zot');
    expect(notes).toContain('dryRun: every sweep is a dry run until --apply.');
    expect(policies).toEqual([
      {
        repositories: ['infra/*', 'prod/**'],
        keepTags: [
          { patterns: ['.*v2.*', 'rel'], always: true },
          { patterns: ['.*dev.*', '!.*v2.*', '!rel'], mostRecentlyPushedCount: 3 },
        ],
        keepUntagged: { mostRecentlyPushedCount: 4, pushedWithin: '1d' },
        deleteReferrers: true,
        delay: '90m',
      },
      {
        repositories: ['**'],
        keepTags: [{ pushedWithin: '30d' }],
        keepUntagged: true,
        deleteReferrers: false,
        delay: '90m',
      },
    ]);
  });

  test('without a delay it is a day; without rules no tag goes; a rule without patterns is the last', () => {
    expect(imported(config({ repositories: ['a'] })).policies).toEqual([
      { repositories: ['a'], keepTags: [{ always: true }], keepUntagged: false, deleteReferrers: false, delay: '1d' },
    ]);
    const rules = [{ mostRecentlyPushedCount: 1 }, { patterns: ['v'] }];
    expect(imported(config({ repositories: ['a'], keepTags: rules })).policies[0]?.keepTags).toEqual([
      { mostRecentlyPushedCount: 1 },
    ]);
  });

  test.each([
    [{ patterns: ['v'], pulledWithin: '1h', pushedWithin: '1h' }, { patterns: ['.*v.*'], always: true }, 'pulls'],
    [{ mostRecentlyPulledCount: 3 }, { always: true }, 'pulls'],
    [{ patterns: ['v'], pushedWithin: 'soon' }, { patterns: ['.*v.*'], always: true }, 'a number'],
    [{ patterns: ['v'], mostRecentlyPushedCount: -1 }, { patterns: ['.*v.*'], always: true }, 'a number'],
    [{ patterns: ['v'], newRule: 1 }, { patterns: ['.*v.*'], always: true }, '"newrule"'],
    [{ patterns: ['('], mostRecentlyPushedCount: 1 }, { always: true }, 'a pattern'],
  ])('%j: what cannot be carried stays', (rule, kept, why) => {
    const { policies, notes } = imported(config({ repositories: ['a'], keepTags: [rule] }));
    expect(policies[0]?.keepTags).toEqual([kept]);
    expect(notes.join('\n')).toMatch(new RegExp(`Policy 1, rule 1: .*${why}.*stay`));
  });

  test('what has rules of its own elsewhere is left out, and keeps everything', () => {
    const document = { storage: { retention: { policies: [{ repositories: ['**'] }] }, subPaths: { '/Sub': {} } } };
    const { policies, notes } = imported(document);
    expect(policies[0]?.repositories).toEqual(['**', '!Sub/**']);
    const included = repositoryFilter(['**', '!a/**']);
    expect(['a', 'a/b', 'ab', 'c/a'].filter(included)).toEqual(['ab', 'c/a']);
    expect(notes[0]).toContain('subPaths: what lies under Sub');
  });

  test.each(['a**', '!a', 'x(y)', '{1..3}'])('the glob %s means something else here: nothing is translated', (glob) => {
    expect(() => imported(config({ repositories: [glob] }))).toThrow(
      expect.objectContaining({
        code: 'policy-invalid',
        message: `p.json: Policy 1: the glob "${glob}" is not understood`,
      }),
    );
  });
});

describe('patterns of others', () => {
  const TAGS = ['v1', 'v1.2', 'xv1', 'v1x', 'v', '1.2', 'rel-1', 'a$', 'a.b', 'axb'];

  test.each([
    ['v1', ['v1', 'v1.2', 'xv1', 'v1x']],
    ['^v1', ['v1', 'v1.2', 'v1x']],
    ['v1$', ['v1', 'xv1']],
    ['^v1$', ['v1']],
    ['^v1$|^rel', ['v1', 'rel-1']],
    [String.raw`a\$`, ['a$']],
    [String.raw`^a.b$`, ['a.b', 'axb']],
    ['', TAGS],
  ])('a search for %s', (expression, expected) => {
    expect(matching(searchPattern(expression), TAGS)).toEqual(expected);
    expect(TAGS.filter((tag) => new RegExp(expression).test(tag))).toEqual(expected);
  });

  test('a search for a text that would swallow what is put behind it', () => {
    expect(searchPattern(String.raw`\Qa.b`)).toBeUndefined();
  });

  test.each([
    ['v*', ['v1', 'v1.2', 'v1x', 'v']],
    ['**', TAGS],
    ['v?', ['v1']],
    ['{v1,rel*}', ['v1', 'rel-1']],
    ['a[.]b', ['a.b']],
    ['a[!.]b', ['axb']],
    ['a.b', ['a.b']],
    [String.raw`a\$`, ['a$']],
  ])('the glob %s', (glob, expected) => {
    expect(matching(doublestarPattern(glob), TAGS)).toEqual(expected);
  });

  test.each(['[', 'a[b', '{a', 'a\\'])('the glob %s is none', (glob) => {
    expect(doublestarPattern(glob)).toBeUndefined();
  });

  test('of ECR', () => {
    expect(matching(prefixPattern('a.'), TAGS)).toEqual(['a.b']);
    expect(matching(wildcardPattern('*.*'), TAGS)).toEqual(['v1.2', '1.2', 'a.b']);
    expect(matching(wildcardPattern('v1'), TAGS)).toEqual(['v1']);
  });
});

test.each(['{}', '[]', '{"rules":[]}', '5', '{"a":1}'])('%s is no policy that is known', (text) => {
  expect(() => importPolicies('p.json', text, undefined)).toThrow(
    expect.objectContaining({ message: expect.stringContaining('p.json') as string }),
  );
});

test('what is no document is told with its place', () => {
  expect(() => importPolicies('p.json', '{"rules": [', undefined)).toThrow(
    expect.objectContaining({
      code: 'policy-invalid',
      message: expect.stringMatching(/^p\.json:1:\d+: no YAML/) as string,
    }),
  );
});
