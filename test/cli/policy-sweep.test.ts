/** Sweeping by a policy. */
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPlanLines, splitLines } from '../../src/gc/plan-file.ts';
import { revisionLink, tagCurrentLink } from '../../src/layout/paths.ts';
import { layer } from '../support/content.ts';
import { cosignSignature, cosignTag, image, index, MEDIA, rawContent, type Pushable } from '../support/images.ts';
import { APPLY, APPLY_FILE, codesOf, OperatedVolume } from '../support/operated-volume.ts';
import { changedPaths } from '../support/snapshot.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
import { brokenThings, lostBetween, wholeOf } from '../support/whole.ts';

const BASE = layer('base', 9000);
const build = (name: string): Pushable => image({ name, layers: [BASE, layer(name)] });
const [V1, V2, V3] = ['v1', 'v2', 'v3'].map(build) as [Pushable, Pushable, Pushable];
const V4 = index([{ manifest: build('amd') }, { manifest: build('arm') }]);
const OTHER = build('other');
const SIGNED = [V1, V3].map((of) => ({ tag: cosignTag(of.digest), signature: cosignSignature(of) }));

/** `app` has four releases, a day between them, two of them signed; `latest` names the second, `stable` the third. */
function policyVolume(): OperatedVolume {
  const root = join(temporaryFolder('policy'), 'registry');
  const tree = createTree(root);
  const pushed = [V1, V2, V3, V4].map((of, at) => [`v${at + 1}`, of] as const);
  for (const [tag, of] of pushed) tree.push('app', tag, of);
  tree.push('app', 'latest', V2);
  tree.push('app', 'stable', V3);
  for (const { tag, signature } of SIGNED) tree.push('app', tag, signature);
  tree.push('other', 'only', OTHER);
  tree.age(24 * 60);
  for (const [at, [tag]] of pushed.entries()) tree.pushedAt('app', tag, 30 - at);
  return new OperatedVolume(root);
}

/** What `--keep-last 2` takes: one release, with its signature. */
const GONE = ['app:v1', `app:${SIGNED[0]?.tag ?? ''}`];

describe('a sweep with --keep-last 2', () => {
  it('takes what is not among the last two images, and leaves every other tag whole', async () => {
    const volume = policyVolume();
    const before = wholeOf(volume.root);
    const { status, mode, plan } = await volume.json('sweep', '--keep-last', '2', '--repo', 'app');
    expect({ status, mode, tags: plan.tags.count }).toEqual({ status: 0, mode: 'policy', tags: 3 });
    await volume.carriedOut('sweep', '--keep-last', '2', '--repo', 'app');
    const after = wholeOf(volume.root);
    // `latest` keeps the image of v2, whose other tag goes.
    expect(lostBetween(before, after, [...GONE, 'app:v2'])).toEqual([]);
    expect(brokenThings(volume.root)).toEqual([]);
    expect([...after.tags.keys()].sort()).toEqual(
      ['app:latest', `app:${SIGNED[1]?.tag ?? ''}`, 'app:stable', 'app:v3', 'app:v4', 'other:only'].sort(),
    );
    const again = await volume.json('sweep', '--keep-last', '2', '--repo', 'app', '--min-age', '0');
    expect(again.plan.actions).toBe(0);
  });

  it('can be taken back', async () => {
    const volume = policyVolume();
    const before = volume.layout();
    const { run } = await volume.carriedOut('sweep', '--keep-last', '1');
    await volume.json('restore', run, '--registry-stopped', '--min-age', '0');
    expect(volume.changedSince(before)).toEqual([]);
  });

  it('counts what the report and the plan do, each tag with why nothing keeps it', async () => {
    const volume = policyVolume();
    const options = ['--keep-last', '2'];
    const { actions, ...counted } = (await volume.json('sweep', ...options)).plan;
    const report = await volume.json('report', ...options);
    expect(report.mode).toBe('policy');
    expect(report.reclaimable).toEqual(counted);
    const plan = readPlanLines(splitLines([Buffer.from((await volume.run('plan', ...options)).stdout)]));
    expect(plan.header).toMatchObject({ mode: 'policy', policy: { rules: { keepLast: 2 } } });
    const lines = [...plan.actions];
    expect(lines).toHaveLength(actions);
    const tags = lines.filter(({ kind }) => kind === 'tag');
    // A signature goes after its image.
    expect(tags.map(({ tag, reason }) => [tag, reason.text])).toEqual([
      ['v1', 'no rule of the policy keeps it: last 2: it is image 4'],
      ['v2', 'no rule of the policy keeps it: last 2: it is image 3'],
      [SIGNED[0]?.tag, 'no rule of the policy keeps it: what it is about goes'],
    ]);
  });

  it('is refused for a pull-through cache, until --tags-are-complete', async () => {
    const volume = policyVolume();
    writeFileSync(join(volume.root, 'scheduler-state.json'), '{}');
    expect(codesOf(await volume.json('sweep', '--keep-last', '2', ...APPLY))).toEqual(['tags-may-be-incomplete']);
  });
});

describe('a plan file that a policy made', () => {
  it('is carried out, to the last action', async () => {
    const volume = policyVolume();
    const before = wholeOf(volume.root);
    const path = join(temporaryFolder('plan'), 'plan.ndjson');
    await volume.run('plan', '--keep-last', '2', '--min-age', '0', '-o', path);
    const result = await volume.json('sweep', '--plan', path, ...APPLY_FILE);
    expect(result).toMatchObject({ status: 0, mode: 'policy', notInPlan: [], refusals: [] });
    expect(lostBetween(before, wholeOf(volume.root), [...GONE, 'app:v2'])).toEqual([]);
    expect((await volume.json('sweep', '--keep-last', '2', '--min-age', '0')).plan.actions).toBe(0);
  });

  it('does not take a tag that was pushed again meanwhile, nor what signs it', async () => {
    const volume = policyVolume();
    const before = wholeOf(volume.root);
    const path = join(temporaryFolder('plan'), 'plan.ndjson');
    await volume.run('plan', '--keep-last', '2', '--min-age', '0', '-o', path);
    volume.tree().pushedAt('app', 'v1', 0);
    const result = await volume.json('sweep', '--plan', path, ...APPLY);
    expect(result.status, JSON.stringify(result.refusals)).toBe(0);
    expect(lostBetween(before, wholeOf(volume.root), ['app:v2'])).toEqual([]);
  });
});

describe('a policy file', () => {
  it('governs what it names; all else is as without it', async () => {
    const volume = policyVolume();
    const policy = temporaryFile(
      'policy.yml',
      'policies:\n  - repositories: ["app"]\n    deleteReferrers: true\n    keepTags:\n      - patterns: ["v.*"]\n        mostRecentlyPushedCount: 1\n',
    );
    const report = await volume.json('report', '--policy', policy, '--explain');
    expect(report.retention?.map(({ repository }) => repository)).toEqual(['app']);
    const kept = report.retention?.[0]?.tags.filter((tag) => tag.kept);
    expect(kept?.map(({ tag, reasons }) => [tag, reasons])).toEqual([
      ['v4', ['last 1 of 1']],
      ['latest', ['protected']],
    ]);
    await volume.carriedOut('sweep', '--policy', policy);
    expect([...wholeOf(volume.root).tags.keys()].sort()).toEqual(['app:latest', 'app:v4', 'other:only']);
    expect(brokenThings(volume.root)).toEqual([]);
  });
});

it('a policy that no repository obeys is told: its globs have a slip, or one before it takes all', async () => {
  const keep = '\n    keepTags: [{ keepLast: 9 }]\n';
  const text = `policies:\n  - name: slip\n    repositories: [ap]${keep}  - repositories: ["**"]${keep}  - name: late\n    repositories: [app]${keep}`;
  const { status, stderr } = await policyVolume().run('report', '--policy', temporaryFile('p.yml', text));
  expect(status).toBe(0);
  expect(stderr).toBe(
    ['slip', 'late']
      .map((name) => `warning: no repository obeys the policy "${name}": none matches it first\n`)
      .join(''),
  );
});

describe('--explain', () => {
  it('shows a table for each repository, and needs no volume once there is an index', async () => {
    const volume = policyVolume();
    await volume.run('scan');
    const before = volume.everything();
    const { stdout, status } = await volume.run('report', '--no-scan', '--keep-last', '2', '--explain');
    expect(status).toBe(0);
    expect(stdout).toContain('Tags of app  by command line: 5 tags stay, 3 go');
    expect(stdout).toMatch(/keep {2}stable .* last 2 of 2, same imag/);
    expect(stdout).toMatch(/go {4}v1 .* last 2: it is image 4/);
    expect(changedPaths(before, volume.everything())).toEqual([]);
  });
});

describe('what is running', () => {
  /** Keeps nothing but what runs, by this file. */
  const keeping = (running: string): readonly string[] => ['--keep-tag', 'nothing', '--keep-digests', running];

  it('stays, and so does the index that holds it', async () => {
    const volume = policyVolume();
    const child = V4.children[0]?.digest ?? '';
    const running = temporaryFile('running', `registry.example/app@${child}\n${V1.digest}\n`);
    const { retention } = await volume.json('report', ...keeping(running), '--explain');
    const kept = retention?.flatMap(({ repository, tags }) =>
      tags.filter((tag) => tag.kept).map(({ tag, reasons }) => `${repository}:${tag} ${reasons.join()}`),
    );
    expect(kept).toEqual([
      'app:v4 digest in use',
      'app:v1 digest in use',
      'app:latest protected',
      `app:${SIGNED[0]?.tag ?? ''} what it is about stays`,
    ]);
  });

  it('stays, and so does an index that does not say what it holds', async () => {
    const root = join(temporaryFolder('policy'), 'registry');
    const { digest, bytes } = V1;
    const plain = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [{ digest, size: bytes.length }] }));
    const tree = createTree(root);
    tree.push('app', 'all', { ...rawContent(MEDIA.ociIndex, plain), blobs: [], children: [V1] });
    tree.age(24 * 60);
    const volume = new OperatedVolume(root);
    const running = temporaryFile('running', digest);
    const { plan } = await volume.json('sweep', ...keeping(running));
    expect(plan.tags.count).toBe(0);
    expect((await volume.json('sweep', '--keep-tag', 'nothing')).plan.tags.count).toBe(1);
  });

  it('stays where it is told by image ids, as docker gives them: the digests of configs', async () => {
    const volume = policyVolume();
    const configOf = (one: Pushable): string =>
      one.blobs.find(({ mediaType }) => mediaType.includes('image.v1'))?.digest ?? '';
    const [arm] = V4.children.slice(-1).map(configOf);
    const running = temporaryFile('ids', `docker://${configOf(V1)}\n${arm ?? ''}\n`);
    const { retention } = await volume.json('report', ...keeping(running), '--explain');
    const kept = retention?.flatMap(({ tags }) =>
      tags.filter(({ reasons }) => reasons.includes('digest in use')).map(({ tag }) => tag),
    );
    expect(kept).toEqual(['v4', 'v1']);
  });

  it('stays where it is told by tags: what they name, and what they named when it was pulled', async () => {
    const root = join(temporaryFolder('policy'), 'registry');
    const tree = createTree(root);
    tree.push('team/app', 'moved', V1);
    tree.push('team/app', 'moved', V2);
    tree.push('team/app', 'still', V3);
    tree.push('app', 'idle', OTHER);
    tree.age(24 * 60);
    const volume = new OperatedVolume(root);
    const before = wholeOf(root);
    const running = temporaryFile('running', 'reg.example:5000/team/app:moved\nreg.example/team/app:still\n');
    await volume.carriedOut('sweep', ...keeping(running));
    expect(lostBetween(before, wholeOf(root), ['app:idle'])).toEqual([]);
    for (const { digest } of [V1, V2, V3]) expect(existsSync(tree.path(revisionLink('team/app', digest)))).toBe(true);
    expect(existsSync(tree.path(tagCurrentLink('app', 'idle')))).toBe(false);
  });
});

describe('is refused as usage', () => {
  it.each([
    [['--keep-last', '2', '--untagged'], 'contradict'],
    [['--keep-last', '0'], 'whole number'],
    [['--keep-within', '30'], 'not a duration'],
    [['--keep-tag', '(?=x)'], 'RE2'],
    [['--keep-semver-per', 'major'], '--keep-semver'],
    [['--trust-times'], 'no policy by itself'],
    [['--explain'], 'there is none'],
  ])('%s', async (options, message) => {
    const { status, stderr } = await policyVolume().run('report', ...options);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  it('a file of what runs that names nothing, as a command leaves that failed', async () => {
    const empty = ['--keep-digests', temporaryFile('running', '\n# none\n')];
    const refused = await policyVolume().run('report', '--keep-last', '2', ...empty);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('names no image');
  });

  it('a policy file and rules at once', async () => {
    const volume = policyVolume();
    const policy = temporaryFile('p.yml', 'policies:\n  - repositories: ["**"]\n    keepTags:\n      - keepLast: 1\n');
    const both = await volume.run('report', '--policy', policy, '--keep-last', '2');
    expect(both).toMatchObject({ status: 2 });
    expect(both.stderr).toContain('leave out');
  });

  it('an order by times that a copy has flattened, naming the repositories; --trust-times lets it pass', async () => {
    const root = join(temporaryFolder('flat'), 'registry');
    mkdirSync(root);
    const tree = createTree(root);
    for (let at = 1; at <= 12; at++) tree.push('flat/app', `v${at}`, build(`flat ${at}`));
    tree.push('few', 'v1', V1);
    tree.age(48);
    const volume = new OperatedVolume(root);
    const refused = await volume.run('sweep', '--keep-last', '2');
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('flat/app');
    expect(refused.stderr).not.toContain('few');
    expect((await volume.json('sweep', '--keep-last', '2', '--trust-times')).plan.tags.count).toBe(10);
    expect((await volume.json('sweep', '--keep-last', '2', '--repo', 'few')).status).toBe(0);
    expect((await volume.json('sweep', '--keep-tag', 'v1|v2')).plan.tags.count).toBe(10);
  });

  it('the same of revisions that no tag names, where a rule counts those by push times', async () => {
    const root = join(temporaryFolder('flat'), 'registry');
    const tree = createTree(root);
    for (let at = 1; at <= 12; at++) tree.push('flat/app', 'ci', build(`flat ${at}`));
    // An index is one image, however many platforms it has.
    const platforms = Array.from({ length: 12 }, (_, at) => ({ manifest: build(`platform ${at}`) }));
    tree.push('multi', 'ci', index(platforms));
    tree.push('multi', 'ci', V1);
    tree.age(48);
    const volume = new OperatedVolume(root);
    const keeping = (untagged: string): string[] => [
      '--policy',
      temporaryFile(
        'p.yml',
        `policies:\n  - repositories: ["**"]\n    keepTags: [{ always: true }]\n    keepUntagged: ${untagged}\n`,
      ),
    ];
    const byCount = keeping('{ mostRecentlyPushedCount: 2 }');
    const refused = await volume.run('sweep', ...byCount);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('flat/app');
    expect(refused.stderr).not.toContain('multi');
    expect((await volume.json('sweep', ...byCount, '--trust-times')).plan.revisions.count).toBe(9);
    expect((await volume.json('sweep', ...keeping('false'))).plan.revisions.count).toBe(24);
  });
});

describe('revisions that no tag names', () => {
  it('stay where a rule goes by their push times and those are none: before the layout was made nobody pushed', async () => {
    const root = join(temporaryFolder('lost'), 'registry');
    const tree = createTree(root);
    for (const one of [V1, V2, V3]) tree.push('app', 'ci', one);
    tree.age(48);
    for (const { digest } of [V1, V2]) utimesSync(tree.path(revisionLink('app', digest)), 0, 0);
    const volume = new OperatedVolume(root);
    const text =
      'policies:\n  - repositories: [app]\n    keepTags: [{ always: true }]\n    keepUntagged: { pushedWithin: 7d }\n';
    const policy = ['--policy', temporaryFile('p.yml', text)];
    expect((await volume.json('sweep', ...policy)).plan.revisions.count).toBe(0);
    expect((await volume.json('sweep', ...policy, '--trust-times')).plan.revisions.count).toBe(2);
  });
});
