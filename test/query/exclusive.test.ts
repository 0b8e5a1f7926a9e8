/** Retained sizes against their definition: what would go if just that one root went. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyse } from '../../src/gc/analysis.ts';
import { buildGraph } from '../../src/gc/graph.ts';
import { Keepers } from '../../src/gc/keepers.ts';
import { ownRoots } from '../../src/gc/own-roots.ts';
import { standardRoots } from '../../src/gc/roots.ts';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import { BLOB_STORED, MANIFEST_KINDS, REFERENCE_KINDS, SOUND, type Inventory } from '../../src/inventory/inventory.ts';
import { exclusiveOfSet, reachedBySeveral, RetainedSizes, revisionRoots, tagRoots } from '../../src/query/exclusive.ts';
import { repositoryRows } from '../../src/query/rows.ts';
import { digestBytes } from '../support/content.ts';
import { scanFacts } from '../support/scan-facts.ts';

/** Things are numbers: manifests first, then plain blobs. The number is the digest's, too. */
const MANIFESTS = 5;
const THINGS = 9;
/** A namespace that is a repository, too, and one that is none. */
const NAMES = ['a', 'a/b', 'c/d', 'c/e'] as const;
const REPOSITORIES = NAMES.length;

interface Volume {
  /** Of each manifest the things that it names; an earlier one may name a later one and the reverse. */
  readonly references: readonly (readonly number[])[];
  /** Of each manifest the one that it is about. */
  readonly subjects: readonly (number | undefined)[];
  readonly stored: readonly boolean[];
  readonly revisions: readonly { readonly repository: number; readonly thing: number }[];
  readonly tags: readonly { readonly repository: number; readonly thing: number | undefined }[];
}

const aManifest = fc.nat(MANIFESTS - 1);
const aRepository = fc.nat(REPOSITORIES - 1);
const perManifest = { minLength: MANIFESTS, maxLength: MANIFESTS };
const volumes: fc.Arbitrary<Volume> = fc.record({
  references: fc.array(fc.uniqueArray(fc.nat(THINGS - 1), { maxLength: 4 }), perManifest),
  subjects: fc.array(fc.option(aManifest, { nil: undefined, freq: 2 }), perManifest),
  stored: fc.array(
    fc.nat(7).map((number) => number !== 0),
    { minLength: THINGS, maxLength: THINGS },
  ),
  revisions: fc.uniqueArray(fc.record({ repository: aRepository, thing: aManifest }), {
    maxLength: 8,
    selector: ({ repository, thing }) => `${repository} ${thing}`,
  }),
  tags: fc.array(fc.record({ repository: aRepository, thing: fc.option(aManifest, { nil: undefined, freq: 6 }) }), {
    maxLength: 4,
  }),
});

/** Powers of two: from a sum one can tell what was summed. */
const sizeOf = (thing: number): number => 2 ** thing;

function inventoryOf(volume: Volume): Inventory {
  const builder = new InventoryBuilder();
  for (let thing = 0; thing < THINGS; thing++) {
    expect(builder.digests.intern(digestBytes(Buffer.from(`thing ${thing}`)))).toBe(thing);
    if (volume.stored[thing] === true) builder.blob(thing, BLOB_STORED);
    builder.blobState(thing, { bytes: sizeOf(thing), diskBytes: 0, time: 0 });
  }
  for (let repository = 0; repository < REPOSITORIES; repository++) {
    const folders = { hasManifests: true, hasLayers: true, hasUploads: false };
    builder.repository({ name: NAMES[repository] ?? '', deletable: true, ...folders });
  }
  for (const { repository, thing } of volume.revisions) {
    builder.revision(repository, thing, { time: 0, diskBytes: 0, flags: 0 });
  }
  for (const [place, { repository, thing }] of volume.tags.entries()) {
    builder.tag(repository, thing, { name: `t${place}`, time: 0, flags: 0 });
  }
  for (const [manifest, references] of volume.references.entries()) {
    const facts = { health: SOUND, kind: MANIFEST_KINDS.indexOf('index'), mediaType: '', artifactType: '' };
    builder.manifest(manifest, volume.subjects[manifest], { ...facts, bytes: sizeOf(manifest), diskBytes: 0, time: 0 });
    const kind = REFERENCE_KINDS.indexOf('child');
    for (const target of references) {
      builder.reference(target, { kind, flags: 0, bytes: 1, mediaType: '', platform: '' });
    }
  }
  return builder.build(scanFacts({ diskUsage: true }));
}

/** What these roots keep: what they name, and the revisions whose subject is kept, until nothing is added. */
function keptBy(volume: Volume, roots: readonly number[]): ReadonlySet<number> {
  const kept = new Set(roots);
  for (let before = -1; before !== kept.size;) {
    before = kept.size;
    for (const thing of [...kept]) for (const target of volume.references[thing] ?? []) kept.add(target);
    for (const { thing } of volume.revisions) {
      const subject = volume.subjects[thing];
      if (subject !== undefined && kept.has(subject)) kept.add(thing);
    }
  }
  return kept;
}

function bytesOf(volume: Volume, things: Iterable<number>): number {
  return [...things].reduce((sum, thing) => sum + (volume.stored[thing] === true ? sizeOf(thing) : 0), 0);
}

function rootsOf(volume: Volume, mode: 'revisions' | 'tags'): readonly number[] {
  const current = volume.tags.flatMap(({ repository, thing }) => (thing === undefined ? [] : [{ repository, thing }]));
  if (mode === 'tags') return current.map(({ thing }) => thing);
  const isRevision = (one: { readonly repository: number; readonly thing: number }): boolean =>
    volume.revisions.some(({ repository, thing }) => repository === one.repository && thing === one.thing);
  return [...volume.revisions, ...current.filter((one) => !isRevision(one))].map(({ thing }) => thing);
}

test.each([
  ['revisions', revisionRoots],
  ['tags', tagRoots],
] as const)('exclusive to a root is what goes when that root alone goes (%s)', (mode, rootsIn) => {
  fc.assert(
    fc.property(volumes, (volume) => {
      const inventory = inventoryOf(volume);
      const roots = rootsOf(volume, mode);
      const ours = [...rootsIn(inventory)];
      expect(ours.toSorted()).toEqual(roots.toSorted());
      const graph = buildGraph(inventory);
      const sizes = new RetainedSizes(inventory, graph, reachedBySeveral(graph, ours));
      const all = bytesOf(volume, keptBy(volume, roots));
      for (const [place, root] of roots.entries()) {
        const others = roots.filter((_, other) => other !== place);
        expect(sizes.of(root)).toEqual({
          bytes: bytesOf(volume, keptBy(volume, [root])),
          exclusiveBytes: all - bytesOf(volume, keptBy(volume, others)),
        });
      }
    }),
    { numRuns: 500 },
  );
});

interface Chosen {
  readonly volume: Volume;
  /** Of each tag, revision and repository: it goes. */
  readonly tags: readonly boolean[];
  readonly revisions: readonly boolean[];
  readonly repositories: readonly boolean[];
}

const flags = (length: number): fc.Arbitrary<readonly boolean[]> =>
  fc.array(fc.boolean(), { minLength: length, maxLength: length });
const chosen: fc.Arbitrary<Chosen> = fc.record({
  volume: volumes,
  tags: flags(4),
  revisions: flags(8),
  repositories: fc.array(
    fc.nat(3).map((number) => number === 0),
    { minLength: REPOSITORIES, maxLength: REPOSITORIES },
  ),
});

const rowsWhere = (isChosen: readonly boolean[], rows: number): readonly number[] =>
  Array.from({ length: rows }, (_, row) => row).filter((row) => isChosen[row] === true);

/** The volume without what goes. */
function without({ volume, tags, revisions, repositories }: Chosen): Volume {
  const revisionsLeft = volume.revisions.filter(
    ({ repository }, row) => revisions[row] !== true && repositories[repository] !== true,
  );
  const isNamed = (tag: Volume['tags'][number]): boolean =>
    volume.revisions.some(
      ({ repository, thing }, row) => revisions[row] === true && repository === tag.repository && thing === tag.thing,
    );
  return {
    ...volume,
    revisions: revisionsLeft,
    tags: volume.tags.filter(
      (tag, row) => tags[row] !== true && repositories[tag.repository] !== true && !isNamed(tag),
    ),
  };
}

test.each([
  ['revisions', 'revisions'],
  ['tags', 'untagged'],
] as const)('exclusive to a set is what goes when all of it goes (%s)', (roots, mode) => {
  fc.assert(
    fc.property(chosen, (all) => {
      const { volume } = all;
      const inventory = inventoryOf(volume);
      const set = {
        tags: rowsWhere(all.tags, volume.tags.length),
        revisions: rowsWhere(all.revisions, volume.revisions.length),
        repositories: rowsWhere(all.repositories, REPOSITORIES),
      };
      const rest = without(all);
      const kept = (of: Volume): number => bytesOf(of, keptBy(of, rootsOf(of, roots)));
      const { bytes } = exclusiveOfSet(inventory, buildGraph(inventory), standardRoots(inventory, mode), set);
      expect(bytes).toBe(kept(volume) - kept(rest));
    }),
    { numRuns: 1000 },
  );
});

test('what a repository, a namespace, a tag or a revision dominates is what goes with it', () => {
  fc.assert(
    fc.property(volumes, fc.constantFrom('revisions', 'untagged'), fc.boolean(), (given, mode, hasSubjects) => {
      const volume = hasSubjects ? given : { ...given, subjects: [] };
      const inventory = inventoryOf(volume);
      const graph = buildGraph(inventory);
      const roots = ownRoots(inventory, graph, standardRoots(inventory, mode));
      const keepers = new Keepers(inventory, graph, roots);
      const goes = (set: Parameters<typeof exclusiveOfSet>[3]) => exclusiveOfSet(inventory, graph, roots, set).bytes;
      // A referrer is kept by its subject and by its revision together, and by neither alone.
      const compare = (dominated: number, gone: number): void => {
        if (hasSubjects) expect(dominated).toBeLessThanOrEqual(gone);
        else expect(dominated).toBe(gone);
      };
      const { tags, revisions } = inventory;
      for (const [row, current] of tags.current.entries()) {
        if (current >= 0) compare(keepers.bytesOf('tag', row), goes({ tags: [row] }));
      }
      for (const row of revisions.digest.keys()) {
        if (roots.revisions[row] === 1) compare(keepers.bytesOf('revision', row), goes({ revisions: [row] }));
      }
      for (const row of NAMES.keys()) compare(keepers.bytesOf('repository', row), goes({ repositories: [row] }));
      expect(keepers.namespaces).toEqual(['a', 'c']);
      for (const [place, namespace] of keepers.namespaces.entries()) {
        const below = [...NAMES.keys()].filter((row) => `${NAMES[row] ?? ''}/`.startsWith(`${namespace}/`));
        compare(keepers.bytesOf('namespace', place), goes({ repositories: below }));
      }
    }),
    { numRuns: 1000 },
  );
});

test('roots that stay for their own sake reach what all roots reach', () => {
  fc.assert(
    fc.property(volumes, (volume) => {
      const inventory = inventoryOf(volume);
      const graph = buildGraph(inventory);
      const all = { repositories: NAMES.keys() };
      const roots = standardRoots(inventory, 'revisions');
      const own = exclusiveOfSet(inventory, graph, ownRoots(inventory, graph, roots), all);
      expect(own).toEqual(exclusiveOfSet(inventory, graph, roots, { repositories: NAMES.keys() }));
    }),
    { numRuns: 300 },
  );
});

test.each([undefined, 1])('the exclusive bytes of a row are what goes with all that it folds (--depth %s)', (depth) => {
  fc.assert(
    fc.property(volumes, (volume) => {
      const inventory = inventoryOf(volume);
      const analysis = analyse(inventory, { isIncluded: () => true, youngSince: Infinity, now: 0 });
      const options = { mode: 'revisions', minAgeSeconds: 0, uploadsOlderThanSeconds: undefined, now: 0 } as const;
      const roots = standardRoots(inventory, 'revisions');
      for (const row of repositoryRows({ analysis }, options, depth)) {
        const members = [...NAMES.keys()].filter(
          (one) => NAMES[one]?.split('/').slice(0, depth).join('/') === row.name,
        );
        if (members.length === 0) continue;
        const { bytes } = exclusiveOfSet(inventory, analysis.graph, roots, { repositories: members });
        expect(row.exclusiveBytes).toBe(bytes);
      }
    }),
    { numRuns: 500 },
  );
});
