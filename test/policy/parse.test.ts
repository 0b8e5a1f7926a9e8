import { describe, expect, test } from 'vitest';
import { parsePolicies, readPolicies } from '../../src/policy/parse.ts';
import type { Policy } from '../../src/policy/model.ts';

/** A policy as plain data: patterns by their texts. */
function plain({ keepTags, protect, ...rest }: Policy) {
  return {
    ...rest,
    keepTags: keepTags.map(({ patterns, keepers }) => ({ patterns: patterns.map(({ text }) => text), keepers })),
    protect: protect.map(({ text }) => text),
  };
}

function policiesIn(text: string) {
  return readPolicies('p.yml', text).map(plain);
}

/** `line:column message (hint)` for each problem. */
function problemsIn(text: string): string[] {
  const parsed = parsePolicies(text);
  if (parsed.valid) return [];
  return parsed.problems.map(
    ({ line, column, message, hint }) => `${line}:${column} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

/** A policy of one repository with these lines in it. */
function policyWith(...lines: readonly string[]): string {
  return ['policies:', "  - repositories: ['**']", ...lines.map((line) => `    ${line}`)].join('\n');
}

const KEEP_ONE = 'keepTags: [{keepLast: 1}]';

describe('a file', () => {
  test('says everything once', () => {
    const text = `
policies:
  - name: releases
    repositories: [team/**, '!team/old']
    keepTags:
      - patterns: ['v.*', '!.*-rc']
        mostRecentlyPushedCount: 10
        pushedWithin: 30d
        keepHourly: 1
        keepDaily: 7
        keepWeekly: 4
        keepMonthly: 12
        keepYearly: 2
        keepSemver: {count: 3, per: minor}
        always: true
      - patterns: [stable]
    keepUntagged: {mostRecentlyPushedCount: 2, pushedWithin: 12h}
    deleteReferrers: true
    delay: 1h30m
    protect: ['release-.*']
    minKeep: 3
    orderBy: created
  - repositories: ['**']
    keepTags: [{keepSemver: 5}]
`;
    expect(policiesIn(text)).toEqual([
      {
        name: 'releases',
        repositories: ['team/**', '!team/old'],
        keepTags: [
          {
            patterns: ['v.* !.*-rc'],
            keepers: [
              { kind: 'always' },
              { kind: 'last', count: 10 },
              { kind: 'within', seconds: 30 * 86_400 },
              { kind: 'calendar', calendar: 'hourly', count: 1 },
              { kind: 'calendar', calendar: 'daily', count: 7 },
              { kind: 'calendar', calendar: 'weekly', count: 4 },
              { kind: 'calendar', calendar: 'monthly', count: 12 },
              { kind: 'calendar', calendar: 'yearly', count: 2 },
              { kind: 'semver', count: 3, per: 'minor' },
            ],
          },
          { patterns: ['stable'], keepers: [{ kind: 'always' }] },
        ],
        keepUntagged: [
          { kind: 'last', count: 2 },
          { kind: 'within', seconds: 43_200 },
        ],
        deleteReferrers: true,
        delaySeconds: 5_400,
        protect: ['release-.*', 'latest'],
        minKeep: 3,
        orderBy: 'created',
      },
      {
        name: 'policy 2',
        repositories: ['**'],
        keepTags: [{ patterns: [], keepers: [{ kind: 'semver', count: 5 }] }],
        keepUntagged: [],
        deleteReferrers: false,
        delaySeconds: 0,
        protect: ['latest'],
        minKeep: 0,
        orderBy: 'pushed',
      },
    ]);
  });

  test("restic's words mean the counting ones", () => {
    const ours = policyWith('keepTags: [{mostRecentlyPushedCount: 2, pushedWithin: 7d}]');
    const theirs = policyWith('keepTags: [{keepLast: 2, keepWithin: 7d}]');
    expect(policiesIn(theirs)).toEqual(policiesIn(ours));
  });

  test.each([
    [[KEEP_ONE], ['latest']],
    [['keepTags: [{patterns: [latest]}]'], []],
    [["keepTags: [{patterns: ['latest.*']}]"], ['latest']],
    [[KEEP_ONE, 'protect: []'], []],
    [
      [KEEP_ONE, 'protect: [stable]'],
      ['stable', 'latest'],
    ],
    [
      [KEEP_ONE, 'protect: [latest, stable]'],
      ['latest', 'stable'],
    ],
  ])('%j protects %j', (lines, expected) => {
    expect(policiesIn(policyWith(...lines))[0]?.protect).toEqual(expected);
  });

  test.each([
    ['true', 'all'],
    ['false', []],
    ['{keepLast: 3}', [{ kind: 'last', count: 3 }]],
  ])('keepUntagged: %s', (value, expected) => {
    expect(policiesIn(policyWith(KEEP_ONE, `keepUntagged: ${value}`))[0]?.keepUntagged).toEqual(expected);
  });

  test('aliases are followed, and their problems are found where they stand', () => {
    const shared = policyWith('keepTags: &kept', '  - keepLast: 2') + '\n  - repositories: [a]\n    keepTags: *kept';
    expect(policiesIn(shared).map(({ keepTags }) => keepTags.length)).toEqual([1, 1]);
    expect(problemsIn(shared.replace('keepLast: 2', 'keepLast: two'))).toEqual([
      '4:19 "keepLast" must be a number',
      '4:19 "keepLast" must be a number',
    ]);
  });
});

describe('what is wrong is said with its place', () => {
  const pull = 'the disk does not know pulls: a registry writes nothing when it is read from';
  test.each([
    ['', '1:1 there are no policies (policies: is a list with one at least)'],
    ['# nothing\n', '1:1 there are no policies (policies: is a list with one at least)'],
    ['policies: []', '1:11 "policies" is empty'],
    ['policies:', '1:1 there are no policies (policies: is a list with one at least)'],
    ['- a', '1:1 the file must be a map'],
    ['polices: []', '1:1 "polices" is no word of the file itself (did you mean policies?)'],
    [policyWith(KEEP_ONE, 'keepTag: []'), '4:5 "keepTag" is no word of a policy (did you mean keepTags?)'],
    [
      policyWith(KEEP_ONE, 'keep_untagged: true'),
      '4:5 "keep_untagged" is no word of a policy (did you mean keepUntagged?)',
    ],
    [
      policyWith('keepTags: [{keepLast: 1, minKeep: 2}]'),
      '3:30 "minKeep" is no word of a rule of keepTags (it belongs to a policy)',
    ],
    [
      policyWith('keepTags: [{pulledWithin: 7d, keepLast: 1}]'),
      `3:17 "pulledWithin" is refused: ${pull} (instead: pushedWithin, or --keep-digests with what is running)`,
    ],
    [
      policyWith(KEEP_ONE, 'keepUntagged: {mostRecentlyPulledCount: 1}'),
      `4:20 "mostRecentlyPulledCount" is refused: ${pull} (instead: mostRecentlyPushedCount, or --keep-digests with what is running)`,
    ],
    [
      policyWith(KEEP_ONE, 'deleteUntagged: true'),
      '4:5 "deleteUntagged" is refused: rules here only ever keep (instead: keepUntagged: true, or false)',
    ],
    [
      policyWith('keepTags: [{keepLast: 1, mostRecentlyPushedCount: 1}]'),
      '3:17 "keepLast" and "mostRecentlyPushedCount" are two words for one thing (leave one of them out)',
    ],
    [
      policyWith(KEEP_ONE, 'keepUntagged: {keepWithin: 1d, pushedWithin: 1d}'),
      '4:20 "keepWithin" and "pushedWithin" are two words for one thing (leave one of them out)',
    ],
    [policyWith('keepTags: [{keepLast: 0}]'), '3:27 "keepLast" must be 1 or more'],
    [policyWith('keepTags: [{keepLast: 1.5}]'), '3:27 "keepLast" must be a whole number'],
    [policyWith("keepTags: [{keepLast: '1'}]"), '3:27 "keepLast" must be a number'],
    [policyWith('keepTags: [{keepLast: -1}]'), '3:27 "keepLast" must be 1 or more'],
    [
      policyWith('keepTags: [{keepWithin: 30}]'),
      '3:29 "keepWithin" is not a duration (a number with a unit: s, m (minutes), h, d or w, as 90s, 1h30m or 7d; 0 needs none)',
    ],
    [
      policyWith('keepTags: [{keepWithin: 1M}]'),
      '3:29 "1M" is not a duration (a number with a unit: s, m (minutes), h, d or w, as 90s, 1h30m or 7d; 0 needs none)',
    ],
    [policyWith('keepTags: [{keepWithin: 999999w}]'), '3:29 "999999w" is longer than a hundred years'],
    [
      policyWith("keepTags: [{patterns: ['v(']}]"),
      '3:28 "v(" is no regular expression of RE2: missing closing ): `v(`',
    ],
    [policyWith('keepTags: [{patterns: []}]'), '3:27 "patterns" is empty'],
    [policyWith('keepTags: [{patterns: v1}]'), '3:27 "patterns" must be a list'],
    [policyWith('keepTags: [{keepSemver: {per: minor}}]'), '3:29 "count" is missing or empty'],
    [policyWith('keepTags: [{keepSemver: {count: 1, per: patch}}]'), '3:45 "per" must be major or minor'],
    [
      policyWith('keepTags: [{keepSemver: much}]'),
      '3:29 "keepSemver" must be a whole number from 1 up, or a map of count and per',
    ],
    [policyWith('keepTags: [{always: false}]'), '3:25 "always" must be true'],
    [policyWith(KEEP_ONE, 'keepUntagged: none'), '4:19 "keepUntagged" must be true, false or a map of rules'],
    [
      policyWith(KEEP_ONE, 'orderBy: creatd'),
      '4:14 "orderBy" must be pushed or created or semver or name (did you mean created?)',
    ],
    [policyWith(KEEP_ONE, 'minKeep: -1'), '4:14 "minKeep" must be 0 or more'],
    [policyWith(KEEP_ONE, 'name: 5'), '4:11 "name" must be a text'],
    [policyWith(KEEP_ONE, KEEP_ONE), '4:5 "keepTags" stands here twice'],
    ['policies:\n  - keepTags: [{keepLast: 1}]', '2:5 "repositories" is missing or empty'],
    [
      'policies:\n  - repositories: [!a]\n    keepTags: [{keepLast: 1}]',
      '2:20 !a is a tag of YAML, not a text (quote what begins with "!", as \'!team/old\')',
    ],
    [
      "policies:\n  - repositories: [a, '!+(a|aa)']\n    keepTags: [{keepLast: 1}]",
      '2:23 "!+(a|aa)" has "+", which is in no name and means nothing in a glob',
    ],
    ['policies: [', '1:12 no YAML: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    [
      `${policyWith(KEEP_ONE)}\n---\na: 1`,
      '4:1 no YAML: Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
  ])('%j: %s', (text, expected) => {
    expect(problemsIn(text)).toContain(expected);
  });

  test.each([
    [['minKeep: 1'], '2:5'],
    [['keepTags: []'], '3:15'],
    [['keepTags:'], '3:5'],
    [['keepTags: [{}]'], '3:16'],
    [['keepUntagged: true'], '2:5'],
    [['protect: [latest]'], '2:5'],
  ])('a policy with %j alone is empty', (lines, place) => {
    const [problem, ...rest] = problemsIn(policyWith(...lines));
    expect(problem).toContain(`${place} this policy keeps nothing: an empty policy would delete every tag (`);
    expect(rest).toEqual([]);
  });

  test('an unquoted * is explained', () => {
    const text = 'policies:\n  - repositories: [**, a]\n';
    expect(problemsIn(text)).toEqual([`2:20 ** is an alias of YAML, not a text (quote what begins with "*", as '**')`]);
    expect(problemsIn(text.replace('**', '*')).join('\n')).toContain('quote what begins with "*"');
  });

  test('all at once, in the order of the file', () => {
    const text = `
policies:
  - repositorys: [a]
    keepTags: [{pulledWithin: 1d}]
  - repositories: [b]
    keepTags: [{keepLast: 1, keepLast: 2, keepWithin: soon, pushedWithin: 1d}]
    orderBy: age
  - name: policy 1
    repositories: [c]
`;
    expect(problemsIn(text).map((problem) => problem.replace(/ \(.*/, ''))).toEqual([
      '3:5 "repositories" is missing or empty',
      '3:5 "repositorys" is no word of a policy',
      '4:17 "pulledWithin" is refused: the disk does not know pulls: a registry writes nothing when it is read from',
      '6:30 "keepLast" stands here twice',
      '6:43 "keepWithin" and "pushedWithin" are two words for one thing',
      '6:55 "soon" is not a duration',
      '7:14 "orderBy" must be pushed or created or semver or name',
      '8:5 this policy keeps nothing: an empty policy would delete every tag',
      '8:11 another policy is named "policy 1"',
    ]);
  });

  test('a failure names the file in each error', () => {
    expect(() => readPolicies('dir/p.yml', 'policies: [{}]')).toThrow(
      expect.objectContaining({
        code: 'policy-invalid',
        message:
          'dir/p.yml:1:12: "repositories" is missing or empty\n' +
          'dir/p.yml:1:12: this policy keeps nothing: an empty policy would delete every tag',
      }),
    );
  });

  test('hostile files end at once', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let at = 1; at < 9; at++) {
      const [name, before] = [String.fromCharCode(97 + at), String.fromCharCode(96 + at)];
      bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`);
    }
    expect(problemsIn(bomb.join('\n'))).not.toEqual([]);
    expect(problemsIn('['.repeat(5_000))).not.toEqual([]);
    expect(problemsIn('x'.repeat(2_000_000))).toEqual(['1:1 the file is longer than 1000000 characters']);
    expect(problemsIn('policies:\n  - &a [*a]')).not.toEqual([]);
    expect(problemsIn('__proto__: 1\nconstructor: 2').length).toBeGreaterThan(1);
  });
});
