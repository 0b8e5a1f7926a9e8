/** What a sweep would take, held against what the registry's own collector says of the same tree. */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { digestHex, type Digest } from '../../src/layout/digest.ts';
import {
  blobData,
  LAYOUT_FOLDER,
  revisionFolder,
  revisionLink,
  repositoryFolder,
  tagFolder,
  tagIndexFolder,
  TAGS,
} from '../../src/layout/paths.ts';
import { layer, seededBytes, type Content } from '../support/content.ts';
import { copyFixture } from '../support/fixture.ts';
import {
  allContent,
  artifact,
  attestation,
  buildkitCache,
  image,
  index,
  rawContent,
  type Pushable,
} from '../support/images.ts';
import { garbageCollect, hasRealRegistry, startRegistry, type CollectorResult } from '../support/real-registry.ts';
import { reclaimableBlobs, reportOf } from '../support/report-of.ts';
import { changedPaths, snapshot } from '../support/snapshot.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree, type Tree } from '../support/tree.ts';

const BASE = layer('base', 900);
const APP = image({ name: 'app', layers: [BASE, layer('app/code', 700)] });
const NEXT = image({ name: 'next', layers: [BASE, layer('next/code', 500)] });

async function collector(root: string, deleteUntagged = false): Promise<CollectorResult> {
  const result = await garbageCollect(root, { dryRun: true, deleteUntagged });
  expect(result.exitCode, result.stderr).toBe(0);
  return result;
}

function bytesOf(root: string, digests: readonly string[]): number {
  const path = (digest: string): string => join(root, LAYOUT_FOLDER, blobData(digest as Digest));
  return digests.reduce((sum, digest) => sum + statSync(path(digest)).size, 0);
}

/** Lines that the dry run prints for each repository, without those for which it prints none. */
function linesOf({ marked }: CollectorResult): Readonly<Record<string, number>> {
  return Object.fromEntries(marked.map(({ repository, manifests, blobs }) => [repository, manifests + blobs]));
}

async function referencesOf(root: string): Promise<Readonly<Record<string, number>>> {
  const { repositories } = await reportOf(root);
  return Object.fromEntries(
    repositories.filter(({ references }) => references > 0).map(({ name, references }) => [name, references]),
  );
}

describe.skipIf(!hasRealRegistry())('the walk-through of the blog posts', () => {
  it('names what the collector names after a deletion by the API, with its bytes, and changes nothing', async () => {
    const root = temporaryFolder('walk-through');
    const registry = await startRegistry(root);
    onTestFinished(registry.stop);
    await registry.client.push('app', '1.0', APP);
    await registry.client.push('team/next', '1.0', NEXT);
    await registry.client.deleteManifest('app', APP.digest);
    const before = snapshot(root, { times: true, modes: true });

    const { eligibleBlobs } = await collector(root);
    const report = await reportOf(root);

    const own = allContent(APP).map(({ digest }) => digest);
    expect(eligibleBlobs).toEqual(own.filter((digest) => digest !== BASE.digest).sort());
    expect(await reclaimableBlobs(root)).toEqual(eligibleBlobs);
    expect(report.reclaimable.blobs.count).toBe(eligibleBlobs.length);
    expect(report.reclaimable.blobs.bytes).toBe(bytesOf(root, eligibleBlobs));
    expect(report.problems).toEqual([]);
    expect(changedPaths(before, snapshot(root, { times: true, modes: true }))).toEqual([]);
  });

  it('keeps an image whose revision went by hand while its tag stays, and names the way to let it go', async () => {
    const root = temporaryFolder('by-hand');
    const registry = await startRegistry(root);
    onTestFinished(registry.stop);
    await registry.client.push('app', '1.0', APP);
    await registry.client.push('team/next', '1.0', NEXT);
    const at = (path: string): string => join(root, LAYOUT_FOLDER, path);
    rmSync(at(revisionFolder('app', APP.digest)), { recursive: true });
    rmSync(at(`${tagIndexFolder('app', '1.0')}/sha256/${digestHex(APP.digest)}`), { recursive: true });

    const { eligibleBlobs } = await collector(root);
    const report = await reportOf(root);

    expect(eligibleBlobs).toContain(APP.digest);
    expect(await reclaimableBlobs(root)).toEqual([]);
    expect(report.reclaimable.blobs).toMatchObject({ count: 0, bytes: 0 });
    expect(report.problems).toEqual([
      expect.objectContaining({
        code: 'tag-not-linked',
        repository: 'app',
        tag: '1.0',
        digest: APP.digest,
        bytes: bytesOf(root, eligibleBlobs),
        message: expect.stringContaining('rm app:1.0') as string,
      }),
    ]);

    rmSync(at(tagFolder('app', '1.0')), { recursive: true });
    expect(await reclaimableBlobs(root)).toEqual(eligibleBlobs);
    expect((await reportOf(root)).problems).toEqual([]);
  });
});

describe.skipIf(!hasRealRegistry())('the fixture', () => {
  it('gives up what the collector takes, and counts references as it prints lines', async () => {
    const root = await copyFixture();
    const result = await collector(root);
    expect(result.eligibleBlobs).not.toEqual([]);
    expect(await reclaimableBlobs(root)).toEqual(result.eligibleBlobs);
    expect(await referencesOf(root)).toEqual(linesOf(result));
    const report = await reportOf(root);
    expect(report.reclaimable.blobs.bytes).toBe(bytesOf(root, result.eligibleBlobs));
    expect(report.problems).toEqual([]);
    expect(report.complete).toBe(true);
  });

  it('with --untagged, gives up nothing that the collector would keep', async () => {
    const root = await copyFixture();
    const { eligibleBlobs } = await collector(root, true);
    const ours = await reclaimableBlobs(root, { mode: 'untagged' });
    expect(ours.length).toBeGreaterThan((await reclaimableBlobs(root)).length);
    expect(ours.filter((digest) => !eligibleBlobs.includes(digest))).toEqual([]);
  });
});

const REPOSITORIES = ['app', 'app/api', 'shop/web', 'z'] as const;
const LAYERS = ['a', 'b', 'c', 'd', 'e'];
const KINDS = ['image', 'oci', 'index', 'list', 'nested', 'attested', 'cache', 'artifact', 'twice'] as const;

interface Push {
  readonly do: 'push';
  readonly repository: string;
  readonly kind: (typeof KINDS)[number];
  readonly tag: string | undefined;
  readonly layers: readonly string[];
}
type Step =
  | Push
  | { readonly do: 'layer'; readonly repository: string; readonly seed: string }
  | { readonly do: 'delete'; readonly repository: string; readonly which: number };

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('push' as const),
        repository: fc.constantFrom(...REPOSITORIES),
        kind: fc.constantFrom(...KINDS),
        tag: fc.option(fc.constantFrom('latest', '1.0'), { nil: undefined }),
        layers: fc.array(fc.constantFrom(...LAYERS), { minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('layer' as const),
        repository: fc.constantFrom(...REPOSITORIES),
        seed: fc.constantFrom(...LAYERS, 'nobody'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('delete' as const),
        repository: fc.constantFrom(...REPOSITORIES),
        which: fc.nat(5),
      }),
    },
  ),
  { minLength: 3, maxLength: 14 },
);

/** A tree grown step by step, and what was pushed where: what a naive count of it needs. */
class Grown {
  readonly tree: Tree = createTree(join(temporaryFolder('random'), 'registry'));
  /** Manifests by digest, children too. */
  readonly manifests = new Map<Digest, Pushable>();
  private readonly pushed = new Map<string, Pushable[]>();
  private readonly tags = new Map<string, Digest>();
  private readonly subjects = new Map<Digest, Digest>();

  constructor(steps: readonly Step[]) {
    // 2.8 gives up on a repository with revisions and no `tags` where it is to delete what is untagged.
    for (const repository of REPOSITORIES) {
      this.tree.linkLayer(repository, this.tree.putBlob(seededBytes(repository, 60)));
      mkdirSync(this.tree.path(`${repositoryFolder(repository)}/${TAGS}`), { recursive: true });
    }
    for (const step of steps) this.take(step);
  }

  private take(step: Step): void {
    if (step.do === 'push') return this.push(step);
    if (step.do === 'layer') {
      this.tree.linkLayer(step.repository, this.tree.putBlob(layer(step.seed).bytes));
      return;
    }
    const own = this.pushed.get(step.repository) ?? [];
    const children = new Set(own.flatMap((one) => below(one).map(({ digest }) => digest)));
    // A child of an index that stays is kept by us and not by 2.8: the damage table has that row.
    const candidates = own.filter(({ digest }) => !children.has(digest));
    const gone = candidates[step.which % Math.max(candidates.length, 1)];
    if (gone !== undefined) this.deleteByApi(step.repository, gone.digest);
  }

  private push(step: Push): void {
    const { repository, tag } = step;
    const own = this.pushed.get(repository) ?? [];
    const pushable = this.build(step, own.at(-1));
    const former = tag === undefined ? undefined : this.tags.get(`${repository}:${tag}`);
    this.tree.push(repository, undefined, pushable);
    if (tag !== undefined) {
      this.tree.tag(repository, tag, pushable.digest, { history: former === undefined ? [] : [former] });
      this.tags.set(`${repository}:${tag}`, pushable.digest);
    }
    for (const one of [pushable, ...below(pushable)]) this.manifests.set(one.digest, one);
    this.pushed.set(repository, [...own.filter(({ digest }) => digest !== pushable.digest), pushable]);
  }

  private build({ kind, layers, repository }: Push, last: Pushable | undefined): Pushable {
    const parts = layers.map((seed) => layer(seed));
    const name = layers.join('');
    const one = image({ name, layers: parts });
    const other = image({ name: `${name}/arm`, layers: parts.slice(0, 1), format: 'oci' });
    switch (kind) {
      case 'image':
        return one;
      case 'oci':
        return image({ name: repository, layers: parts, format: 'oci' });
      case 'twice':
        return image({ name, layers: [...parts, ...parts] });
      case 'list':
        return index([{ manifest: one }], { format: 'docker' });
      case 'index':
        return index([{ manifest: one }, { manifest: other }]);
      case 'nested':
        return index([{ manifest: index([{ manifest: one }]) }, { manifest: other }]);
      case 'attested':
        return index([{ manifest: one }, attestation(one)]);
      case 'cache':
        return buildkitCache(parts.filter((part, place) => parts.indexOf(part) === place));
      case 'artifact': {
        const content = rawContent('text/plain', Buffer.from(`about ${name} of ${repository}`));
        const about = artifact({
          artifactType: 'text/plain',
          content,
          ...(last === undefined ? {} : { subject: last }),
        });
        if (last !== undefined) this.subjects.set(about.digest, last.digest);
        return about;
      }
    }
  }

  /** As the API's DELETE leaves it: the link and the tags that name it go, the folder and the history stay. */
  private deleteByApi(repository: string, digest: Digest): void {
    rmSync(this.tree.path(revisionLink(repository, digest)), { force: true });
    for (const tag of readdirSync(this.tree.path(`${repositoryFolder(repository)}/${TAGS}`))) {
      if (this.tags.get(`${repository}:${tag}`) !== digest) continue;
      rmSync(this.tree.path(tagFolder(repository, tag)), { recursive: true });
      this.tags.delete(`${repository}:${tag}`);
    }
    this.pushed.set(
      repository,
      (this.pushed.get(repository) ?? []).filter((one) => one.digest !== digest),
    );
  }

  /** What the tags reach, by a count that knows nothing of `src/`: contents, children, and referrers of what is kept. */
  reachedFromTags(): ReadonlySet<Digest> {
    const linked = new Set([...this.pushed.values()].flatMap((own) => own.flatMap((one) => [one, ...below(one)])));
    const linkedDigests = new Set([...linked].map(({ digest }) => digest));
    const reached = new Set<Digest>();
    const queue = [...this.tags.values()];
    for (let digest = queue.pop(); digest !== undefined; digest = queue.pop()) {
      if (reached.has(digest)) continue;
      reached.add(digest);
      const manifest = this.manifests.get(digest);
      if (manifest !== undefined) queue.push(...allContent(manifest).map((content: Content) => content.digest));
      for (const [referrer, subject] of this.subjects) {
        if (subject === digest && linkedDigests.has(referrer)) queue.push(referrer);
      }
    }
    return reached;
  }
}

function below(one: Pushable): readonly Pushable[] {
  return one.children.flatMap((child) => [child, ...below(child)]);
}

describe.skipIf(!hasRealRegistry())('random trees without damage', () => {
  it(
    'give up what the collector takes; with --untagged less, by what a tag still reaches',
    { timeout: 120_000 },
    async () => {
      let taken = 0;
      let spared = 0;
      await fc.assert(
        fc.asyncProperty(steps, async (plan) => {
          const grown = new Grown(plan);
          const { root } = grown.tree;
          const plain = await collector(root);
          expect(await reclaimableBlobs(root)).toEqual(plain.eligibleBlobs);
          expect(await referencesOf(root)).toEqual(linesOf(plain));

          const theirs = (await collector(root, true)).eligibleBlobs;
          const ours = await reclaimableBlobs(root, { mode: 'untagged' });
          const reached = grown.reachedFromTags();
          expect(ours.filter((digest) => !theirs.includes(digest))).toEqual([]);
          expect(ours.filter((digest) => reached.has(digest as Digest))).toEqual([]);
          const more = theirs.filter((digest) => !ours.includes(digest));
          expect(more.filter((digest) => !reached.has(digest as Digest))).toEqual([]);
          taken += plain.eligibleBlobs.length;
          spared += more.length;
        }),
        { seed: 20_260_101, numRuns: 30 },
      );
      // A comparison in which nothing goes, or nothing differs, would compare nothing.
      expect(taken).toBeGreaterThan(30);
      expect(spared).toBeGreaterThan(0);
    },
  );
});
