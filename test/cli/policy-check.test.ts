/** `regsweep policy check FILE`: no volume is asked for, and everything that is wrong is said. */
import { expect, test } from 'vitest';
import { runProgram } from '../../src/cli/run-program.ts';
import { memoryContext } from '../support/memory-stream.ts';
import { temporaryFile } from '../support/temporary.ts';

async function check(text: string, ...argv: string[]) {
  const file = temporaryFile('policy.yml', text);
  const context = memoryContext();
  const status = await runProgram(['policy', 'check', file, ...argv], context);
  const without = (said: string) => said.replaceAll(file, 'policy.yml');
  return { status, stdout: without(context.stdout.text), stderr: without(context.stderr.text) };
}

const TEXT = `
policies:
  - name: releases
    repositories: [team/**, '!team/old']
    keepTags:
      - patterns: ['v.*', '!.*-rc']
        mostRecentlyPushedCount: 10
        pushedWithin: 30d
        keepHourly: 1
        keepSemver: {count: 3, per: minor}
      - patterns: [stable]
    keepUntagged: {keepLast: 2, keepWithin: 12h}
    deleteReferrers: true
    delay: 1h30m
    minKeep: 1
  - repositories: ['!**/x']
    keepTags: [{keepLast: 2, always: true}]
    keepUntagged: true
    protect: []
    orderBy: semver
`;

test('a policy in plain words', async () => {
  expect(await check(TEXT)).toEqual({
    status: 0,
    stderr: '',
    stdout: `Policies  policy.yml: 2 policies

1. releases
   in         team/**, but not team/old
   keeps      of the tags v.* !.*-rc: the 10 images last pushed; those pushed within 30d; one image
              of each of the last 1 hour with any; the 3 highest versions of each minor version
   keeps      of the tags stable: all
   keeps      of the tags latest: all, whatever the rules say
   keeps      1 image of each repository at least
   untagged   revisions without a tag go, but for the 2 images last pushed; those pushed within 12h
   referrers  signatures and other referrers go with their subject
   delay      untagged revisions and referrers go only when older than 90m

2. policy 2
   in         all repositories, but not **/x
   keeps      of all tags: all; the 2 images of the highest version
   untagged   all revisions without a tag stay
   referrers  signatures and other referrers stay

A repository obeys the first policy that matches it; one that none matches keeps everything.
`,
  });
});

test('as JSON, valid', async () => {
  const { status, stdout, stderr } = await check(TEXT, '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'regsweep.policy/1',
    file: 'policy.yml',
    valid: true,
    policies: [
      {
        name: 'releases',
        repositories: ['team/**', '!team/old'],
        keepTags: [
          {
            patterns: ['v.* !.*-rc'],
            keep: [
              { kind: 'last', count: 10 },
              { kind: 'within', seconds: 2_592_000 },
              { kind: 'calendar', calendar: 'hourly', count: 1 },
              { kind: 'semver', count: 3, per: 'minor' },
            ],
          },
          { patterns: ['stable'], keep: [{ kind: 'always' }] },
        ],
        delaySeconds: 5_400,
        protect: ['latest'],
      },
      { name: 'policy 2', keepUntagged: 'all', protect: [], orderBy: 'semver' },
    ],
    problems: [],
  });
});

const WRONG = "policies:\n  - repositories: ['**']\n    keepTag: [{keepLast: 1}]\n";

test('all that is wrong: status 2, each with its place, nothing on stdout', async () => {
  expect(await check(WRONG)).toEqual({
    status: 2,
    stdout: '',
    stderr: `error: policy.yml:2:5: this policy keeps nothing: an empty policy would delete every tag
hint: say in keepTags what stays; to keep everything, let no policy match the repository
error: policy.yml:3:5: "keepTag" is no word of a policy
hint: did you mean keepTags?
`,
  });
});

test('as JSON, wrong: the problems are data, and on stderr too', async () => {
  const { status, stdout, stderr } = await check(WRONG, '--json');
  expect(status).toBe(2);
  expect(stderr).toContain('policy.yml:3:5:');
  expect(JSON.parse(stdout)).toMatchObject({
    valid: false,
    policies: [],
    problems: [
      { line: 2, column: 5, hint: expect.any(String) as string },
      { line: 3, column: 5, message: '"keepTag" is no word of a policy', hint: 'did you mean keepTags?' },
    ],
  });
});

test('an order by when images were created is said, and what becomes of those that do not say it', async () => {
  const file = `policies:
  - repositories: ['**']
    protect: []
    orderBy: created
    keepTags: [{keepLast: 2, keepWithin: 12h, keepDaily: 7}]
    keepUntagged: {keepLast: 3}
`;
  expect((await check(file)).stdout).toBe(`Policies  policy.yml: 1 policy

1. policy 1
   in         **
   keeps      of all tags: the 2 images last created; those pushed within 12h; one image of each of
              the last 7 days with any, by when they were created
   order      by when images were created, as they say themselves; one that does not say so stays,
              and does not count
   untagged   revisions without a tag go, but for the 3 images last created
   referrers  signatures and other referrers stay

A repository obeys the first policy that matches it; one that none matches keeps everything.
`);
});

test('a hostile file is escaped', async () => {
  const { stderr } = await check('"\\e[2J": 1');
  expect(stderr).toContain(String.raw`\x1b[2J`);
  expect(stderr).not.toContain('\u001b');
});

test.each([
  [['policy'], 'regsweep policy check FILE, or regsweep policy import FILE'],
  [['policy', 'check'], 'FILE is missing'],
  [['policy', 'chek', 'a.yml'], 'did you mean policy check?'],
  [['policy', 'check', 'a.yml', 'b.yml'], 'Unknown argument: b.yml'],
  [['policy', 'check', '/nowhere.yml'], '/nowhere.yml cannot be read'],
])('%j is status 2', async (argv, message) => {
  const context = memoryContext();
  expect(await runProgram(argv, context)).toBe(2);
  expect(context.stderr.text).toContain(message);
  expect(context.stdout.text).toBe('');
});
