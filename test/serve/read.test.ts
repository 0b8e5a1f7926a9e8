/** What the page reads: the answers of the command line, in pieces. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type {
  ManifestAnswer,
  Overview,
  ProblemPage,
  RepositoryAnswer,
  RepositoryPage,
  SearchAnswer,
} from '../../src/report/model-serve.ts';
import type { Why } from '../../src/report/model-why.ts';
import { blobData } from '../../src/layout/paths.ts';
import { layer } from '../support/content.ts';
import { copyFixture } from '../support/fixture.ts';
import { image, jsonContent, MEDIA } from '../support/images.ts';
import { OperatedVolume } from '../support/operated-volume.ts';
import { pageOf, type Page } from '../support/page.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
import { configFacts } from '../../src/serve/config-facts.ts';

let volume: OperatedVolume;
let database: string;
beforeAll(async () => {
  volume = new OperatedVolume(await copyFixture());
  database = `${volume.cache}/index.sqlite`;
  const { status, stderr } = await volume.run('scan', '--db', database, '--disk-usage');
  expect(status, stderr).toBe(0);
});

async function served(): Promise<Page> {
  const page = await pageOf(volume.root, '--no-scan', '--db', database);
  await page.untilIdle();
  return page;
}

async function listed<Answer>(...words: readonly string[]): Promise<Answer> {
  const { stdout, stderr } = await volume.run('ls', ...words, '--no-scan', '--db', database, '--json');
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout) as Answer;
}

describe('an answer', () => {
  it('of the whole is the report, with pictures and without rows', async () => {
    const page = await served();
    const { report, tree, ages } = await page.get<Overview>('/api/overview');
    const { stdout } = await volume.run('report', '--no-scan', '--db', database, '--json');
    const said = JSON.parse(stdout) as Overview['report'] & { repositories: unknown };
    expect(report).toEqual({ ...said, repositories: undefined, generatedAt: report.generatedAt });
    expect(tree.tags).toBe(report.totals.tags);
    expect(ages.length).toBeGreaterThan(0);
    const { total, rows } = await page.get<ProblemPage>('/api/problems?limit=2&offset=1');
    expect({ total, rows }).toEqual({ total: said.problems.length, rows: said.problems.slice(1, 3) });
  });

  it('of a repository, a tag and a digest is that of ls', async () => {
    const page = await served();
    const repository = await page.get<RepositoryAnswer>('/api/repository?name=app');
    expect(repository).toEqual(await listed('app'));
    for (const reference of [':1.0', `@${repository.revisions[0]?.digest ?? ''}`]) {
      const answer = await page.get<ManifestAnswer>(`/api/manifest?repository=app&reference=${reference}`);
      expect(answer.listing).toEqual(await listed(`app${reference}`));
      expect(Object.keys(answer.usedBy).sort()).toEqual(answer.listing.references.map(({ digest }) => digest).sort());
    }
  });

  it('of the table is cut, searched and ordered', async () => {
    const page = await served();
    const all = await page.get<RepositoryPage>('/api/repositories?by=name&descending=false&limit=1000');
    const names = all.rows.map(({ name }) => name);
    expect(names).toEqual(names.toSorted());
    expect(all.total).toBe(names.length);
    const part = await page.get<RepositoryPage>('/api/repositories?by=name&descending=false&offset=2&limit=3');
    expect(part).toEqual({ total: all.total, rows: all.rows.slice(2, 5) });
    const found = await page.get<RepositoryPage>('/api/repositories?search=API%20team');
    expect(found.rows.map(({ name }) => name)).toEqual(['team/app/api']);
    for (const [by, value] of [
      ['size', 'bytes'],
      ['tags', 'tags'],
    ] as const) {
      const { rows } = await page.get<RepositoryPage>(`/api/repositories?by=${by}&limit=1000`);
      const values = rows.map((row) => row[value]);
      expect(values, by).toEqual(values.toSorted((a, b) => b - a));
    }
    for (const wrong of ['by=nothing', 'limit=1001', 'limit=-1', 'offset=x']) {
      expect((await page.fetch(`/api/repositories?${wrong}`)).status, wrong).toBe(400);
    }
  });

  it('of a search names repositories, tags and digests', async () => {
    const page = await served();
    const find = (q: string): Promise<SearchAnswer> => page.get(`/api/search?q=${encodeURIComponent(q)}`);
    expect((await find('team api')).repositories).toEqual(['team/app/api']);
    expect((await find('app:stab')).tags).toContainEqual({ repository: 'app', tag: 'stable' });
    const { revisions } = await page.get<RepositoryAnswer>('/api/repository?name=app');
    const { digest = '' } = revisions[0] ?? {};
    for (const q of [digest, digest.slice(0, 12), digest.slice(7, 16), digest.slice(7, 16).toUpperCase()]) {
      expect((await find(q)).digests, q).toContainEqual(expect.objectContaining({ digest, kind: 'image' }));
    }
    expect(await find('')).toEqual({ repositories: [], tags: [], digests: [], more: false });
  });

  it('of why is that of the command', async () => {
    const page = await served();
    const why = await page.get<Why>('/api/why?reference=app:1.0');
    const { stdout } = await volume.run('why', 'app:1.0', '--no-scan', '--db', database, '--json');
    expect(why).toEqual(JSON.parse(stdout));
  });

  it('to what is not there says so', async () => {
    const page = await served();
    for (const path of [
      '/api/repository?name=ap',
      '/api/manifest?repository=app&reference=:no',
      '/api/why?reference=app:no',
    ]) {
      expect(await page.failure(await page.fetch(path)), path).toMatchObject({ status: 404, code: 'no-such-name' });
    }
    expect((await page.fetch('/api/repository')).status).toBe(400);
    expect((await page.fetch('/api/manifest?repository=app&reference=1.0')).status).toBe(400);
  });
});

describe('who uses a layer', () => {
  it('is told with tags, the repository that is looked at left out', async () => {
    const tree = createTree(`${temporaryFolder('users')}/registry`);
    const base = layer('base');
    for (const name of ['a', 'b', 'c']) {
      for (const tag of ['1', '2', '3', '4'])
        tree.push(name, tag, image({ name: `${name}${tag}`, layers: [base, layer(name)] }));
    }
    tree.push('d', undefined, image({ name: 'untagged', layers: [base] }));
    const page = await pageOf(tree.root, '--min-age', '0');
    await page.untilIdle();
    const { usedBy, config } = await page.get<ManifestAnswer>('/api/manifest?repository=a&reference=:1');
    expect(usedBy[base.digest]).toEqual({
      count: 3,
      repositories: [
        { repository: 'b', tags: ['1', '2', '3'], tagCount: 4 },
        { repository: 'c', tags: ['1', '2', '3'], tagCount: 4 },
        { repository: 'd', tags: [], tagCount: 0 },
      ],
    });
    expect(usedBy[layer('a').digest]).toEqual({ count: 0, repositories: [] });
    expect(config).not.toBeNull();
  });

  it('and a config that has changed since is none', async () => {
    const tree = createTree(`${temporaryFolder('changed')}/registry`);
    const pushed = image({ name: 'one', layers: [layer('one')] });
    tree.push('a', '1', pushed);
    const page = await pageOf(tree.root, '--min-age', '0');
    await page.untilIdle();
    for (const { digest } of pushed.blobs) writeFileSync(tree.path(blobData(digest)), '{"os":"changed"}');
    expect((await page.get<ManifestAnswer>('/api/manifest?repository=a&reference=:1')).config).toBeNull();
  });
});

describe('a config', () => {
  const factsOf = (document: unknown) => configFacts(Buffer.from(JSON.stringify(document)));

  it('gives what it says, each field by itself', () => {
    const facts = factsOf({
      created: '2026-01-02T03:04:05Z',
      architecture: 'arm64',
      os: 7,
      config: { User: 'app', Cmd: ['serve', 8], Env: 'none', Labels: { a: 'b', c: 1 }, ExposedPorts: { '80/tcp': {} } },
      history: [{ created_by: 'RUN x', empty_layer: true }, 'nothing', { created: 1 }],
    });
    expect(facts).toMatchObject({ created: '2026-01-02T03:04:05Z', architecture: 'arm64', os: null, user: 'app' });
    expect(facts).toMatchObject({ command: ['serve'], environment: [], entrypoint: [], exposedPorts: ['80/tcp'] });
    expect(facts?.labels).toEqual([
      ['a', 'b'],
      ['c', ''],
    ]);
    expect(facts?.history).toEqual([
      { created: null, createdBy: 'RUN x', empty: true },
      { created: null, createdBy: '', empty: false },
    ]);
  });

  it('is cut where it is long, and none where it is no object', () => {
    const long = 'x'.repeat(5000);
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, number) => [`${long.slice(0, 100)}${number}`, long]),
    );
    const facts = factsOf({ author: long, config: { Labels: many }, history: Array(500).fill({ created_by: long }) });
    expect(JSON.stringify(facts).length).toBeLessThan(2_000_000);
    for (const document of [null, [], 1, 'x', true]) expect(factsOf(document)).toBeNull();
    expect(factsOf({ config: null, history: null })).toMatchObject({ labels: [], history: [] });
    expect(configFacts(Buffer.from('{'))).toBeNull();
  });
});

it('of a manifest that names the same blob thousands of times comes at once', async () => {
  const tree = createTree(join(temporaryFolder('repeating'), 'registry'));
  const base = layer('base');
  for (let number = 0; number < 300; number++) {
    tree.push(`app-${number}`, 'v1', image({ name: `image ${number}`, layers: [base] }));
  }
  const layers = Array.from({ length: 30_000 }, () => ({ mediaType: 'a/b', digest: base.digest, size: 1 }));
  const config = jsonContent(MEDIA.ociConfig, {});
  const manifest = jsonContent(MEDIA.ociManifest, {
    schemaVersion: 2,
    mediaType: MEDIA.ociManifest,
    config: { mediaType: MEDIA.ociConfig, digest: config.digest, size: 2 },
    layers,
  });
  tree.push('hostile', 'v1', { ...manifest, blobs: [config, { ...base, mediaType: 'a/b' }], children: [] });
  const page = await pageOf(tree.root);
  await page.untilIdle();
  const before = process.cpuUsage();
  const { usedBy } = await page.get<ManifestAnswer>('/api/manifest?repository=hostile&reference=:v1');
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(3000);
  expect(usedBy[base.digest]?.count).toBe(300);
});
