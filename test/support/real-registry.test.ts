import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { blobData, LAYOUT_FOLDER, layerLink, revisionFolder, uploadFolder } from '../../src/layout/paths.ts';
import { digestBytes, foreignLayer, layer, seededBytes } from './content.ts';
import {
  allContent,
  artifact,
  artifactManifest,
  attestation,
  buildkitCache,
  cosignSignature,
  cosignTag,
  image,
  index,
  rawContent,
  type Pushable,
} from './images.ts';
import { writeOciLayout } from './oci-layout.ts';
import {
  garbageCollect,
  hasRealRegistry,
  parseCollectorOutput,
  skopeoCopy,
  startRegistry,
  type RegistryOptions,
  type RunningRegistry,
} from './real-registry.ts';
import { schema1Image } from './schema1.ts';
import { changedPaths, snapshot } from './snapshot.ts';
import { temporaryFolder } from './temporary.ts';
import { createTree } from './tree.ts';

const APP = image({ name: 'app', layers: [layer('base', 900), layer('code', 300)] });
const MULTI = index([
  { manifest: APP, platform: { os: 'linux', architecture: 'amd64' } },
  attestation(APP),
  { manifest: index([{ manifest: image({ name: 'inner', format: 'oci', layers: [layer('inner')] }) }]) },
]);
const ATTESTED = index([{ manifest: APP, platform: { os: 'linux', architecture: 'amd64' } }, attestation(APP)]);
const LIST = index([{ manifest: APP, platform: { os: 'linux', architecture: 'amd64' } }], { format: 'docker' });
const SBOM = artifact({
  artifactType: 'application/spdx+json',
  content: rawContent('application/spdx+json', Buffer.from('{}\n')),
  subject: APP,
});

async function running(options?: RegistryOptions): Promise<RunningRegistry> {
  const registry = await startRegistry(temporaryFolder('registry'), options);
  onTestFinished(registry.stop);
  return registry;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('hasRealRegistry', () => {
  it('throws in CI where the tools are missing, and warns elsewhere', () => {
    vi.stubEnv('PATH', temporaryFolder('path'));
    vi.stubEnv('CI', 'true');
    expect(() => hasRealRegistry()).toThrow(/docker-registry, skopeo/);
    vi.stubEnv('CI', '');
    const warning = vi.spyOn(console, 'warn').mockReturnValue();
    expect(hasRealRegistry()).toBe(false);
    expect(warning).toHaveBeenCalledWith(expect.stringContaining('left out'));
    warning.mockRestore();
  });
});

describe('parseCollectorOutput', () => {
  it('counts marking lines by repository, and collects what would go', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((text) => digestBytes(Buffer.from(text)));
    const stdout = [
      'team/app',
      `team/app: marking manifest ${a} `,
      `team/app: marking blob ${b}`,
      `team/app: marking blob ${b}`,
      `manifest eligible for deletion: ${c}`,
      'other',
      `other: marking manifest ${a} `,
      '',
      '5 blobs marked, 2 blobs and 1 manifests eligible for deletion',
      `blob eligible for deletion: ${c}`,
      `blob eligible for deletion: ${b}`,
    ].join('\n');
    expect(parseCollectorOutput(stdout)).toEqual({
      marked: [
        { repository: 'team/app', manifests: 1, blobs: 2 },
        { repository: 'other', manifests: 1, blobs: 0 },
      ],
      eligibleBlobs: [b, c].sort(),
      eligibleManifests: [c],
    });
  });
});

describe.skipIf(!hasRealRegistry())('the real registry', () => {
  const forms: readonly [string, Pushable, string | undefined][] = [
    ['a Docker image', APP, 'v1'],
    ['an OCI image', image({ name: 'oci', format: 'oci', layers: [layer('oci')] }), 'v1'],
    ['an image without a tag', APP, undefined],
    ['an OCI index with an attestation and a nested index', MULTI, 'v1'],
    ['a manifest list', LIST, 'v1'],
    ['an artifact with a subject', SBOM, undefined],
    ['a signature', cosignSignature(APP), cosignTag(APP.digest, 'sig')],
    ['a BuildKit cache', buildkitCache([layer('cache/1'), layer('cache/2')]), 'buildcache'],
  ];

  it.each(forms)('serves %s as it was pushed', async (_, pushed, tag) => {
    const { client } = await running();
    await client.push('team/app', tag, pushed);
    await client.pull('team/app', tag ?? pushed.digest, pushed);
  });

  it.each(forms)('writes for %s the same tree as tree.ts, byte for byte', async (_, pushed, tag) => {
    const { client, root } = await running();
    await client.push('team/app', tag, pushed);
    const tree = createTree(join(temporaryFolder('tree'), 'registry'));
    tree.push('team/app', tag, pushed);
    expect(changedPaths(snapshot(root), snapshot(tree.root))).toEqual([]);
    expect([...snapshot(root)].filter(([, line]) => line.startsWith('file 71 ')).length).toBeGreaterThan(1);
  });

  it('keeps tag history, and tree.ts the same', async () => {
    const { client, root } = await running();
    const newer = image({ name: 'newer', layers: [layer('base', 900), layer('newer')] });
    await client.push('app', 'latest', APP);
    await client.push('app', 'latest', newer);
    const tree = createTree(join(temporaryFolder('tree'), 'registry'));
    tree.push('app', undefined, APP);
    tree.push('app', undefined, newer);
    tree.tag('app', 'latest', newer.digest, { history: [APP.digest] });
    expect(changedPaths(snapshot(root), snapshot(tree.root))).toEqual([]);
  });

  it('takes a signed schema 1 image, and stores what was signed', async () => {
    const { client, root } = await running({ schema1: true });
    const old = schema1Image('attic', '2015', [layer('attic/1'), layer('attic/2')]);
    await client.push('attic', '2015', old);
    expect(readFileSync(join(root, LAYOUT_FOLDER, blobData(old.digest)))).toEqual(old.bytes);
    const tree = createTree(join(temporaryFolder('tree'), 'registry'));
    tree.push('attic', '2015', old);
    expect(changedPaths(snapshot(root), snapshot(tree.root))).toEqual([]);
  });

  it('refuses schema 1 where it is not enabled, and the artifact manifest always', async () => {
    const { client } = await running();
    await expect(client.push('attic', '2015', schema1Image('attic', '2015', [layer('attic/1')]))).rejects.toThrow(
      /status 500/,
    );
    const retired = artifactManifest({ artifactType: 'a/b', blobs: [rawContent('a/b', Buffer.from('x'))] });
    await expect(client.push('app', 'v1', retired)).rejects.toThrow(/MANIFEST_INVALID/);
  });

  it('takes foreign layers where their addresses are allowed', async () => {
    const foreign = image({ name: 'foreign', layers: [layer('own'), foreignLayer('base')] });
    const allowing = await running({ foreignUrls: true });
    await allowing.client.push('app', 'v1', foreign);
    await allowing.client.pull('app', 'v1', foreign);
    const strict = await running();
    await expect(strict.client.push('app', 'v1', foreign)).rejects.toThrow(/MANIFEST_BLOB_UNKNOWN/);
  });

  it('mounts a blob of another repository', async () => {
    const { client, root } = await running();
    await client.push('a', 'v1', APP);
    const [first] = APP.layers;
    if (first === undefined) throw new Error('the image has layers');
    expect(await client.mountBlob('b', first.digest, 'a')).toBe(true);
    expect(readFileSync(join(root, LAYOUT_FOLDER, layerLink('b', first.digest)), 'utf8')).toBe(first.digest);
    expect(await client.mountBlob('b', digestBytes(Buffer.from('absent')), 'a')).toBe(false);
  });

  it('stores a blob pushed by its sha512 under its sha256, with an alias link as tree.ts writes it', async () => {
    const { client, root } = await running();
    const bytes = seededBytes('alias', 100);
    const sha512 = await client.pushBlob('app', bytes, 'sha512');
    const tree = createTree(join(temporaryFolder('tree'), 'registry'));
    const sha256 = tree.putBlob(bytes);
    tree.linkLayer('app', sha256);
    tree.linkLayer('app', sha512, sha256);
    const ignored = (path: string): boolean => !path.endsWith('/_uploads');
    expect(changedPaths(snapshot(root), snapshot(tree.root)).filter(ignored)).toEqual([]);
  });

  it('keeps an upload that was cut off', async () => {
    const { client, root } = await running();
    const bytes = seededBytes('half', 500);
    const { uuid } = await client.cutOffUpload('app', bytes);
    const folder = join(root, LAYOUT_FOLDER, uploadFolder('app', uuid));
    expect(readFileSync(join(folder, 'data'))).toEqual(bytes);
    expect(readFileSync(join(folder, 'startedat'), 'utf8')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const tree = createTree(join(temporaryFolder('tree'), 'registry'));
    tree.upload('app', { uuid, bytes, startedAt: new Date(readFileSync(join(folder, 'startedat'), 'utf8')) });
    const names = (entries: ReadonlyMap<string, string>): string[] =>
      [...entries.keys()].filter((path) => path.includes('_uploads'));
    expect(names(snapshot(root))).toEqual(expect.arrayContaining(names(snapshot(tree.root))));
  });

  it('loses the revision link and the tag to an API deletion, and keeps the empty folder', async () => {
    const { client, root } = await running();
    await client.push('app', 'v1', APP);
    await client.deleteManifest('app', APP.digest);
    expect((await client.headManifest('app', 'v1')).status).toBe(404);
    const revision = join(root, LAYOUT_FOLDER, revisionFolder('app', APP.digest));
    expect([existsSync(revision), existsSync(join(revision, 'link'))]).toEqual([true, false]);
    await client.deleteBlob('app', APP.config.digest);
    expect((await client.headBlob('app', APP.config.digest)).status).toBe(404);
  });

  it('refuses deletions and pushes as it is configured', async () => {
    const undeletable = await running({ deleteEnabled: false });
    await undeletable.client.push('app', 'v1', APP);
    await expect(undeletable.client.deleteManifest('app', APP.digest)).rejects.toThrow(/status 405/);
    const readonly = await running({ readonly: true });
    await expect(readonly.client.push('app', 'v1', APP)).rejects.toThrow(/status 405/);
  });

  it('is not disturbed by REGISTRY_ variables of the environment', async () => {
    const elsewhere = temporaryFolder('elsewhere');
    vi.stubEnv('REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY', elsewhere);
    const { client, root } = await running();
    await client.push('app', 'v1', APP);
    expect(existsSync(join(root, LAYOUT_FOLDER))).toBe(true);
    expect([...snapshot(elsewhere)]).toEqual([]);
    expect((await garbageCollect(root, { dryRun: true })).marked).toEqual([
      { repository: 'app', manifests: 1, blobs: 3 },
    ]);
  });

  it('says why it does not start', async () => {
    await expect(startRegistry('/dev/null/registry')).rejects.toThrow(/ENOTDIR/);
  });

  it('trades images with skopeo, whole indexes too', async () => {
    const { client, host } = await running();
    const layout = temporaryFolder('layout');
    writeOciLayout(layout, 'v1', ATTESTED);
    await skopeoCopy(`oci:${layout}:v1`, `docker://${host}/team/app:v1`, { all: true });
    await client.pull('team/app', 'v1', ATTESTED);
    const out = temporaryFolder('out');
    await skopeoCopy(`docker://${host}/team/app:v1`, `dir:${out}`, { all: true });
    expect(readFileSync(join(out, 'manifest.json'))).toEqual(ATTESTED.bytes);
  });
});

describe.skipIf(!hasRealRegistry())('garbageCollect', () => {
  it('names in a dry run what it then removes', async () => {
    const registry = await startRegistry(temporaryFolder('registry'));
    const old = image({ name: 'old', layers: [layer('base', 900), layer('old')] });
    await registry.client.push('app', 'v1', APP);
    await registry.client.push('app', 'latest', old);
    await registry.client.deleteManifest('app', old.digest);
    await registry.stop();
    const kept = new Set(allContent(APP).map((one) => one.digest));
    const going = allContent(old)
      .map((one) => one.digest)
      .filter((digest) => !kept.has(digest))
      .sort();
    const before = snapshot(registry.root, { times: true });
    const dry = await garbageCollect(registry.root, { dryRun: true });
    expect(dry).toMatchObject({ exitCode: 0, eligibleBlobs: going, eligibleManifests: [] });
    expect(changedPaths(before, snapshot(registry.root, { times: true }))).toEqual([]);
    expect((await garbageCollect(registry.root, { dryRun: false })).eligibleBlobs).toEqual(going);
    for (const digest of going) expect(existsSync(join(registry.root, LAYOUT_FOLDER, blobData(digest)))).toBe(false);
  });

  it('takes untagged revisions with -m', async () => {
    const tree = createTree(join(temporaryFolder('tree'), 'registry'));
    tree.push('app', 'v1', APP);
    const untagged = image({ name: 'untagged', layers: [layer('untagged')] });
    tree.push('app', undefined, untagged);
    expect(await garbageCollect(tree.root, { dryRun: true })).toMatchObject({ exitCode: 0, eligibleBlobs: [] });
    const result = await garbageCollect(tree.root, { dryRun: true, deleteUntagged: true });
    expect(result.eligibleManifests).toEqual([untagged.digest]);
    expect(result.eligibleBlobs).toEqual(
      allContent(untagged)
        .map((one) => one.digest)
        .sort(),
    );
  });

  it('returns the exit status of a collector that gives up', async () => {
    const tree = createTree(join(temporaryFolder('tree'), 'registry'));
    tree.push('app', 'v1', APP);
    tree.write(`repositories/app/_manifests/revisions/sha256/${'0'.repeat(64)}/link`, '');
    const result = await garbageCollect(tree.root, { dryRun: true });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('failed to garbage collect');
  });
});
