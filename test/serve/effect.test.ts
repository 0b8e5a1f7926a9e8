/** What the page says that goes is what `rm`, `sweep` and `plan` say, byte for byte. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../scripts/registry-generator/random.ts';
import type { Effect, RepositoryAnswer, RepositoryPage, Selection } from '../../src/report/model-serve.ts';
import type { SweepResult } from '../../src/report/model-sweep.ts';
import { quoteShellWord } from '../../src/report/escape.ts';
import { copyFixture } from '../support/fixture.ts';
import { APPLY, OperatedVolume } from '../support/operated-volume.ts';
import { pageOf, usePage, type Page } from '../support/page.ts';
import { NAMES, pushRandomly } from '../support/random-registry.ts';
import { createTree } from '../support/tree.ts';
import { lostBetween, wholeOf } from '../support/whole.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary.ts';

/** Of the result of a dry run what the page says, too. */
function asEffect({ plan, refusals }: SweepResult): Partial<Effect> {
  const { actions, total, blobs, revisions, tags, tagIndexEntries, layerLinks, uploads, emptyDirectories } = plan;
  const { bytes, diskBytes, inodes } = total;
  return {
    actions,
    freed: { bytes, diskBytes: diskBytes ?? NaN, inodes },
    counts: { blobs, revisions, tags, tagIndexEntries, layerLinks, uploads, emptyDirectories },
    refusals: refusals.map(({ message, hint }) => (hint === undefined ? message : `${message}: ${hint}`)),
  };
}

async function dryRun(volume: OperatedVolume, selection: Selection): Promise<SweepResult> {
  switch (selection.kind) {
    case 'references':
      return volume.json('rm', ...selection.references, '--min-age', '0');
    case 'mode':
      return volume.json('sweep', '--min-age', '0', ...(selection.mode === 'untagged' ? ['--untagged'] : []));
    case 'policy':
      return volume.json('sweep', '--min-age', '0', '--policy', temporaryFile('policy.yml', selection.text));
  }
}

async function expectSame(page: Page, volume: OperatedVolume, selection: Selection): Promise<void> {
  const effect = await page.effect(selection);
  expect(effect, JSON.stringify(selection)).toMatchObject({
    possible: true,
    unstated: 0,
    ...asEffect(await dryRun(volume, selection)),
  });
}

const POLICIES = [
  'policies:\n  - repositories: ["**"]\n    keepTags: [{ keepLast: 1 }]\n',
  'policies:\n  - repositories: ["**"]\n    deleteReferrers: true\n    keepTags: [{ patterns: ["v.*"] }]\n    keepUntagged: true\n',
];

describe('the fixture', () => {
  let volume: OperatedVolume;
  beforeAll(async () => {
    volume = new OperatedVolume(await copyFixture());
  });
  const page = usePage(() => volume.root, '--min-age', '0');

  it.each<Selection>([
    { kind: 'mode', mode: 'revisions' },
    { kind: 'mode', mode: 'untagged' },
    { kind: 'references', references: ['app:1.0', 'app:stable'] },
    { kind: 'references', references: ['app:0.9', 'app:1.0'] },
    { kind: 'references', references: ['**'] },
    ...POLICIES.map((text) => ({ kind: 'policy', text }) as const),
  ])('as the command line says: %o', async (selection) => {
    await expectSame(page(), volume, selection);
  });

  it('two tags that share a layer free more together than one by one', async () => {
    const bytesOf = async (...references: readonly string[]): Promise<number> =>
      (await page().effect({ kind: 'references', references })).counts.blobs.bytes;
    const [one, other, both] = [
      await bytesOf('app:1.0'),
      await bytesOf('app:stable'),
      await bytesOf('app:1.0', 'app:stable'),
    ];
    expect([one, other]).toEqual([0, 0]);
    expect(both).toBeGreaterThan(0);
  });

  it('the downloaded plan is that of the command line, and sweep accepts it', async () => {
    for (const [selection, words] of [
      [{ kind: 'mode', mode: 'untagged' }, ['--untagged']],
      [{ kind: 'policy', text: POLICIES[0] ?? '' }, ['--policy', temporaryFile('policy.yml', POLICIES[0] ?? '')]],
    ] as const) {
      const answer = await page().post('/api/plan', selection);
      expect(answer.headers.get('content-disposition')).toBe('attachment; filename="regsweep-plan.ndjson"');
      const [header = '', ...lines] = (await answer.text()).split('\n');
      const made = await volume.run('plan', '--min-age', '0', ...words, '-o', '-');
      const [own = '', ...ownLines] = made.stdout.split('\n');
      expect(lines.slice(0, -2)).toEqual(ownLines.slice(0, -2));
      const stated = (text: string): unknown => ({ ...(JSON.parse(text) as object), createdAt: '', policy: '' });
      expect(stated(header)).toEqual(stated(own));
    }
    const file = await downloaded(page(), { kind: 'references', references: ['app:1.0', 'app:stable'] });
    const effect = await page().effect({ kind: 'references', references: ['app:1.0', 'app:stable'] });
    const { plan, mode, notInPlan } = await volume.json('sweep', '--plan', file);
    expect({ mode, notInPlan, actions: plan.actions }).toEqual({ mode: 'rm', notInPlan: [], actions: effect.actions });
  });

  it.each<readonly [Selection, RegExp]>([
    [{ kind: 'references', references: ['app:1.0', 'app:nothing'] }, /there is no tag nothing in that repository/],
    [{ kind: 'references', references: ['ap'] }, /there is no repository ap.*did you mean app\?/],
    [{ kind: 'references', references: ['--apply'] }, /--apply names no tag, revision or repository/],
    [{ kind: 'policy', text: 'policies: 1' }, /^1:11: /],
    [{ kind: 'policy', text: 'policies:\n  - repositories: ["**"]\n    keepTag: 1\n' }, /^\d+:\d+: /],
  ])('says why nothing can be planned: %o', async (selection, why) => {
    const effect = await page().effect(selection);
    expect(effect).toMatchObject({ possible: false, actions: 0, freed: { bytes: 0, diskBytes: 0, inodes: 0 } });
    expect(effect.refusals[0]).toMatch(why);
    expect((await page().post('/api/plan', selection)).status).toBe(400);
  });

  it('shows a command that says the same', async () => {
    const own = await pageOf(volume.root, '--min-age', '0', '--uploads-older-than', 'never');
    await own.untilIdle();
    const { command } = await own.effect({ kind: 'references', references: ['app:1.0'] });
    expect(command).toBe(`regsweep rm ${volume.root} app:1.0 --min-age 0 --db ${own.database}`);
    const policy = await own.effect({ kind: 'policy', text: POLICIES[0] ?? '' });
    expect(policy.command).toBe(
      `regsweep sweep ${volume.root} --policy policy.yml --uploads-older-than never --min-age 0 --db ${own.database}`,
    );
    expect(policy.tagsGoing + policy.tagsKept).toBeGreaterThan(5);
    expect(policy.tags.find(({ kept }) => !kept)?.reasons.length).toBeGreaterThan(0);
  });

  it.each(['--x;touch y', '--$(touch y)', "--a'b", '--\nrm'])(
    'quotes in a command what is spelled as an option: %j',
    async (name) => {
      const page = await pageOf(volume.root, '--min-age', '0');
      await page.untilIdle();
      const { command } = await page.effect({ kind: 'references', references: [name] });
      expect(command).toContain(` ${quoteShellWord(name)} `);
    },
  );
});

it('a downloaded plan goes on where part of it is gone already', async () => {
  const volume = new OperatedVolume(await copyFixture());
  const before = wholeOf(volume.root);
  const page = await pageOf(volume.root, '--min-age', '0');
  await page.untilIdle();
  const file = await downloaded(page, { kind: 'references', references: ['app:0.9', 'app:stable'] });
  await volume.carriedOut('rm', 'app:0.9');
  const { status, notInPlan, done } = await volume.json('sweep', '--plan', file, ...APPLY);
  expect(status).toBe(0);
  expect(notInPlan.map(({ path }) => path)).toContain('repositories/app/_manifests/tags/0.9');
  expect(done?.actions).toBe(1);
  expect(lostBetween(before, wholeOf(volume.root), ['app:0.9', 'app:stable'])).toEqual([]);
});

describe('random registries', () => {
  it.each([11, 12, 13, 14, 15])('of seed %i: as the command line says', async (seed) => {
    const random = createRandom(seed, 'page');
    const tree = createTree(join(temporaryFolder('random'), 'registry'));
    for (const salt of ['', 'other ']) pushRandomly({ tree, random, names: NAMES, salt });
    const volume = new OperatedVolume(tree.root);
    const page = await pageOf(volume.root, '--min-age', '0');
    await page.untilIdle();
    const { rows } = await page.get<RepositoryPage>('/api/repositories');
    const names = rows.map(({ name }) => name).filter((name) => !name.startsWith('('));
    const answers = await Promise.all(
      names.map((name) => page.get<RepositoryAnswer>(`/api/repository?name=${encodeURIComponent(name)}`)),
    );
    const all = answers.flatMap(({ repository, tags, revisions }) => [
      ...tags.map(({ tag }) => `${repository}:${tag}`),
      ...revisions.map(({ digest }) => `${repository}@${digest}`),
    ]);
    const some = all.filter(() => random.chance(0.4));
    const selections: readonly Selection[] = [
      { kind: 'mode', mode: 'revisions' },
      { kind: 'mode', mode: 'untagged' },
      { kind: 'references', references: some.length === 0 ? all : some },
      { kind: 'references', references: [random.pick(all as [string, ...string[]])] },
      { kind: 'references', references: [random.pick(names as [string, ...string[]])] },
      ...POLICIES.map((text) => ({ kind: 'policy', text }) as const),
    ];
    for (const selection of selections) await expectSame(page, volume, selection);
  });
});

async function downloaded(page: Page, selection: Selection): Promise<string> {
  const file = join(temporaryFolder('downloaded'), 'plan.ndjson');
  writeFileSync(file, await (await page.post('/api/plan', selection)).text());
  return file;
}
