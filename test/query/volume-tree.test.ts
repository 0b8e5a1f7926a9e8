/** The tree of a volume against the slow way: sets of digests for each repository, and a look at each node by itself. */
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { analyse } from '../../src/gc/analysis.ts';
import { REFERENCED, UNREFERENCED } from '../../src/gc/mark.ts';
import { uploadsToGo } from '../../src/gc/plan.ts';
import { momentOf } from '../../src/gc/thresholds.ts';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import { BLOB_STORED, type Inventory } from '../../src/inventory/inventory.ts';
import { repositoryRows } from '../../src/query/rows.ts';
import type { MarkedIndex, ViewOptions } from '../../src/query/view.ts';
import { volumeTree } from '../../src/query/volume-tree.ts';
import type { ClassBytes, VolumeNode } from '../../src/report/model-tree.ts';
import { digestBytes } from '../support/content.ts';
import { retentionBy } from '../support/policies.ts';
import { scanFacts } from '../support/scan-facts.ts';
import { inventoryOf, SINCE, taggedRegistries } from '../gc/random-plans.ts';
import { inventoryOf as governedInventory, NOW, policies, volumes } from '../gc/random-policies.ts';

const NOTHING: ClassBytes = { kept: 0, shared: 0, untagged: 0, orphaned: 0, held: 0 };

type Ids = ReadonlySet<number>;

/** What the naive way asks an inventory for. */
class Naive {
  readonly repositories: readonly { readonly name: string; readonly byTags: Ids; readonly byRoots: Ids }[];
  readonly sizes: readonly number[];
  private readonly level: Uint8Array;

  constructor(
    readonly inventory: Inventory,
    index: MarkedIndex,
    readonly options: ViewOptions,
    readonly uploads: readonly number[],
  ) {
    const { marking, roots } =
      options.mode === 'policy' ? (index.analysis.policy ?? index.analysis.revisions) : index.analysis[options.mode];
    this.level = marking.level;
    const { blobs, digests, revisions } = inventory;
    this.sizes = Array.from({ length: digests.size }, (_, id) =>
      ((blobs.flags[id] ?? 0) & BLOB_STORED) !== 0 ? (blobs.bytes[id] ?? 0) : 0,
    );
    const all = (flag: number): Uint8Array => new Uint8Array(revisions.digest.length).fill(flag);
    const byTags = this.reach(roots.tags, all(0), roots.subjects);
    const byRoots = this.reach(roots.tags, roots.revisions, roots.subjects);
    this.repositories = inventory.repositories.map(({ name }, place) => ({
      name,
      byTags: byTags[place] ?? new Set(),
      byRoots: byRoots[place] ?? new Set(),
    }));
  }

  /** By repository, of roots by row; what they keep anywhere keeps its referrers. */
  private reach(tags: Uint8Array, revisions: Uint8Array, subjects: Int32Array): readonly Ids[] {
    const { inventory } = this;
    const rooted = inventory.repositories.map(() => new Set<number>());
    const add = (repository: number | undefined, id: number | undefined): void => {
      if (id !== undefined && id >= 0) rooted[repository ?? 0]?.add(id);
    };
    for (const [row, id] of inventory.tags.current.entries()) {
      if (tags[row] === 1) add(inventory.tags.repository[row], id);
    }
    for (const [row, id] of inventory.revisions.digest.entries()) {
      if (revisions[row] === 1) add(inventory.revisions.repository[row], id);
    }
    for (;;) {
      const reached = rooted.map((roots) => this.closure(roots));
      const kept = new Set(reached.flatMap((ids) => [...ids]));
      const before = rooted.reduce((sum, { size }) => sum + size, 0);
      for (const [row, id] of inventory.revisions.digest.entries()) {
        const m = inventory.manifests.digest.indexOf(id);
        if (kept.has(inventory.manifests.subject[m] ?? -1)) add(inventory.revisions.repository[row], id);
      }
      for (const [row, id] of inventory.tags.current.entries()) {
        if (kept.has(subjects[row] ?? -1)) add(inventory.tags.repository[row], id);
      }
      if (rooted.reduce((sum, { size }) => sum + size, 0) === before) return reached;
    }
  }

  private closure(roots: Ids): Ids {
    const reached = new Set(roots);
    const { manifests, aliases, signatureLinks, revisions } = this.inventory;
    for (const id of reached) {
      const m = manifests.digest.indexOf(id);
      if (m >= 0) {
        const [from, until] = [manifests.referenceStart[m], manifests.referenceStart[m + 1]];
        for (const target of manifests.referenceTarget.slice(from, until)) reached.add(target);
      }
      for (const { from, to } of aliases) if (from === id) reached.add(to);
      for (const [row, digest] of signatureLinks.digest.entries()) {
        if (revisions.digest[signatureLinks.revision[row] ?? -1] === id) reached.add(digest);
      }
    }
    return reached;
  }

  /** The repositories with these, by name, and the class that this gives it. */
  private usersOf(id: number): { readonly of: keyof ClassBytes; readonly names: readonly string[] } {
    const named = (has: (one: (typeof this.repositories)[number]) => boolean): string[] =>
      this.repositories.filter(has).map(({ name }) => name);
    if (this.level[id] !== REFERENCED) {
      const aliased = this.inventory.aliases.filter(({ to }) => to === id).map(({ from }) => from);
      const linked = this.repositories.map((_, place) => this.linkedBy(place));
      const names = this.repositories
        .filter((_, place) => [id, ...aliased].some((one) => linked[place]?.has(one)))
        .map(({ name }) => name);
      return { of: this.level[id] === UNREFERENCED ? 'orphaned' : 'held', names };
    }
    const names = named(({ byTags }) => byTags.has(id));
    if (names.length === 0) return { of: 'untagged', names: named(({ byRoots }) => byRoots.has(id)) };
    return { of: names.length === 1 ? 'kept' : 'shared', names };
  }

  private linkedBy(repository: number): Ids {
    const { revisions, layerLinks, tagIndexEntries, tags } = this.inventory;
    const ids = new Set<number>();
    for (const { repository: of, digest } of [revisions, layerLinks]) {
      for (const [row, id] of digest.entries()) if (of[row] === repository) ids.add(id);
    }
    for (const [row, id] of tagIndexEntries.digest.entries()) {
      if (tags.repository[tagIndexEntries.tag[row] ?? -1] === repository) ids.add(id);
    }
    return ids;
  }

  /** The figures of a node, from those of all below it and of nothing else. */
  node(path: string): Omit<VolumeNode, 'children' | 'name'> {
    const isBelow = (name: string): boolean => path === '' || name === path || name.startsWith(`${path}/`);
    const inside = this.repositories.filter(({ name }) => isBelow(name));
    const outside = this.repositories.filter(({ name }) => !isBelow(name));
    const sum = (ids: Iterable<number>): number =>
      [...new Set(ids)].reduce((bytes, id) => bytes + (this.sizes[id] ?? 0), 0);
    const reached = new Set(inside.flatMap(({ byRoots }) => [...byRoots]));
    const exclusive = [...reached].filter((id) => !outside.some(({ byRoots }) => byRoots.has(id)));
    const going = this.sizes.flatMap((_, id) => (this.level[id] === UNREFERENCED ? [id] : []));
    const linked = new Set(
      this.repositories.flatMap(({ name }, place) => (isBelow(name) ? [...this.linkedBy(place)] : [])),
    );
    const uploads = this.uploads.filter((at) => {
      const upload = this.inventory.uploads[at];
      return isBelow(this.repositories[upload?.repository ?? -1]?.name ?? '?');
    });
    const bytes = sum(reached);
    return {
      path,
      isRepository: this.repositories.some(({ name }) => name === path),
      repositories: inside.length,
      tags: [...this.inventory.tags.repository].filter((of) => isBelow(this.repositories[of]?.name ?? '?')).length,
      bytes,
      exclusiveBytes: sum(exclusive),
      sharedBytes: bytes - sum(exclusive),
      reclaimableBytes: sum(going.filter((id) => path === '' || linked.has(id))) + 5 * uploads.length,
      own: this.classes((common) => common === path),
      below: this.classes((common) => isBelow(common)),
    };
  }

  private classes(counts: (common: string) => boolean): ClassBytes {
    const classes = { ...NOTHING };
    for (const [id, bytes] of this.sizes.entries()) {
      const { of, names } = this.usersOf(id);
      if (counts(commonOf(names))) classes[of] += bytes;
    }
    return classes;
  }
}

/** The longest name, part by part, that all of these begin with. */
function commonOf(names: readonly string[]): string {
  const [first, ...others] = names.map((name) => name.split('/'));
  if (first === undefined) return '';
  let parts = first.length;
  for (const other of others) {
    let same = 0;
    while (same < parts && other[same] === first[same]) same++;
    parts = Math.min(parts, same);
  }
  return first.slice(0, parts).join('/');
}

function nodesOf(node: VolumeNode): readonly VolumeNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}

function total(bytes: ClassBytes): number {
  return Object.values(bytes).reduce<number>((sum, value) => sum + Number(value), 0);
}

/** Some sort otherwise by their text than by their parts. */
const NAMES = ['a', 'a-b', 'a/b', 'a/b/c', 'a/b/d', 'a/b-c', 'a.b/c', 'b/a', 'b/c/d/e', 'b/c/d/f', 'c'] as const;
const names = fc.shuffledSubarray([...NAMES], { minLength: 4, maxLength: 4 });

function renamed(inventory: Inventory, given: readonly string[]): Inventory {
  const repositories = inventory.repositories.map((one, place) => ({ ...one, name: given[place] ?? one.name }));
  return { ...inventory, repositories };
}

function expectAsNaive(index: MarkedIndex, options: ViewOptions): void {
  const { inventory, youngSince, policy } = index.analysis;
  const mode = options.mode === 'policy' ? policy : index.analysis[options.mode];
  if (mode === undefined) throw new Error('it was not marked');
  const uploads = uploadsToGo(inventory, mode.marking, momentOf(youngSince, options));
  const naive = new Naive(inventory, index, options, uploads);
  const volume = volumeTree(index, options);
  const nodes = nodesOf(volume);
  for (const { children, ...node } of nodes) {
    const { name, ...figures } = node;
    expect(name).toBe(node.path.split('/').at(-1));
    expect(figures).toEqual(naive.node(node.path));
    const sizes = children.map(({ below }) => total(below));
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  }
  const stored = naive.sizes.reduce((sum, bytes) => sum + bytes, 0);
  expect(nodes.reduce((sum, { own }) => sum + total(own), 0)).toBe(stored);
  expect(total(volume.below)).toBe(stored);
  const repositories = nodes.filter(({ isRepository }) => isRepository);
  expect(repositories.map(({ path }) => path).sort()).toEqual(inventory.repositories.map(({ name }) => name).sort());
  for (const depth of [1, 2, 3]) expectFolded(index, options, depth);
}

/** Folded, a tree says what `rank --depth` says, and nothing is lost. */
function expectFolded(index: MarkedIndex, options: ViewOptions, depth: number): void {
  const folded = nodesOf(volumeTree(index, options, depth));
  const rows = new Map(repositoryRows(index, options, depth).map((row) => [row.name, row]));
  const deepest = folded.filter(({ path }) => path.split('/').length === depth && path !== '');
  for (const { path, bytes, exclusiveBytes, sharedBytes, reclaimableBytes, tags } of deepest) {
    expect(rows.get(path)).toMatchObject({ bytes, exclusiveBytes, sharedBytes, reclaimableBytes, tags });
  }
  expect(Math.max(...folded.map(({ path }) => path.split('/').length))).toBeLessThanOrEqual(depth);
  const whole = volumeTree(index, options);
  expect(folded[0]?.below).toEqual(whole.below);
  expect(folded.reduce((sum, { own }) => sum + total(own), 0)).toBe(total(whole.below));
}

test('each node has what its repositories have as a whole, and each blob is counted once', () => {
  fc.assert(
    fc.property(taggedRegistries, names, fc.nat(5), (registry, given, excluded) => {
      const inventory = renamed(inventoryOf(registry), given);
      const isIncluded = (name: string): boolean => name !== given[excluded];
      const analysis = analyse(inventory, { isIncluded, youngSince: SINCE, now: SINCE * 2 });
      for (const mode of ['revisions', 'untagged'] as const) {
        const uploadsOlderThanSeconds = SINCE / 1000;
        expectAsNaive({ analysis }, { mode, minAgeSeconds: 1, uploadsOlderThanSeconds, now: SINCE * 2 });
      }
    }),
    { numRuns: 60 },
  );
});

test('by a policy, the tags that it keeps are those that keep', () => {
  fc.assert(
    fc.property(volumes, policies, (volume, policy) => {
      const inventory = governedInventory(volume);
      const analysis = analyse(inventory, {
        isIncluded: () => true,
        youngSince: NOW,
        now: NOW,
        retention: retentionBy(policy),
      });
      const options = { mode: 'policy', minAgeSeconds: 0, uploadsOlderThanSeconds: undefined, now: NOW } as const;
      expectAsNaive({ analysis }, options);
    }),
    { numRuns: 100 },
  );
});

describe('a volume without repositories', () => {
  it('is one node', () => {
    const builder = new InventoryBuilder();
    const blob = builder.digests.intern(digestBytes(Buffer.from('a blob')));
    builder.blob(blob, BLOB_STORED);
    builder.blobState(blob, { bytes: 7, diskBytes: 8, time: 1 });
    const analysis = analyse(builder.build(scanFacts()), { isIncluded: () => true, youngSince: Infinity, now: 0 });
    const options = { mode: 'revisions', minAgeSeconds: 0, uploadsOlderThanSeconds: undefined, now: 0 } as const;
    const orphaned = { ...NOTHING, orphaned: 7 };
    const figures = {
      bytes: 0,
      exclusiveBytes: 0,
      sharedBytes: 0,
      reclaimableBytes: 7,
      own: orphaned,
      below: orphaned,
    };
    const volume = { name: '', path: '', isRepository: false, repositories: 0, tags: 0, ...figures, children: [] };
    expect(volumeTree({ analysis }, options)).toEqual(volume);
  });
});
