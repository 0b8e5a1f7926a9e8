/** `orderBy: created`: on a volume whose push times a copy has lost, and beside one where they are. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layer } from '../support/content.ts';
import { artifact, image, index, rawContent, type Pushable } from '../support/images.ts';
import { APPLY_FILE, OperatedVolume } from '../support/operated-volume.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
import { brokenThings, lostBetween, wholeOf, type Whole } from '../support/whole.ts';

const BASE = layer('base', 9000);

function build(name: string, created: string | null): Pushable {
  return image({ name, layers: [BASE, layer(name)], format: 'oci', created });
}

/** So many releases, `v1` the first, a day between them; and what says no time that can be true. */
const RELEASES = Array.from({ length: 12 }, (_, at) => ({
  tag: `v${at + 1}`,
  image: build(`v${at + 1}`, new Date(Date.UTC(2025, 0, at + 1)).toISOString()),
}));
const MULTI = index([
  { manifest: build('amd', '2025-02-01T00:00:00Z') },
  { manifest: build('arm', '1970-01-01T00:00:00Z') },
]);
const UNDATED = {
  epoch: build('epoch', '1970-01-01T00:00:00Z'),
  zip: build('zip', '1980-01-01T00:00:00Z'),
  future: build('future', '2999-01-01T00:00:00Z'),
  silent: build('silent', null),
  chart: artifact({ artifactType: 'application/x', content: rawContent('application/x', Buffer.from('chart')) }),
};
const STAYS = ['multi', 'v12', ...Object.keys(UNDATED)];
const GOES = RELEASES.map(({ tag }) => tag).filter((tag) => tag !== 'v12');

/** Written in one go, and long ago: as a copy without times leaves it. */
function flattened(): OperatedVolume {
  const root = join(temporaryFolder('created'), 'registry');
  const tree = createTree(root);
  for (const { tag, image: one } of RELEASES.toReversed()) tree.push('app', tag, one);
  tree.push('app', 'multi', MULTI);
  for (const [tag, one] of Object.entries(UNDATED)) tree.push('app', tag, one);
  tree.push('other', 'only', build('other', '2024-01-01T00:00:00Z'));
  tree.age(24 * 60);
  return new OperatedVolume(root);
}

function policyFile(rule: string, order = 'created'): string {
  const text = `policies:\n  - repositories: [app]\n    protect: []\n    deleteReferrers: true\n    orderBy: ${order}\n`;
  return temporaryFile('policy.yml', `${text}    keepTags: [${rule}]\n`);
}

async function explained(volume: OperatedVolume, policy: string, ...more: readonly string[]) {
  const { retention } = await volume.json('report', '--policy', policy, '--explain', ...more);
  return retention?.[0]?.tags ?? [];
}

function expectOnlyTheOldestWent(volume: OperatedVolume, before: Whole): void {
  const after = wholeOf(volume.root);
  expect([...after.tags.keys()].sort()).toEqual([...STAYS.map((tag) => `app:${tag}`), 'other:only'].sort());
  const gone = GOES.map((tag) => `app:${tag}`);
  expect(lostBetween(before, after, gone)).toEqual([]);
  expect(brokenThings(volume.root)).toEqual([]);
}

describe('where a copy has lost all push times', () => {
  it('an order by them is refused, and says what to order by; one by creation is not', async () => {
    const volume = flattened();
    const refused = await volume.run('report', '--policy', policyFile('{ keepLast: 2 }', 'pushed'));
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('orderBy: created');
    const { plan } = await volume.json('sweep', '--policy', policyFile('{ keepLast: 2 }'));
    expect(plan.tags.count).toBe(GOES.length);
  });

  it('what was pushed within some time is still refused: that goes by push times in any order', async () => {
    const volume = flattened();
    const policy = policyFile('{ keepLast: 2, pushedWithin: 7d }');
    expect(await volume.run('report', '--policy', policy)).toMatchObject({ status: 2, stdout: '' });
    expect((await explained(volume, policy, '--trust-times')).length).toBeGreaterThan(0);
  });

  it('every tag is explained, the newest first; what does not say when it was created stays beside the count', async () => {
    const tags = await explained(flattened(), policyFile('{ keepLast: 2, keepYearly: 1 }'));
    expect(tags.map(({ tag, kept, createdAt, reasons }) => [tag, kept, createdAt, reasons.join('; ')])).toEqual([
      ['future', true, '2999-01-01T00:00:00.000Z', 'created in the future: 2999-01-01'],
      ['multi', true, '2025-02-01T00:00:00.000Z', 'last 1 of 2; yearly 1 of 1: 2025'],
      ['v12', true, '2025-01-12T00:00:00.000Z', 'last 2 of 2'],
      ...GOES.toReversed().map((tag) => {
        const at = Number(tag.slice(1));
        const time = new Date(Date.UTC(2025, 0, at)).toISOString();
        return [tag, false, time, `last 2: it is image ${14 - at}; yearly 1: 2025 has a newer one`];
      }),
      ['zip', true, '1980-01-01T00:00:00.000Z', 'no image is as old as it says: 1980-01-01'],
      ['epoch', true, '1970-01-01T00:00:00.000Z', 'no image is as old as it says: 1970-01-01'],
      ['chart', true, null, 'nothing says when it was created'],
      ['silent', true, null, 'nothing says when it was created'],
    ]);
  });

  it('the table shows when each was created', async () => {
    const { stdout } = await flattened().run('report', '--policy', policyFile('{ keepLast: 2 }'), '--explain');
    expect(stdout).toMatch(/tag +created +digest +because/);
    expect(stdout).toMatch(/keep {2}multi +2025-02-01 00:00 .* last 1 of 2/);
  });

  it('so does the CSV, beside when it was pushed', async () => {
    const policy = policyFile('{ keepLast: 2 }');
    const { stdout } = await flattened().run('report', '--policy', policy, '--explain', '--format', 'csv');
    expect(stdout).toMatch(/^repository,policy,tag,digest,pushedAt,createdAt,fate,reasons\r\n/);
    expect(stdout).toMatch(/,multi,sha256:[0-9a-f]+,20[^,]+Z,2025-02-01T00:00:00\.000Z,stays,last 1 of 2\r\n/);
    expect(stdout).toMatch(/,chart,sha256:[0-9a-f]+,20[^,]+Z,,stays,nothing says when it was created\r\n/);
  });
});

describe('a sweep', () => {
  it('takes the images that were created first, and nothing more when it is done again', async () => {
    const volume = flattened();
    const before = wholeOf(volume.root);
    const policy = policyFile('{ keepLast: 2 }');
    await volume.carriedOut('sweep', '--policy', policy);
    expectOnlyTheOldestWent(volume, before);
    expect((await volume.json('sweep', '--policy', policy, '--min-age', '0')).plan.actions).toBe(0);
  });

  it('by a plan file that such a policy made decides anew by it, to the last action', async () => {
    const volume = flattened();
    const before = wholeOf(volume.root);
    const path = join(temporaryFolder('plan'), 'plan.ndjson');
    await volume.run('plan', '--policy', policyFile('{ keepLast: 2 }'), '--min-age', '0', '-o', path);
    const result = await volume.json('sweep', '--plan', path, ...APPLY_FILE);
    expect(result).toMatchObject({ status: 0, mode: 'policy', notInPlan: [], refusals: [] });
    expectOnlyTheOldestWent(volume, before);
  });
});

describe('where push times are right', () => {
  it('what was promoted lately stays by pushedWithin, though it was created long ago', async () => {
    const volume = flattened();
    const tree = volume.tree();
    for (const [at, { tag }] of RELEASES.entries()) tree.pushedAt('app', tag, tag === 'v3' ? 1 : 60 - at);
    const tags = await explained(volume, policyFile('{ keepLast: 2, pushedWithin: 7d }'));
    expect(
      tags
        .filter(({ kept }) => kept)
        .map(({ tag }) => tag)
        .toSorted(),
    ).toEqual([...STAYS, 'v3'].toSorted());
    expect(tags.find(({ tag }) => tag === 'v3')?.reasons).toEqual(['within 7d']);
  });
});

describe('--no-scan', () => {
  it('answers as the scan did that read the configs, and of any other scan says what to do', async () => {
    const volume = flattened();
    const policy = policyFile('{ keepLast: 2 }');
    const scanned = await explained(volume, policy);
    const before = volume.everything();
    expect(await explained(volume, policy, '--no-scan')).toEqual(scanned);
    const { stdout } = await volume.run('query', 'SELECT count(*) AS n FROM config', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ rows: [[RELEASES.length + 2 + 4]] });
    await volume.run('scan');
    const refused = await volume.run('report', '--policy', policy, '--no-scan');
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('leave out --no-scan');
    expect(volume.everything()).toEqual(before);
  });
});

it('a target takes the images first that were created first, where rules count nothing, too', async () => {
  const root = join(temporaryFolder('created'), 'registry');
  const tree = createTree(root);
  const sized = (name: string, created: string): Pushable =>
    image({ name, layers: [layer(name, 100_000)], format: 'oci', created });
  tree.push('app', 'a', sized('a', '2025-01-03T00:00:00Z'));
  tree.push('app', 'b', sized('b', '2025-01-01T00:00:00Z'));
  tree.push('app', 'c', sized('c', '2025-01-02T00:00:00Z'));
  tree.age(24 * 60);
  const options = ['--policy', policyFile('{ patterns: [stable] }'), '--target-free', '150K', '--min-age', '0'];
  const { retention } = await new OperatedVolume(root).json('report', ...options, '--explain');
  expect(retention?.[0]?.tags.filter(({ kept }) => kept).map(({ tag }) => tag)).toEqual(['a']);
});
