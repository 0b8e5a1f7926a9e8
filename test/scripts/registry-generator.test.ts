import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { fillVolume, generateRegistry } from '../../scripts/registry-generator/generate.ts';
import { planOf } from '../../scripts/registry-generator/profiles.ts';
import { POST_BLOBS, POST_REPOSITORIES } from '../../scripts/registry-generator/post.ts';
import type { Totals } from '../../scripts/registry-generator/totals.ts';
import { createFilesystemVolume } from '../../scripts/registry-generator/volume.ts';
import { parseRepositoryName, parseTagName } from '../../src/layout/names.ts';
import { garbageCollect, hasRealRegistry } from '../support/real-registry.ts';
import { temporaryFolder } from '../support/temporary.ts';
import {
  filesOf,
  foldersOf,
  linksLike,
  manifestsOf,
  namedBy,
  reachedFrom,
  treeHash,
  type FoundFile,
} from './naive-count.ts';
import { recordingVolume } from './recording-volume.ts';

const NOW = Date.UTC(2026, 0, 15) / 1000;
const DAY = 86_400;
const REVISION = /^repositories\/.+\/_manifests\/revisions\/sha256\/[0-9a-f]{64}\/link$/;
const CURRENT = /^repositories\/.+\/_manifests\/tags\/[^/]+\/current\/link$/;
const INDEX_ENTRY = /^repositories\/.+\/_manifests\/tags\/[^/]+\/index\/sha256\/[0-9a-f]{64}\/link$/;
const LAYER = /^repositories\/.+\/_layers\/sha256\/[0-9a-f]{64}\/link$/;
const BLOB = /^blobs\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64}\/data$/;

describe('a generated registry', () => {
  let root: string;
  let totals: Totals;
  let files: FoundFile[];
  beforeAll(() => {
    root = temporaryFolder('generated');
    totals = generateRegistry(root, 'S', 1, NOW);
    files = filesOf(root);
  });

  const blobs = (): Map<string, FoundFile> =>
    new Map(
      files.filter(({ path }) => BLOB.test(path)).map((file) => [`sha256:${file.path.split('/')[3] ?? ''}`, file]),
    );

  it('is the same for the same seed, byte by byte, and another for another one', () => {
    const same = temporaryFolder('same');
    expect(generateRegistry(same, 'S', 1, NOW)).toEqual(totals);
    expect(treeHash(same)).toBe(treeHash(root));
    const other = temporaryFolder('other');
    generateRegistry(other, 'S', 2, NOW);
    expect(treeHash(other)).not.toBe(treeHash(root));
  });

  it('holds what its totals say', () => {
    const folders = foldersOf(root);
    const revisionFolders = folders.filter((path) => /\/_manifests\/revisions\/sha256\/[0-9a-f]{64}$/.test(path));
    const layerLinks = linksLike(files, LAYER);
    const stored = blobs();
    expect(totals).toMatchObject({
      repositories: folders.filter((path) => path.endsWith('/_uploads')).length,
      tags: linksLike(files, CURRENT).length,
      tagIndexEntries: linksLike(files, INDEX_ENTRY).length,
      revisions: linksLike(files, REVISION).length,
      deletedRevisions: revisionFolders.length - linksLike(files, REVISION).length,
      layerLinks: layerLinks.length,
      danglingLayerLinks: layerLinks.filter((digest) => !stored.has(digest)).length,
      uploads: files.filter(({ path }) => path.endsWith('/startedat')).length,
      blobs: stored.size,
      blobBytes: [...stored.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    });
    for (const { repository, tags, revisions, layerLinks: links } of totals.perRepository) {
      const own = files.filter(({ path }) => path.startsWith(`repositories/${repository}/_`));
      expect({ repository, tags, revisions, links }).toEqual({
        repository,
        tags: linksLike(own, CURRENT).length,
        revisions: linksLike(own, REVISION).length,
        links: linksLike(own, LAYER).length,
      });
    }
  });

  it('says which blobs nothing reaches, in both modes', () => {
    const stored = blobs();
    const manifests = manifestsOf(files);
    const unreached = (roots: RegExp): { blobs: number; bytes: number } => {
      const reached = reachedFrom(linksLike(files, roots), manifests);
      const gone = [...stored].filter(([digest]) => !reached.has(digest));
      return { blobs: gone.length, bytes: gone.reduce((sum, [, { bytes }]) => sum + bytes, 0) };
    };
    expect(totals.reclaimable).toEqual({ revisions: unreached(REVISION), untagged: unreached(CURRENT) });
    expect(totals.reclaimable.revisions.blobs).toBeGreaterThan(0);
    expect(totals.reclaimable.untagged.blobs).toBeGreaterThan(totals.reclaimable.revisions.blobs);
  });

  it('writes links as the registry does, and true manifests and configs', () => {
    const links = files.filter(({ path }) => path.endsWith('/link'));
    expect(links.every(({ content }) => /^sha256:[0-9a-f]{64}$/.test(content ?? ''))).toBe(true);
    for (const { path, content } of links) if (!CURRENT.test(path)) expect(path).toContain(content?.slice(7));
    const stored = blobs();
    const manifests = manifestsOf(files);
    expect(manifests.size).toBeGreaterThan(50);
    for (const [digest, document] of manifests) {
      for (const named of [digest, ...(document.config ? [document.config.digest] : [])]) {
        const sum = createHash('sha256')
          .update(stored.get(named)?.content ?? '', 'latin1')
          .digest('hex');
        expect(named).toBe(`sha256:${sum}`);
      }
      for (const { digest: layer, size } of document.layers ?? []) expect(stored.get(layer)?.bytes).toBe(size);
    }
  });

  it('gives layers real sizes and no blocks', () => {
    const largest = [...blobs().values()].reduce((a, b) => (b.bytes > a.bytes ? b : a));
    expect(largest.bytes).toBeGreaterThan(50e6);
    const { blocks } = statSync(join(root, 'docker/registry/v2', largest.path));
    expect(blocks * 512).toBeLessThan(1e6);
  });

  it('holds something of everything', () => {
    const documents = [...manifestsOf(files).values()];
    const types = new Set(documents.map(({ mediaType }) => mediaType));
    expect(types).toContain('application/vnd.docker.distribution.manifest.v2+json');
    expect(types).toContain('application/vnd.oci.image.manifest.v1+json');
    expect(documents.some(({ manifests }) => manifests !== undefined)).toBe(true);
    const names = totals.perRepository.map(({ repository }) => repository);
    expect(names.some((name) => names.some((outer) => name.startsWith(`${outer}/`)))).toBe(true);
    const revisions = linksLike(files, REVISION);
    expect(new Set(revisions).size).toBeLessThan(revisions.length);
    const linked = new Set(files.filter(({ path }) => path.endsWith('/link')).map(({ content }) => content));
    expect([...blobs().keys()].some((digest) => !linked.has(digest))).toBe(true);
    expect(totals.tagIndexEntries).toBeGreaterThan(totals.tags);
    expect(totals.revisions).toBeGreaterThan(totals.tags);
    for (const count of [totals.deletedRevisions, totals.danglingLayerLinks, totals.uploads]) {
      expect(count).toBeGreaterThan(0);
    }
  });

  it('uses only names that a registry takes', () => {
    expect(totals.perRepository.filter(({ repository }) => parseRepositoryName(repository) === undefined)).toEqual([]);
    const tags = files.filter(({ path }) => CURRENT.test(path)).map(({ path }) => path.split('/').at(-3) ?? '');
    expect(tags.filter((tag) => parseTagName(tag) === undefined)).toEqual([]);
  });

  it('is spread over two years, and mostly older than a week', () => {
    const ages = files.map(({ time }) => (NOW - time) / DAY);
    expect(Math.min(...ages)).toBeGreaterThan(0);
    expect(Math.max(...ages)).toBeLessThanOrEqual(731);
    const young = ages.filter((age) => age < 7).length;
    expect(young).toBeGreaterThan(0);
    expect(young / ages.length).toBeLessThan(0.2);
  });

  it('fails on a folder that holds a registry already', () => {
    expect(() => generateRegistry(root, 'S', 1, NOW)).toThrow(/EEXIST/);
  });

  describe.skipIf(!hasRealRegistry())('under the real collector', () => {
    it('loses exactly the blobs that the totals name, and is marked in as many lines', async () => {
      const { exitCode, eligibleBlobs, marked } = await garbageCollect(root, { dryRun: true });
      expect(exitCode).toBe(0);
      const reached = reachedFrom(linksLike(files, REVISION), manifestsOf(files));
      expect(eligibleBlobs).toEqual([...blobs().keys()].filter((digest) => !reached.has(digest)).sort());
      expect(eligibleBlobs).toHaveLength(totals.reclaimable.revisions.blobs);
      const lines = marked.map(({ repository, manifests, blobs: named }) => [repository, manifests + named]);
      expect(new Map(lines as [string, number][])).toEqual(
        new Map(totals.perRepository.map(({ repository, markingLines }) => [repository, markingLines])),
      );
    });
  });
});

describe('the registry of the ranking post', () => {
  let volume: ReturnType<typeof recordingVolume>;
  let totals: Totals;
  beforeAll(() => {
    volume = recordingVolume();
    totals = fillVolume(volume, planOf('blog', 1), 1, NOW);
  });

  it('has the nine counts of the post, the heading of each repository included', () => {
    const manifests = manifestsOf(volume.files);
    const counts = new Map<string, number>();
    for (const { path, content } of volume.files) {
      if (!REVISION.test(path)) continue;
      const name = path.split('/')[1] ?? '';
      const lines = 1 + namedBy(manifests.get(content ?? '') ?? {}).length;
      counts.set(name, (counts.get(name) ?? 1) + lines);
    }
    expect(Object.fromEntries(counts)).toEqual({
      zdtest: 134_161,
      ordertest: 56_101,
      bjdev: 42_691,
      zhqtest: 35_881,
      systemtest: 13_801,
      zddev: 9_601,
      bjtest: 9_361,
      dsystemtest: 7_411,
      tooltest: 505,
    });
    expect(totals.markingLines).toBe(309_504);
  });

  it('has its tags, revisions and blobs', () => {
    const paths = volume.files.map(({ path }) => path);
    expect(paths.filter((path) => CURRENT.test(path))).toHaveLength(6_534);
    expect(paths.filter((path) => REVISION.test(path))).toHaveLength(10_321);
    expect(new Set(paths.filter((path) => BLOB.test(path))).size).toBe(43_926);
    expect(totals).toMatchObject({ tags: 6_534, revisions: 10_321, blobs: POST_BLOBS });
  });

  it('gives each tag an image of its own, two more than the post removed', () => {
    const removed = POST_REPOSITORIES.map(({ tags }) => tags - 2).sort((a, b) => a - b);
    expect(removed).toEqual([17, 245, 300, 310, 318, 463, 1421, 1574, 1868]);
    const current = linksLike(volume.files, CURRENT);
    expect(new Set(current).size).toBe(current.length);
  });
});

describe('the volume of a generated registry', () => {
  it('refuses a blob that is there already', () => {
    const volume = createFilesystemVolume(temporaryFolder('volume'));
    const plan = planOf('S', 3);
    fillVolume(volume, { ...plan, repositories: [] }, 3, NOW);
    expect(() => fillVolume(volume, { ...plan, repositories: [] }, 3, NOW)).toThrow(/EEXIST/);
  });
});
