/** Random registries of two repositories, with signatures, referrers and indexes, and policies for them. */
import * as fc from 'fast-check';
import { analyse, type PolicyAnalysis } from '../../src/gc/analysis.ts';
import type { Graph } from '../../src/gc/graph.ts';
import { buildPlan, type Plan } from '../../src/gc/plan.ts';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import {
  BLOB_STORED,
  MANIFEST_KINDS,
  MISSING,
  NONE,
  REFERENCE_KINDS,
  SOUND,
  type Inventory,
} from '../../src/inventory/inventory.ts';
import type { Digest } from '../../src/layout/digest.ts';
import { tagsAbout } from '../../src/layout/referrer-tags.ts';
import type { Policy, Retention } from '../../src/policy/model.ts';
import { tagPatterns } from '../../src/policy/patterns.ts';
import { digestBytes } from '../support/content.ts';
import { scanFacts } from '../support/scan-facts.ts';
import { links, list, type Link, type Manifests } from './random-things.ts';

/** Things are numbers below these: manifests first, then plain blobs. */
export const MANIFESTS = 8;
export const BLOBS = 6;
const REPOSITORIES = ['governed', 'other'] as const;
export const NOW = Date.parse('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;
/** What was pushed in the last two hours is young. */
const SINCE = NOW - 2 * HOUR;

export interface Row extends Link {
  readonly time: number;
}

export interface Volume extends Manifests {
  /** Of each manifest when it was created, as it says; NaN where it does not. */
  readonly created: readonly number[];
  readonly stored: ReadonlySet<number>;
  readonly revisions: readonly Row[];
  readonly layerLinks: readonly Row[];
  readonly tags: readonly (Row & { readonly name: string })[];
}

export function digestOfThing(thing: number): Digest {
  return digestBytes(Buffer.from(`thing ${thing}`));
}

const aManifest = fc.nat(MANIFESTS - 1);
const aTime = fc.nat(400).map((hours) => NOW - hours * HOUR);
const aRow = (thing: fc.Arbitrary<number>): fc.Arbitrary<Row> =>
  fc.record({ repository: fc.nat(9).map((n) => (n === 9 ? 1 : 0)), thing, time: aTime });
const aName = fc.oneof(
  { weight: 4, arbitrary: fc.nat(9).map((n) => `v1.${n}.0`) },
  { weight: 1, arbitrary: fc.constantFrom('latest', 'main') },
  {
    weight: 2,
    arbitrary: fc.tuple(aManifest, fc.nat(3)).map(([of, at]) => tagsAbout(digestOfThing(of))[at] ?? ''),
  },
);

export const volumes: fc.Arbitrary<Volume> = fc.record({
  // No digest can name itself, by way of others either.
  references: list(fc.array(fc.nat(MANIFESTS + BLOBS - 1), { maxLength: 3 }), MANIFESTS).map((named) =>
    named.map((things, manifest) => things.filter((thing) => thing > manifest)),
  ),
  subjects: list(fc.option(aManifest, { nil: undefined, freq: 2 }), MANIFESTS),
  created: list(
    fc.oneof({ weight: 4, arbitrary: aTime }, { weight: 1, arbitrary: fc.constantFrom(0, NaN, NOW + HOUR) }),
    MANIFESTS,
  ),
  stored: fc.constant(new Set(Array.from({ length: MANIFESTS + BLOBS }, (_, thing) => thing))),
  revisions: links(aRow(aManifest), 9),
  layerLinks: links(aRow(fc.nat(BLOBS - 1).map((blob) => MANIFESTS + blob)), 6),
  tags: fc.uniqueArray(
    fc.tuple(aRow(aManifest), aName).map(([row, name]) => ({ ...row, name })),
    { maxLength: 8, selector: (row) => `${row.repository} ${row.name}` },
  ),
});

export const policies: fc.Arbitrary<Policy> = fc.record({
  name: fc.constant('p'),
  repositories: fc.constantFrom(['governed'], ['**']),
  keepTags: fc
    .array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 })
    .map((counts) => counts.map((count) => ({ patterns: [], keepers: [{ kind: 'last', count } as const] }))),
  keepUntagged: fc.oneof(
    fc.constant('all' as const),
    fc.array(
      fc.integer({ min: 1, max: 2 }).map((count) => ({ kind: 'last', count }) as const),
      { maxLength: 1 },
    ),
  ),
  deleteReferrers: fc.boolean(),
  delaySeconds: fc.constantFrom(0, 200 * 3600),
  protect: fc.constantFrom([], ['latest']).map((texts) => tagPatterns(texts)),
  minKeep: fc.nat(1),
  orderBy: fc.constantFrom('pushed', 'created', 'name'),
});

/** All that a scan with `--disk-usage` would have found. A blob has two to its number of bytes: a sum tells which. */
export function inventoryOf(volume: Volume): Inventory {
  const builder = new InventoryBuilder();
  const id = (thing: number): number => builder.digests.intern(digestOfThing(thing));
  for (const name of REPOSITORIES) {
    builder.repository({ name, deletable: true, hasManifests: true, hasLayers: true, hasUploads: false });
  }
  for (const thing of volume.stored) {
    builder.blob(id(thing), BLOB_STORED);
    builder.blobState(id(thing), { bytes: 2 ** thing, diskBytes: 2 ** thing, time: 0 });
  }
  for (let manifest = 0; manifest < MANIFESTS; manifest++) addManifest(builder, volume, manifest, id);
  for (const { repository, thing, time } of volume.revisions) {
    builder.revision(repository, id(thing), { time, diskBytes: 0, flags: 0 });
  }
  for (const [place, { repository, thing, time }] of volume.layerLinks.entries()) {
    builder.layerLink(repository, id(thing), 0);
    builder.layerLinkState(place, { time, bytes: 71, diskBytes: 0 });
  }
  for (const { repository, thing, name, time } of volume.tags) {
    builder.tag(repository, id(thing), { name, time, flags: 0 });
    builder.tagIndexEntry(id(thing));
  }
  return builder.build(scanFacts({ scannedAt: NOW, diskUsage: true }));
}

const NUMBERS = new Map(Array.from({ length: MANIFESTS + BLOBS }, (_, thing) => [digestOfThing(thing), thing]));

/** The number of the thing that has this id in an inventory. */
export function thingOf({ digests }: Inventory, id: number | undefined): number {
  return NUMBERS.get(digests.digest(id ?? NONE)) ?? NONE;
}

export interface PlannedBy {
  /** As it is without the policy. */
  readonly graph: Graph;
  readonly policy: PolicyAnalysis;
  readonly plan: Plan;
}

/** What goes by a retention. `diskBytes`: no more than frees so much. */
export function plannedBy(inventory: Inventory, retention: Retention, diskBytes?: number): PlannedBy {
  const uploadsBefore = -Infinity;
  const { policy, graph } = analyse(inventory, {
    isIncluded: () => true,
    youngSince: SINCE,
    retention,
    now: NOW,
    ...(diskBytes === undefined ? {} : { target: { mode: 'policy', diskBytes, uploadsBefore } }),
  });
  if (policy === undefined) throw new Error('it was not marked');
  return { graph, policy, plan: buildPlan(inventory, policy.marking, { youngSince: SINCE, uploadsBefore }) };
}

function addManifest(builder: InventoryBuilder, volume: Volume, manifest: number, id: (thing: number) => number): void {
  const isHere = volume.stored.has(manifest);
  const isNamed = [...volume.revisions, ...volume.tags].some(({ thing }) => thing === manifest);
  if (!isHere && !isNamed) return;
  const subject = isHere ? volume.subjects[manifest] : undefined;
  builder.manifest(id(manifest), subject === undefined ? undefined : id(subject), {
    health: isHere ? SOUND : MISSING,
    kind: MANIFEST_KINDS.indexOf('index'),
    mediaType: '',
    artifactType: '',
    bytes: 2 ** manifest,
    diskBytes: 2 ** manifest,
    time: 0,
    created: isHere ? (volume.created[manifest] ?? NaN) : NaN,
  });
  for (const target of isHere ? (volume.references[manifest] ?? []) : []) {
    const kind = REFERENCE_KINDS.indexOf(target < MANIFESTS ? 'child' : 'layer');
    builder.reference(id(target), { kind, flags: 0, bytes: 2 ** target, mediaType: '', platform: '' });
  }
}
