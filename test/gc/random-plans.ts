/** Random registries with everything that a plan may hold, as inventories, and the plans that marking makes of them. */
import * as fc from 'fast-check';
import { findDoubts } from '../../src/gc/doubt.ts';
import { buildGraph, type Graph } from '../../src/gc/graph.ts';
import { mark } from '../../src/gc/mark.ts';
import { buildPlan, type Plan } from '../../src/gc/plan.ts';
import { graphWithFollowers } from '../../src/gc/policy-roots.ts';
import { standardRoots } from '../../src/gc/roots.ts';
import { TagSubjects } from '../../src/gc/tag-subjects.ts';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import {
  BLOB_STORED,
  MANIFEST_KINDS,
  MISSING,
  REFERENCE_KINDS,
  SOUND,
  type Inventory,
} from '../../src/inventory/inventory.ts';
import type { Digest } from '../../src/layout/digest.ts';
import { tagsAbout } from '../../src/layout/referrer-tags.ts';
import { blobData, layerLink, repositoryFolder } from '../../src/layout/paths.ts';
import { digestBytes } from '../support/content.ts';
import { scanFacts } from '../support/scan-facts.ts';
import { links, list, type Link, type Manifests } from './random-things.ts';

/** Things are numbers below these: manifests first, then plain blobs, then digests that stand for a blob. */
const MANIFESTS = 7;
const BLOBS = 7;
const ALIASES = 2;
const NAMES = ['a', 'a/b', 'team/c', 'team/d'] as const;
const UUID = '6f2a1c7e-0d35-4e0a-9d3f-2f0a5f9b7c11';
/** Epoch milliseconds: what is from then is young. */
export const SINCE = 1000;

export interface Registry extends Manifests {
  readonly missing: readonly boolean[];
  readonly sizes: readonly number[];
  readonly aliases: readonly number[];
  readonly revisions: readonly Link[];
  readonly layerLinks: readonly Link[];
  readonly tags: readonly {
    readonly repository: number;
    readonly thing: number;
    readonly history: readonly number[];
    readonly time: number;
  }[];
  /** Tags that are about a manifest by their names. */
  readonly followers: readonly {
    readonly repository: number;
    readonly about: number;
    readonly suffix: number;
    readonly thing: number;
    readonly history: readonly number[];
  }[];
  /** Of revisions, by their number. */
  readonly signatures: readonly { readonly revision: number; readonly thing: number }[];
  readonly uploads: readonly { readonly repository: number; readonly isOld: boolean }[];
  readonly strays: readonly {
    readonly repository: number | undefined;
    readonly thing: number;
    readonly isOld: boolean;
  }[];
  readonly emptyTags: readonly boolean[];
  readonly excluded: readonly boolean[];
}

const aManifest = fc.nat(MANIFESTS - 1);
const aBlob = fc.nat(BLOBS - 1).map((blob) => MANIFESTS + blob);
const aThing = fc.nat(MANIFESTS + BLOBS + ALIASES - 1);
const aRepository = fc.nat(NAMES.length - 1);
const rarely = fc.nat(9).map((number) => number === 9);

const aLink = (thing: fc.Arbitrary<number>): fc.Arbitrary<Link> => fc.record({ repository: aRepository, thing });

function unique<T extends object>(
  one: fc.Arbitrary<T>,
  maxLength: number,
  selector: (item: T) => string,
): fc.Arbitrary<T[]> {
  return fc.uniqueArray(one, { maxLength, selector });
}

function tags(maxLength: number): fc.Arbitrary<Registry['tags'][number][]> {
  const history = fc.array(aManifest, { maxLength: 2 });
  const time = fc.integer({ min: 1, max: 40 });
  return fc.array(fc.record({ repository: aRepository, thing: aManifest, history, time }), { maxLength });
}

export const registries: fc.Arbitrary<Registry> = fc.record({
  references: list(fc.array(aThing, { maxLength: 4 }), MANIFESTS),
  subjects: list(fc.option(aManifest, { nil: undefined, freq: 2 }), MANIFESTS),
  missing: list(rarely, MANIFESTS + BLOBS),
  sizes: list(fc.integer({ min: 0, max: 9 }), MANIFESTS + BLOBS),
  aliases: list(aBlob, ALIASES),
  revisions: links(aLink(aManifest), 9),
  layerLinks: links(aLink(aThing), 12),
  tags: tags(2),
  followers: unique(
    fc.record({
      repository: aRepository,
      about: aManifest,
      suffix: fc.nat(1),
      thing: aManifest,
      history: fc.array(aManifest, { maxLength: 1 }),
    }),
    3,
    (one) => `${one.repository} ${one.about} ${one.suffix}`,
  ),
  signatures: unique(fc.record({ revision: fc.nat(8), thing: aBlob }), 3, (one) => `${one.revision} ${one.thing}`),
  uploads: fc.array(fc.record({ repository: aRepository, isOld: fc.boolean() }), { maxLength: 2 }),
  strays: unique(
    fc.record({ repository: fc.option(aRepository, { nil: undefined }), thing: aBlob, isOld: fc.boolean() }),
    2,
    (one) => `${one.repository ?? ''} ${one.thing}`,
  ),
  emptyTags: list(fc.boolean(), NAMES.length),
  excluded: list(rarely, NAMES.length),
});

/** With more tags. */
export const taggedRegistries: fc.Arbitrary<Registry> = fc
  .tuple(registries, tags(5))
  .map(([registry, more]) => ({ ...registry, tags: more }));

function digestOfThing(thing: number): Digest {
  return digestBytes(Buffer.from(`thing ${thing}`), thing < MANIFESTS + BLOBS ? 'sha256' : 'sha512');
}

export interface RandomPlan {
  readonly inventory: Inventory;
  readonly graph: Graph;
  readonly plan: Plan;
}

/** The plan of a registry where only tags keep: those of all repositories, or of some, by their numbers. */
export function planOf(registry: Registry, isKept: (repository: number) => boolean = () => true): RandomPlan {
  const inventory = inventoryOf(registry);
  const roots = standardRoots(inventory, 'untagged');
  const subjects = new TagSubjects(inventory);
  for (const [row, repository] of inventory.tags.repository.entries()) {
    if (isKept(repository)) continue;
    roots.tags[row] = 0;
    roots.subjects[row] = subjects.of(row);
  }
  const graph = graphWithFollowers(inventory, buildGraph(inventory), roots);
  const marking = mark(inventory, graph, {
    roots,
    isIncluded: (name) => isIncluded(registry, name),
    doubts: findDoubts(inventory, () => true),
    youngSince: SINCE,
  });
  return { inventory, graph, plan: buildPlan(inventory, marking, { youngSince: SINCE, uploadsBefore: SINCE }) };
}

/** Whether anything may go in the repository of this name. */
export function isIncluded(registry: Registry, name: string): boolean {
  return registry.excluded[NAMES.indexOf(name as (typeof NAMES)[number])] !== true;
}

export function inventoryOf(registry: Registry): Inventory {
  const builder = new InventoryBuilder();
  const id = (thing: number): number => builder.digests.intern(digestOfThing(thing));
  for (const name of NAMES) {
    builder.repository({ name, deletable: true, hasManifests: true, hasLayers: true, hasUploads: true });
  }
  for (const [thing, missing] of registry.missing.entries()) {
    if (missing) continue;
    const bytes = registry.sizes[thing] ?? 0;
    builder.blob(id(thing), BLOB_STORED);
    builder.blobState(id(thing), { bytes, diskBytes: bytes * 10, time: 1.5 });
  }
  for (let manifest = 0; manifest < MANIFESTS; manifest++) addManifest(builder, registry, manifest, id);
  for (const [place, blob] of registry.aliases.entries()) builder.alias(id(MANIFESTS + BLOBS + place), id(blob));
  for (const [row, { repository, thing }] of registry.revisions.entries()) {
    builder.revision(repository, id(thing), { time: 1 + ((row * 7) % 5), diskBytes: 8, flags: 0 });
    for (const signature of registry.signatures) {
      if (signature.revision === row) builder.signatureLink(row, id(signature.thing), { time: 1, diskBytes: 8 });
    }
  }
  for (const [row, { repository, thing }] of registry.layerLinks.entries()) {
    builder.layerLink(repository, id(thing), 0);
    builder.layerLinkState(row, { time: 1, bytes: 71, diskBytes: 8 });
  }
  addTags(builder, registry, id);
  addRest(builder, registry);
  return builder.build(scanFacts());
}

function addManifest(
  builder: InventoryBuilder,
  registry: Registry,
  manifest: number,
  id: (thing: number) => number,
): void {
  const missing = registry.missing[manifest] === true;
  // No digest can name itself, by way of others either.
  const references = (registry.references[manifest] ?? []).filter((thing) => thing > manifest);
  const subject = registry.subjects[manifest];
  const isIndex = references.some((thing) => thing < MANIFESTS);
  const about = missing || subject === undefined || subject <= manifest ? undefined : id(subject);
  builder.manifest(id(manifest), about, {
    health: missing ? MISSING : SOUND,
    kind: MANIFEST_KINDS.indexOf(isIndex ? 'index' : 'image'),
    mediaType: '',
    artifactType: '',
    bytes: registry.sizes[manifest] ?? 0,
    diskBytes: (registry.sizes[manifest] ?? 0) * 10,
    time: missing ? NaN : 1.5,
  });
  if (missing) return;
  for (const target of references) {
    const kind = REFERENCE_KINDS.indexOf(target < MANIFESTS ? 'child' : 'layer');
    builder.reference(id(target), { kind, flags: 0, bytes: NaN, mediaType: '', platform: '' });
  }
}

function addTags(builder: InventoryBuilder, registry: Registry, id: (thing: number) => number): void {
  const plain = registry.tags.map((tag, place) => ({ ...tag, name: `t${place}` }));
  const followers = registry.followers.map(({ about, suffix, ...tag }) => ({
    ...tag,
    name: tagsAbout(digestOfThing(about))[suffix] ?? '',
    time: 1,
  }));
  let entry = 0;
  for (const { repository, thing, history, name, time } of [...followers, ...plain]) {
    builder.tag(repository, id(thing), { name, time, flags: 0 });
    for (const past of new Set([...history, thing])) {
      builder.tagIndexEntry(id(past));
      builder.tagIndexEntryState(entry++, { time: 1, bytes: 71, diskBytes: 8 });
    }
  }
}

function addRest(builder: InventoryBuilder, registry: Registry): void {
  for (const [place, { repository, isOld }] of registry.uploads.entries()) {
    const newestAt = isOld ? 1 : SINCE;
    const upload = { name: `upload-${place}`, startedAt: newestAt, newestAt, bytes: 5, diskBytes: 50, inodes: 3 };
    builder.upload(repository, { ...upload, throughLink: false });
  }
  for (const { repository, thing, isOld } of registry.strays) {
    // Strays are found where the link or the `data` is missing: beside something that no row is about.
    const digest = digestBytes(Buffer.from(`stray ${thing}`));
    const name = repository === undefined ? '' : (NAMES[repository] ?? '');
    const path = repository === undefined ? blobData(digest) : layerLink(name, digest);
    const file = { path: `${path}.${UUID}.tmp`, bytes: 3, diskBytes: 30, time: isOld ? 1 : SINCE };
    builder.strayFile(repository, file);
  }
  for (const [repository, name] of NAMES.entries()) {
    const hasTags = [...registry.tags, ...registry.followers].some((tag) => tag.repository === repository);
    if (hasTags || registry.emptyTags[repository] !== true) continue;
    builder.emptyFolder(repository, 'tags', `${repositoryFolder(name)}/_manifests/tags`);
  }
}
