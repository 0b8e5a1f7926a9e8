/** When images were created: which configs are read for it, what comes of each, and what is kept of that in the index. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createdTimes } from '../../src/gc/created.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { blobData } from '../../src/layout/paths.ts';
import type { Policy } from '../../src/policy/model.ts';
import { tagPatterns } from '../../src/policy/patterns.ts';
import { layer, type Content } from '../support/content.ts';
import { copyFixture } from '../support/fixture.ts';
import { artifact, EMPTY, image, index, jsonContent, MEDIA, rawContent, type Image } from '../support/images.ts';
import { policyOf, retentionBy } from '../support/policies.ts';
import { openedOf } from '../support/report-of.ts';
import { schema1Image } from '../support/schema1.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const ANNOTATION = 'org.opencontainers.image.created';

function policy(more: Partial<Policy> = {}): Policy {
  const keepTags: Policy['keepTags'] = [{ patterns: [], keepers: [{ kind: 'last', count: 1 }] }];
  return policyOf({ repositories: ['app'], keepTags, orderBy: 'created', ...more });
}

const byCreated = (by: Policy) => ({ retention: retentionBy(by) });

function newTree(): Tree {
  return createTree(join(temporaryFolder('created'), 'registry'));
}

function config(fields: object): Content {
  return jsonContent(MEDIA.ociConfig, { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers' }, ...fields });
}

function imageOf(content: Content, annotation?: string): Image {
  const annotations = annotation === undefined ? {} : { annotations: { [ANNOTATION]: annotation } };
  return image({ layers: [layer('base')], format: 'oci', config: content, ...annotations });
}

/** An image that says that it was created on this day. */
const dated = (day: string): Image => imageOf(config({ created: `${day}T00:00:00Z` }));

/** Of each digest that is asked for the day, or null. */
function days({ inventory }: { readonly inventory: Inventory }, ...of: readonly Content[]): (string | null)[] {
  const times = createdTimes(inventory);
  return of.map(({ digest }) => {
    const time = times[inventory.digests.find(digest) ?? -1] ?? NaN;
    return Number.isNaN(time) ? null : new Date(time).toISOString().slice(0, 10);
  });
}

function configsIn({ digests, configs }: Inventory): string[] {
  return Array.from(configs.digest, (id) => digests.digest(id)).sort();
}

const digestsOf = (...contents: readonly Content[]): string[] => contents.map(({ digest }) => digest).sort();

describe('what is read', () => {
  test('are the configs of what the policy orders, each once, and no others', async () => {
    const tree = newTree();
    const [one, two, other, untagged] = ['01', '02', '03', '04'].map((day) => dated(`2025-01-${day}`)) as [
      Image,
      Image,
      Image,
      Image,
    ];
    const sameConfig = imageOf(one.config, '2025-06-01T00:00:00Z');
    const referrer = image({ layers: [layer('sbom')], format: 'oci', config: config({}), subject: one });
    tree.push('app', 'v1', one);
    tree.push('app', 'again', sameConfig);
    tree.push('app', 'multi', index([{ manifest: index([{ manifest: two }]) }]));
    tree.push('app', 'chart', artifact({ artifactType: 'text/x', content: rawContent('text/x', Buffer.from('x')) }));
    tree.push('app', undefined, untagged);
    tree.push('app', undefined, referrer);
    tree.push('other', 'v1', other);
    const read = async (more: Parameters<typeof openedOf>[1]): Promise<string[]> =>
      configsIn((await openedOf(tree.root, more)).inventory);
    expect(await read({})).toEqual([]);
    expect(await read({ request: byCreated(policy({ orderBy: 'pushed' })) })).toEqual([]);
    const onlyPatterns = policy({ keepTags: [{ patterns: tagPatterns(['v.*']), keepers: [{ kind: 'always' }] }] });
    expect(await read({ request: byCreated(onlyPatterns) })).toEqual([]);
    expect(await read({ request: byCreated(policy()), repo: ['other'] })).toEqual([]);
    expect(await read({ request: byCreated(policy()) })).toEqual(digestsOf(one.config, two.config));
    const counting = policy({ keepUntagged: [{ kind: 'last', count: 1 }] });
    const all = digestsOf(one.config, two.config, untagged.config);
    expect(await read({ request: byCreated(counting) })).toEqual(all);
  });
});

describe('when it was created', () => {
  test('is what the config says, else the annotation, else the newest that an index holds', async () => {
    const tree = newTree();
    const plain = dated('2025-01-01');
    const both = imageOf(config({ created: '2025-02-01T00:00:00Z' }), '2025-03-01T00:00:00Z');
    const reproducible = imageOf(config({ created: '1970-01-01T00:00:00Z' }), '2025-04-01T00:00:00Z');
    const annotated = imageOf(config({}), '2025-05-01T00:00:00Z');
    const epoch = imageOf(config({ created: '1980-01-01T00:00:00Z' }));
    const silent = imageOf(config({}));
    const label = imageOf(config({ config: { Labels: { [ANNOTATION]: '2025-06-01T00:00:00Z' } } }));
    const chart = image({
      layers: [layer('chart')],
      format: 'oci',
      config: jsonContent('application/vnd.cncf.helm.config.v1+json', { created: '2025-07-01T00:00:00Z' }),
      annotations: { [ANNOTATION]: '2025-08-01T00:00:00Z' },
    });
    const plugin = image({
      layers: [layer('plugin')],
      config: jsonContent('application/vnd.docker.plugin.v1+json', { created: '2025-07-01T00:00:00Z' }),
    });
    const old = schema1Image('app', 'old', [layer('old')]);
    const annotations = { [ANNOTATION]: '2025-09-01T00:00:00Z' };
    const multi = index([{ manifest: plain }, { manifest: index([{ manifest: both }]) }, { manifest: epoch }], {
      annotations,
    });
    const emptyIndex = index([{ manifest: dated('2024-01-01'), sparse: true }], { annotations });
    const silentIndex = index([{ manifest: silent }, { manifest: epoch }]);
    const expected = [
      [plain, '2025-01-01'],
      [both, '2025-02-01'],
      [reproducible, '2025-04-01'],
      [annotated, '2025-05-01'],
      [epoch, '1980-01-01'],
      [silent, null],
      [label, null],
      [chart, '2025-08-01'],
      [plugin, null],
      [old, '2015-01-02'],
      [multi, '2025-02-01'],
      [emptyIndex, '2025-09-01'],
      [silentIndex, '1980-01-01'],
    ] as const;
    for (const [at, [one]] of expected.entries()) tree.push('app', `t${at}`, one);
    const database = join(temporaryFolder('index'), 'index.sqlite');
    const request = { ...byCreated(policy()), database };
    const scanned = await openedOf(tree.root, { request });
    expect(scanned.inventory.complete).toBe(true);
    expect(days(scanned, ...expected.map(([one]) => one))).toEqual(expected.map(([, day]) => day));
    const loaded = await openedOf(tree.root, { request: { ...request, noScan: true } });
    expect(days(loaded, ...expected.map(([one]) => one))).toEqual(expected.map(([, day]) => day));
  });

  test('nobody knows of a config that is damaged, missing, none, too large, or no JSON', async () => {
    const tree = newTree();
    const truth = config({ created: '2025-01-01T00:00:00Z' });
    const sound = (name: string): Image => imageOf(config({ created: '2025-01-01T00:00:00Z', name }));
    const ofText = (text: string): Image => imageOf(rawContent(MEDIA.ociConfig, Buffer.from(text)));
    const [changed, missing, folder, linked] = [sound('changed'), sound('missing'), sound('folder'), sound('linked')];
    const large = ofText(`{"created":"2025-01-01T00:00:00Z","x":"${'x'.repeat(4 << 20)}"}`);
    const images = [changed, missing, folder, large, ofText('created: 2025-01-01T00:00:00Z'), linked];
    for (const [at, one] of images.entries()) tree.push('app', `t${at}`, one);
    const place = (one: Image): string => tree.path(blobData(one.config.digest));
    writeFileSync(place(changed), truth.bytes);
    rmSync(place(missing));
    rmSync(place(folder));
    mkdirSync(place(folder));
    const behind = join(temporaryFolder('behind'), 'data');
    writeFileSync(behind, linked.config.bytes);
    rmSync(place(linked));
    symlinkSync(behind, place(linked));
    const opened = await openedOf(tree.root, { request: byCreated(policy()) });
    expect(days(opened, ...images)).toEqual([null, null, null, null, null, '2025-01-01']);
    expect(opened.inventory.configs.digest).toHaveLength(images.length);
    const tags = opened.analysis.policy?.governed.decisions(0) ?? [];
    expect(tags.map(({ decision }) => decision.reasons.at(0))).toEqual([
      ...Array.from({ length: 5 }, () => 'nothing says when it was created'),
      'last 1 of 1',
    ]);
  });
});

describe('a config that cannot be read', () => {
  test('makes the scan incomplete, as whatever cannot be', async () => {
    const tree = newTree();
    const one = dated('2025-01-01');
    tree.push('app', 'v1', one);
    const path = tree.path(blobData(one.config.digest));
    rmSync(path);
    // ELOOP: nobody, root either, can read it.
    symlinkSync('data', path);
    const { inventory } = await openedOf(tree.root, { request: byCreated(policy()) });
    expect(inventory.complete).toBe(false);
    expect(inventory.problems).toContainEqual(expect.objectContaining({ code: 'io-error', digest: one.config.digest }));
  });
});

describe('an index that was scanned without', () => {
  test('is refused for such a policy, and says what to do; where nothing is to be ordered it is not', async () => {
    const tree = newTree();
    tree.push('app', 'v1', dated('2025-01-01'));
    tree.push('other', 'v1', dated('2025-01-02'));
    tree.push('empty', 'v1', image({ layers: [layer('x')], format: 'oci', config: EMPTY }));
    const database = join(temporaryFolder('index'), 'index.sqlite');
    await openedOf(tree.root, { request: { ...byCreated(policy()), database } });
    const asIs = (one: Policy) => openedOf(tree.root, { request: { ...byCreated(one), database, noScan: true } });
    await expect(asIs(policy({ repositories: ['**'] }))).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('leave out --no-scan') as unknown,
    });
    expect((await asIs(policy())).inventory.configs.digest).toHaveLength(1);
    expect((await asIs(policy({ repositories: ['empty'] }))).inventory.configs.digest).toHaveLength(1);
    expect((await asIs(policy({ repositories: ['**'], orderBy: 'name' }))).inventory.configs.digest).toHaveLength(1);
  });
});

describe("the real registry's tree", () => {
  test('says of every image when it was created, and of a build cache nothing', async () => {
    const everywhere = policy({ repositories: ['**'], keepUntagged: [{ kind: 'last', count: 1 }] });
    const { inventory, analysis } = await openedOf(await copyFixture(), { request: byCreated(everywhere) });
    const governed = analysis.policy?.governed;
    const said = inventory.repositories.flatMap(({ name }, repository) =>
      (governed?.decisions(repository) ?? []).map(({ row }) => {
        const time = governed?.createdAt(inventory.tags.current[row] ?? -1) ?? NaN;
        return `${name}:${inventory.tags.name[row] ?? ''} ${Number.isNaN(time) ? 'nothing' : new Date(time).toISOString()}`;
      }),
    );
    const images = said.filter((line) => !line.includes('.sig '));
    expect(images.filter((line) => !line.endsWith(' 2026-01-02T03:04:05.000Z'))).toEqual([
      'attic:2015 2015-01-02T03:04:05.000Z',
      'team/cache:buildcache nothing',
    ]);
    expect(images.length).toBeGreaterThan(12);
  });
});
