/**
 * `rm` against a second implementation over random registries: sets of strings, one step at a time until nothing changes.
 * And what must hold whatever the plan: it is carried out on the sets, and what is left is looked at.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildGraph, namedBy, type Graph } from '../../src/gc/graph.ts';
import { subjectOf } from '../../src/gc/mark.ts';
import type { Plan } from '../../src/gc/plan.ts';
import { buildRemoval } from '../../src/gc/removal.ts';
import { Removals } from '../../src/gc/removals.ts';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import {
  BLOB_STORED,
  MANIFEST_HEALTH,
  MANIFEST_KINDS,
  MISSING,
  NONE,
  REFERENCE_KINDS,
  SOUND,
  TAG_UNCERTAIN,
  type Inventory,
} from '../../src/inventory/inventory.ts';
import { digestHex, type Digest } from '../../src/layout/digest.ts';
import { digestBytes } from '../support/content.ts';
import { scanFacts } from '../support/scan-facts.ts';
import { links, list, type Link, type Manifests } from './random-things.ts';
import { inWords } from './removal-of.ts';

/** Things are numbers below these: manifests first, then plain blobs, then digests that stand for a blob. */
const MANIFESTS = 6;
const BLOBS = 5;
const ALIASES = 2;
const FIRST_ALIAS = MANIFESTS + BLOBS;
const THINGS = FIRST_ALIAS + ALIASES;
const REPOSITORIES = 3;
const MISMATCH = MANIFEST_HEALTH.indexOf('mismatch');

interface Tag {
  readonly repository: number;
  readonly name: string;
  /** Undefined: nothing can be told of what it names. */
  readonly thing: number | undefined;
  readonly history: readonly number[];
}

interface Volume extends Manifests {
  /** Of each manifest and blob. */
  readonly missing: readonly boolean[];
  /** Of each manifest: it is there, and not what its digest says. */
  readonly bad: readonly boolean[];
  /** Of each alias the blob that it stands for. */
  readonly aliases: readonly number[];
  readonly revisions: readonly Link[];
  readonly layerLinks: readonly Link[];
  readonly tags: readonly Tag[];
}

/** What is named: indexes into the lists of a volume, as far as these reach. */
interface Named {
  readonly tags: readonly number[];
  readonly revisions: readonly number[];
  readonly repositories: readonly number[];
}

const aManifest = fc.nat(MANIFESTS - 1);
const aThing = fc.nat(THINGS - 1);
const aRepository = fc.nat(REPOSITORIES - 1);
const rarely = fc.nat(15).map((number) => number === 15);

const aLink = (thing: fc.Arbitrary<number>): fc.Arbitrary<Link> => fc.record({ repository: aRepository, thing });

function digestOfThing(thing: number): Digest {
  return digestBytes(Buffer.from(`thing ${thing}`), thing < FIRST_ALIAS ? 'sha256' : 'sha512');
}

const tagName = fc.oneof(
  { weight: 3, arbitrary: fc.nat(3).map((number) => `t${number}`) },
  {
    weight: 1,
    arbitrary: fc.tuple(aManifest, fc.constantFrom('', '.sig')).map(([about, end]) => tagAbout(about) + end),
  },
);

function tagAbout(manifest: number): string {
  return `sha256-${digestHex(digestOfThing(manifest))}`;
}

const volumes: fc.Arbitrary<Volume> = fc.record({
  references: list(fc.array(aThing, { maxLength: 3 }), MANIFESTS),
  subjects: list(fc.option(aManifest, { nil: undefined, freq: 1 }), MANIFESTS),
  missing: list(rarely, MANIFESTS + BLOBS),
  bad: list(rarely, MANIFESTS),
  aliases: list(
    fc.nat(BLOBS - 1).map((blob) => MANIFESTS + blob),
    ALIASES,
  ),
  revisions: links(aLink(aManifest), 8),
  layerLinks: links(aLink(aThing), 10),
  tags: fc.uniqueArray(
    fc.record({
      repository: aRepository,
      name: tagName,
      thing: fc.option(aManifest, { nil: undefined, freq: 15 }),
      history: fc.uniqueArray(aThing, { maxLength: 2 }),
    }),
    { maxLength: 6, selector: ({ repository, name }) => `${repository} ${name}` },
  ),
});

const named: fc.Arbitrary<Named> = fc.record({
  tags: fc.uniqueArray(fc.nat(5), { maxLength: 2 }),
  revisions: fc.uniqueArray(fc.nat(7), { maxLength: 2 }),
  repositories: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.tuple(aRepository) }),
});

function inventoryOf(volume: Volume): Inventory {
  const builder = new InventoryBuilder();
  const id = (thing: number): number => builder.digests.intern(digestOfThing(thing));
  for (let repository = 0; repository < REPOSITORIES; repository++) {
    builder.repository({
      name: `r${repository}`,
      deletable: true,
      hasManifests: true,
      hasLayers: true,
      hasUploads: false,
    });
  }
  for (const [thing, missing] of volume.missing.entries()) {
    if (missing) continue;
    builder.blob(id(thing), BLOB_STORED);
    builder.blobState(id(thing), { bytes: 1, diskBytes: 1, time: 0 });
  }
  for (let manifest = 0; manifest < MANIFESTS; manifest++) addManifest(builder, volume, manifest, id);
  for (const [place, blob] of volume.aliases.entries()) builder.alias(id(FIRST_ALIAS + place), id(blob));
  for (const { repository, thing } of volume.revisions) {
    builder.revision(repository, id(thing), { time: 0, diskBytes: 0, flags: 0 });
  }
  for (const { repository, thing } of volume.layerLinks) builder.layerLink(repository, id(thing), 0);
  for (const { repository, name, thing, history } of volume.tags) {
    const flags = thing === undefined ? TAG_UNCERTAIN : 0;
    builder.tag(repository, thing === undefined ? undefined : id(thing), { name, time: 0, flags });
    for (const past of history) builder.tagIndexEntry(id(past));
  }
  return builder.build(scanFacts());
}

function addManifest(builder: InventoryBuilder, volume: Volume, manifest: number, id: (thing: number) => number): void {
  const missing = volume.missing[manifest] === true;
  const understood = !missing && volume.bad[manifest] !== true;
  const subject = volume.subjects[manifest];
  builder.manifest(id(manifest), understood && subject !== undefined ? id(subject) : undefined, {
    health: missing ? MISSING : understood ? SOUND : MISMATCH,
    kind: MANIFEST_KINDS.indexOf('index'),
    mediaType: '',
    artifactType: '',
    bytes: 1,
    diskBytes: 1,
    time: missing ? NaN : 0,
  });
  if (!understood) return;
  for (const target of volume.references[manifest] ?? []) {
    const kind = REFERENCE_KINDS.indexOf(target < MANIFESTS ? 'child' : 'layer');
    builder.reference(id(target), { kind, flags: 0, bytes: 1, mediaType: '', platform: '' });
  }
}

/** The links and blobs of a volume, or of a plan. */
interface Rows {
  readonly tags: ReadonlySet<Tag>;
  readonly revisions: ReadonlySet<Link>;
  readonly layerLinks: ReadonlySet<Link>;
  /** `repository:tag thing`. */
  readonly entries: ReadonlySet<string>;
  readonly blobs: ReadonlySet<number>;
}

const entryKey = (tag: Tag, thing: number): string => `${tag.repository}:${tag.name} ${thing}`;

/** Whether things name each other in a circle. No digest can: then nothing says which of them goes first. */
function isCircular(inventory: Inventory, graph: Graph): boolean {
  const subjects = subjectOf(inventory);
  let open = Array.from({ length: graph.nodes }, (_, id) => id);
  for (;;) {
    const isOpen = new Set(open);
    const left = open.filter((id) => [...namedBy(graph, id), subjects.get(id)].some((one) => isOpen.has(one ?? NONE)));
    if (left.length === open.length) return left.length > 0;
    open = left;
  }
}

function inAnyOrder(plan: Plan): Plan {
  return { ...plan, revisions: plan.revisions.toSorted(), blobs: plan.blobs.toSorted() };
}

/** The plan of the program, as rows of the volume. */
function ours(volume: Volume, wanted: Named): { readonly going: Rows; readonly refused: boolean } {
  const inventory = inventoryOf(volume);
  const flags = (length: number, rows: readonly number[]): Uint8Array =>
    Uint8Array.from({ length }, (_, row) => (rows.includes(row) ? 1 : 0));
  const graph = buildGraph(inventory);
  const removal = {
    repositories: flags(REPOSITORIES, wanted.repositories),
    tags: flags(volume.tags.length, wanted.tags),
    revisions: flags(volume.revisions.length, wanted.revisions),
  };
  const { plan, refusals } = buildRemoval(inventory, graph, removal);
  // Whoever asks again and again is answered out of the part that is touched, and as he who asks once.
  const again = new Removals(inventory, graph).plan(removal);
  const comparable = isCircular(inventory, graph) ? inAnyOrder : (one: Plan): Plan => one;
  expect({ ...again, plan: comparable(again.plan) }).toEqual({ plan: comparable(plan), refusals });
  const things = new Map(Array.from({ length: THINGS }, (_, thing) => [digestOfThing(thing) as string, thing]));
  const words = inWords(inventory, plan);
  const linkKey = ({ repository, thing }: Link): string => `r${repository}@${digestOfThing(thing)}`;
  const going: Rows = {
    tags: new Set(volume.tags.filter((tag) => words.tags.includes(`r${tag.repository}:${tag.name}`))),
    revisions: new Set(volume.revisions.filter((link) => words.revisions.includes(linkKey(link)))),
    layerLinks: new Set(volume.layerLinks.filter((link) => words.links.includes(linkKey(link)))),
    entries: new Set(
      words.entries.map((entry) => {
        const [tag = '', digest = ''] = entry.slice(1).split(' ');
        return `${tag} ${things.get(digest) ?? -1}`;
      }),
    ),
    blobs: new Set(words.blobs.map((digest) => things.get(digest) ?? -1)),
  };
  expect(going.tags.size).toBe(words.tags.length);
  expect(going.layerLinks.size).toBe(words.links.length);
  return { going, refused: refusals.length > 0 };
}

const ALL_THINGS = Array.from({ length: THINGS }, (_, thing) => thing);
const ALL_REPOSITORIES = Array.from({ length: REPOSITORIES }, (_, repository) => repository);

/** What a volume's documents say. */
class Documents {
  constructor(readonly volume: Volume) {}

  stored(thing: number): boolean {
    return thing < FIRST_ALIAS && this.volume.missing[thing] !== true;
  }

  named(thing: number): readonly number[] {
    const stands = this.volume.aliases[thing - FIRST_ALIAS];
    if (stands !== undefined) return [stands];
    return this.understood(thing) ? (this.volume.references[thing] ?? []) : [];
  }

  subject(thing: number): number | undefined {
    return this.understood(thing) ? this.volume.subjects[thing] : undefined;
  }

  /** What things need: themselves, what they name or stand for, and what those need. */
  needs(things: Iterable<number>, more: (thing: number) => readonly number[] = () => []): ReadonlySet<number> {
    const found = new Set(things);
    for (const thing of found) for (const next of [...this.named(thing), ...more(thing)]) found.add(next);
    return found;
  }

  aliasesOf(thing: number): readonly number[] {
    return ALL_THINGS.filter((alias) => this.volume.aliases[alias - FIRST_ALIAS] === thing);
  }

  /** Missing, or it or something among its children is bad. */
  doubtful(thing: number): boolean {
    const bad = (one: number): boolean => this.volume.bad[one] === true && this.volume.missing[one] !== true;
    return this.volume.missing[thing] === true || this.manifestsBelow(thing).some(bad);
  }

  private manifestsBelow(thing: number): readonly number[] {
    const found = new Set([thing]);
    for (const one of found) for (const next of this.named(one)) if (next < MANIFESTS) found.add(next);
    return [...found];
  }

  private understood(thing: number): boolean {
    return thing < MANIFESTS && this.volume.missing[thing] !== true && this.volume.bad[thing] !== true;
  }
}

/** The second implementation. */
class Naive {
  private readonly documents: Documents;
  private readonly tags = new Set<Tag>();
  private readonly revisions = new Set<Link>();
  private readonly namedRevisions = new Set<Link>();
  private hanging: readonly ReadonlySet<number>[] = [];
  private readonly losers: readonly number[];

  constructor(
    private readonly volume: Volume,
    private readonly wanted: Named,
  ) {
    this.documents = new Documents(volume);
    const whole = (repository: number): boolean => wanted.repositories.includes(repository);
    volume.tags.forEach((tag, row) => (wanted.tags.includes(row) || whole(tag.repository)) && this.tags.add(tag));
    volume.revisions.forEach((link, row) => {
      if (wanted.revisions.includes(row) || whole(link.repository)) this.namedRevisions.add(link);
    });
    const losing = [...this.tags, ...this.namedRevisions].map(({ repository }) => repository);
    this.losers = [...new Set([...losing, ...wanted.repositories])];
    for (const tag of volume.tags) {
      const goes = [...this.namedRevisions].some((link) => isOf(tag.repository)(link) && link.thing === tag.thing);
      if (goes) this.tags.add(tag);
    }
    this.settle();
  }

  refused(): boolean {
    const staying = (repository: number): ReadonlySet<number> => this.documents.needs(this.rootsIn(repository));
    const needed = [...this.namedRevisions].some(
      ({ repository, thing }) =>
        !this.wanted.repositories.includes(repository) &&
        this.documents.stored(thing) &&
        staying(repository).has(thing),
    );
    return needed || this.losers.some((repository) => this.inDoubt(repository));
  }

  going(): Rows {
    const layerLinks = new Set(this.volume.layerLinks.filter((link) => this.linkGoes(link)));
    const kept = this.documents.needs([
      ...ALL_THINGS.filter((thing) => this.documents.stored(thing) && !this.hanging.some((one) => one.has(thing))),
      ...ALL_REPOSITORIES.flatMap((repository) => this.rootsIn(repository)),
      ...this.volume.layerLinks.filter((link) => !layerLinks.has(link)).map(({ thing }) => thing),
      ...this.volume.tags.flatMap((tag) => (this.tags.has(tag) ? [] : this.historyThatStays(tag))),
    ]);
    const hangs = (thing: number): boolean => this.hanging.some((one) => one.has(thing));
    const blobs = new Set(ALL_THINGS.filter((one) => this.documents.stored(one) && hangs(one) && !kept.has(one)));
    const entries = this.volume.tags
      .filter((tag) => !this.tags.has(tag) && this.losers.includes(tag.repository))
      .flatMap((tag) =>
        tag.history.filter((past) => this.entryGoes(tag, past, blobs)).map((one) => entryKey(tag, one)),
      );
    return { tags: this.tags, revisions: this.revisions, layerLinks, entries: new Set(entries), blobs };
  }

  /** All that hangs goes; then what is needed comes back, piece by piece; then signatures of what went go, and all again. */
  private settle(): void {
    this.hanging = ALL_REPOSITORIES.map((repository) => this.hangingIn(repository));
    this.revisions.clear();
    for (const link of this.volume.revisions) {
      const hangs = this.hanging[link.repository]?.has(link.thing) === true;
      if (this.namedRevisions.has(link) || hangs) this.revisions.add(link);
    }
    for (let back = true; back;) {
      back = false;
      for (const link of this.revisions) {
        if (this.namedRevisions.has(link) || !this.isNeeded(link)) continue;
        this.revisions.delete(link);
        back = true;
      }
    }
    const kept = this.keptAnywhere();
    const about = [...this.revisions]
      .filter(({ thing }) => !kept.has(thing))
      .flatMap(({ repository, thing }) =>
        this.volume.tags.filter(
          (tag) => isOf(repository)(tag) && [tagAbout(thing), `${tagAbout(thing)}.sig`].includes(tag.name),
        ),
      )
      .filter((tag) => !this.tags.has(tag));
    if (about.length === 0) return;
    for (const tag of about) this.tags.add(tag);
    this.settle();
  }

  private hangingIn(repository: number): ReadonlySet<number> {
    const here = isOf(repository);
    const whole = this.wanted.repositories.includes(repository);
    const gone = [
      ...[...this.tags].filter(here).flatMap(({ thing, history }) => [thing, ...(whole ? history : [])]),
      ...[...this.namedRevisions].filter(here).map(({ thing }) => thing),
      ...this.volume.layerLinks.filter((link) => whole && here(link)).map(({ thing }) => thing),
    ].filter((thing) => thing !== undefined);
    return this.documents.needs(gone, (thing) => [
      ...this.documents.aliasesOf(thing),
      ...this.volume.revisions.map((link) => link.thing).filter((one) => this.documents.subject(one) === thing),
    ]);
  }

  private isNeeded({ repository, thing }: Link): boolean {
    if (this.documents.needs(this.rootsIn(repository)).has(thing)) return true;
    const subject = this.documents.subject(thing);
    return subject !== undefined && this.keptAnywhere().has(subject);
  }

  /** What is kept and so keeps its referrers: all that tags and revisions name, and links where nothing goes. */
  private keptAnywhere(): ReadonlySet<number> {
    const whereNothingGoes = (one: { readonly repository: number }): boolean => !this.losers.includes(one.repository);
    const named = [
      ...this.volume.layerLinks.filter(whereNothingGoes).map(({ thing }) => thing),
      ...this.volume.tags.filter(whereNothingGoes).flatMap(({ history }) => history),
      ...ALL_REPOSITORIES.flatMap((repository) => this.rootsIn(repository)),
    ];
    return this.documents.needs(named, (thing) =>
      this.volume.revisions
        .filter((link) => !this.namedRevisions.has(link) && this.documents.subject(link.thing) === thing)
        .map((link) => link.thing),
    );
  }

  /** What the tags and revisions that stay in a repository name. */
  private rootsIn(repository: number): readonly number[] {
    const tags = this.volume.tags.filter((tag) => isOf(repository)(tag) && !this.tags.has(tag));
    const links = this.volume.revisions.filter((link) => isOf(repository)(link) && !this.revisions.has(link));
    return [...tags, ...links].map(({ thing }) => thing).filter((thing) => thing !== undefined);
  }

  private inDoubt(repository: number): boolean {
    if (this.wanted.repositories.includes(repository)) return false;
    const unknown = this.volume.tags.some(
      (tag) => isOf(repository)(tag) && !this.tags.has(tag) && tag.thing === undefined,
    );
    return unknown || this.rootsIn(repository).some((thing) => this.documents.doubtful(thing));
  }

  private linkGoes({ repository, thing }: Link): boolean {
    if (!this.losers.includes(repository) || this.hanging[repository]?.has(thing) !== true) return false;
    const needed = this.documents.needs(this.rootsIn(repository));
    const stands = this.volume.aliases[thing - FIRST_ALIAS];
    if (needed.has(thing) || (stands !== undefined && needed.has(stands))) return false;
    const others = this.documents.needs(this.otherNames(repository), (one) => this.documents.aliasesOf(one));
    return !others.has(thing);
  }

  private otherNames(repository: number): readonly number[] {
    const links = this.volume.layerLinks.filter(isOf(repository)).map((link) => link.thing);
    const tags = this.volume.tags.filter((tag) => isOf(repository)(tag) && !this.tags.has(tag));
    const hangs = (thing: number): boolean => this.hanging[repository]?.has(thing) === true;
    return [...links, ...tags.flatMap((tag) => tag.history)].filter((thing) => !hangs(thing));
  }

  private historyThatStays(tag: Tag): readonly number[] {
    if (!this.losers.includes(tag.repository)) return tag.history;
    return tag.history.filter((past) => this.hanging[tag.repository]?.has(past) !== true);
  }

  private entryGoes(tag: Tag, past: number, blobs: ReadonlySet<number>): boolean {
    return blobs.has(past) || [...this.revisions].some((link) => isOf(tag.repository)(link) && link.thing === past);
  }
}

function isOf(repository: number): (one: { readonly repository: number }) => boolean {
  return (one) => one.repository === repository;
}

const RUNS = { numRuns: 800 } as const;

test('takes what a naive second implementation takes, and refuses where that does', () => {
  let [taken, refusals] = [0, 0];
  fc.assert(
    fc.property(volumes, named, (volume, wanted) => {
      const naive = new Naive(volume, wanted);
      const { going, refused } = ours(volume, wanted);
      expect(refused).toBe(naive.refused());
      refusals += refused ? 1 : 0;
      if (refused) return;
      expect(going).toEqual(naive.going());
      taken += going.revisions.size > 1 ? 1 : 0;
    }),
    RUNS,
  );
  // The registries are not all trivial, and not all in doubt.
  expect(taken).toBeGreaterThan(50);
  expect(refusals).toBeGreaterThan(50);
});

test('what stays has lost nothing that it had, whether or not something is refused', () => {
  fc.assert(
    fc.property(volumes, named, (volume, wanted) => {
      const { going } = ours(volume, wanted);
      const documents = new Documents(volume);
      const tags = volume.tags.filter((tag) => !going.tags.has(tag));
      const revisions = volume.revisions.filter((link) => !going.revisions.has(link));
      const isRevision = ({ repository }: { readonly repository: number }, thing: number): boolean =>
        volume.revisions.some((link) => isOf(repository)(link) && link.thing === thing);
      const stays = ({ repository }: { readonly repository: number }, thing: number): boolean =>
        revisions.some((link) => isOf(repository)(link) && link.thing === thing);
      const named = [...tags, ...revisions].flatMap(({ repository, thing }) =>
        thing === undefined ? [] : [{ repository, thing }],
      );
      for (const root of named) {
        const needs = documents.needs([root.thing]);
        for (const thing of needs) {
          // Whole as it was: its blobs, in its repository the links to them, and its children as revisions.
          expect(going.blobs.has(thing)).toBe(false);
          if (documents.stored(thing) && isRevision(root, thing)) expect(stays(root, thing)).toBe(true);
        }
        for (const link of going.layerLinks) if (isOf(root.repository)(link)) expect(needs.has(link.thing)).toBe(false);
      }
      // No link leads to a blob that this plan takes, and none to a revision.
      for (const link of volume.layerLinks) {
        if (!going.layerLinks.has(link))
          for (const one of documents.needs([link.thing])) expect(going.blobs.has(one)).toBe(false);
      }
      for (const tag of tags) {
        for (const past of tag.history) {
          if (going.entries.has(entryKey(tag, past))) continue;
          expect(going.blobs.has(past)).toBe(false);
          if (isRevision(tag, past)) expect(stays(tag, past)).toBe(true);
        }
      }
    }),
    RUNS,
  );
});
