/** Retained sizes against their definition: what would go if just that one root went. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildGraph } from '../../src/gc/graph.ts';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import { BLOB_STORED, MANIFEST_KINDS, REFERENCE_KINDS, SOUND, type Inventory } from '../../src/inventory/inventory.ts';
import { reachedBySeveral, RetainedSizes, revisionRoots, tagRoots } from '../../src/query/exclusive.ts';
import { digestBytes } from '../support/content.ts';
import { scanFacts } from '../support/scan-facts.ts';

/** Things are numbers: manifests first, then plain blobs. The number is the digest's, too. */
const MANIFESTS = 5;
const THINGS = 9;
const REPOSITORIES = 2;

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
    maxLength: 6,
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
    builder.repository({ name: `r${repository}`, deletable: true, ...folders });
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
