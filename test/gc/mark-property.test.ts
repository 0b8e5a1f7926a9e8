/**
 * Marking against a second implementation: sets of strings, written from the design's own sentences, one step at a time
 * until nothing changes. Registries are random, cyclic at times (marking must end on whatever it is given).
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findDoubts } from '../../src/gc/doubt.ts';
import { FigureCollector, type ReachFigures } from '../../src/gc/figures.ts';
import { buildGraph } from '../../src/gc/graph.ts';
import { mark, markBoth, UNREFERENCED, type MarkOptions, type Marking } from '../../src/gc/mark.ts';
import { standardRoots, type Roots } from '../../src/gc/roots.ts';
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import {
  BLOB_STORED,
  MANIFEST_HEALTH,
  MANIFEST_KINDS,
  MISSING,
  REFERENCE_KINDS,
  SOUND,
  TAG_UNCERTAIN,
  type Inventory,
} from '../../src/inventory/inventory.ts';
import type { Digest } from '../../src/layout/digest.ts';
import { digestBytes } from '../support/content.ts';
import { scanFacts } from '../support/scan-facts.ts';
import { links, list, type Link, type Manifests } from './random-things.ts';

/** Things are numbers below these: manifests first, then plain blobs, then digests that stand for a blob. */
const MANIFESTS = 6;
const BLOBS = 6;
const ALIASES = 2;
const REPOSITORIES = 3;
/** Epoch milliseconds: what is from then is young. */
const SINCE = 1000;
const MISMATCH = MANIFEST_HEALTH.indexOf('mismatch');

interface AgedLink extends Link {
  readonly young: boolean;
}

interface Volume extends Manifests {
  /** Of each manifest and blob. */
  readonly missing: readonly boolean[];
  /** Of each manifest: it is there, and not what its digest says. */
  readonly bad: readonly boolean[];
  /** Of each alias the blob that it stands for. */
  readonly aliases: readonly number[];
  readonly revisions: readonly AgedLink[];
  readonly layerLinks: readonly AgedLink[];
  /** One tag each; undefined: nothing can be told of what it names. */
  readonly tags: readonly {
    readonly repository: number;
    readonly thing: number | undefined;
    /** What it has ever named. */
    readonly history: readonly number[];
  }[];
  readonly excluded: readonly boolean[];
  /** In mode `chosen`, of each tag and each revision: it is a root. */
  readonly rootTags: readonly boolean[];
  readonly rootRevisions: readonly boolean[];
}

interface Kept {
  readonly blobs: readonly string[];
  readonly revisions: readonly string[];
  readonly layerLinks: readonly string[];
}

/** `chosen`: any roots, as a policy may mean them. */
type Mode = 'revisions' | 'untagged' | 'chosen';

const aManifest = fc.nat(MANIFESTS - 1);
const aThing = fc.nat(MANIFESTS + BLOBS + ALIASES - 1);
const aBlob = fc.nat(BLOBS - 1).map((blob) => MANIFESTS + blob);
const aRepository = fc.nat(REPOSITORIES - 1);
const rarely = fc.nat(11).map((number) => number === 11);

const aLink = (thing: fc.Arbitrary<number>): fc.Arbitrary<AgedLink> =>
  fc.record({ repository: aRepository, thing, young: rarely });

const volumes: fc.Arbitrary<Volume> = fc.record({
  references: list(fc.array(aThing, { maxLength: 4 }), MANIFESTS),
  subjects: list(fc.option(aManifest, { nil: undefined, freq: 2 }), MANIFESTS),
  missing: list(rarely, MANIFESTS + BLOBS),
  bad: list(rarely, MANIFESTS),
  aliases: list(aBlob, ALIASES),
  revisions: links(aLink(aManifest), 8),
  layerLinks: links(aLink(aThing), 10),
  tags: fc.array(
    fc.record({
      repository: aRepository,
      thing: fc.option(aManifest, { nil: undefined, freq: 12 }),
      history: fc.array(aManifest, { maxLength: 2 }),
    }),
    { maxLength: 4 },
  ),
  excluded: list(rarely, REPOSITORIES),
  rootTags: list(fc.boolean(), 4),
  rootRevisions: list(rarely, 8),
});

function digestOfThing(thing: number): Digest {
  const algorithm = thing < MANIFESTS + BLOBS ? 'sha256' : 'sha512';
  return digestBytes(Buffer.from(`thing ${thing}`), algorithm);
}

function inventoryOf(volume: Volume): Inventory {
  const builder = new InventoryBuilder();
  const id = (thing: number): number => builder.digests.intern(digestOfThing(thing));
  for (let repository = 0; repository < REPOSITORIES; repository++) {
    const folders = { hasManifests: true, hasLayers: true, hasUploads: false };
    builder.repository({ name: `r${repository}`, deletable: true, ...folders });
  }
  for (const [thing, missing] of volume.missing.entries()) {
    if (missing) continue;
    builder.blob(id(thing), BLOB_STORED);
    builder.blobState(id(thing), { bytes: 1, diskBytes: 1, time: 0 });
  }
  for (let manifest = 0; manifest < MANIFESTS; manifest++) addManifest(builder, volume, manifest, id);
  for (const [place, blob] of volume.aliases.entries()) builder.alias(id(MANIFESTS + BLOBS + place), id(blob));
  for (const { repository, thing, young } of volume.revisions) {
    builder.revision(repository, id(thing), { time: young ? SINCE : 0, diskBytes: 0, flags: 0 });
  }
  for (const [place, { repository, thing, young }] of volume.layerLinks.entries()) {
    builder.layerLink(repository, id(thing), 0);
    builder.layerLinkState(place, { time: young ? SINCE : 0, bytes: 71, diskBytes: 0 });
  }
  for (const [place, { repository, thing, history }] of volume.tags.entries()) {
    const flags = thing === undefined ? TAG_UNCERTAIN : 0;
    builder.tag(repository, thing === undefined ? undefined : id(thing), { name: `t${place}`, time: 0, flags });
    for (const past of history) builder.tagIndexEntry(id(past));
  }
  return builder.build(scanFacts());
}

function addManifest(builder: InventoryBuilder, volume: Volume, manifest: number, id: (thing: number) => number): void {
  const missing = volume.missing[manifest] === true;
  const bad = volume.bad[manifest] === true;
  const understood = !missing && !bad;
  const subject = volume.subjects[manifest];
  builder.manifest(id(manifest), understood && subject !== undefined ? id(subject) : undefined, {
    health: missing ? MISSING : bad ? MISMATCH : SOUND,
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

function ours(volume: Volume, mode: Mode): Kept {
  const inventory = inventoryOf(volume);
  return keptOf(inventory, mark(inventory, buildGraph(inventory), optionsFor(inventory, volume, mode)));
}

function optionsFor(inventory: Inventory, volume: Volume, mode: Mode): MarkOptions {
  return {
    roots: rootsFor(inventory, volume, mode),
    isIncluded: (name) => volume.excluded[Number(name.slice(1))] !== true,
    doubts: findDoubts(inventory, () => mode !== 'revisions'),
    youngSince: SINCE,
  };
}

interface Measured {
  readonly marking: Marking;
  readonly reach: ReachFigures;
}

/** Each mode by itself. */
function alone(inventory: Inventory, modes: readonly MarkOptions[]): readonly Measured[] {
  return modes.map((options) => {
    const figures = new FigureCollector(inventory, REPOSITORIES);
    const observe = (repository: number, reached: Uint32Array): void => figures.take(repository, reached);
    const marking = mark(inventory, buildGraph(inventory), { ...options, observe });
    return { marking, reach: figures.figures() };
  });
}

function together(inventory: Inventory, [few, many]: readonly [MarkOptions, MarkOptions]): readonly Measured[] {
  const [fewer, more] = [new FigureCollector(inventory, REPOSITORIES), new FigureCollector(inventory, REPOSITORIES)];
  const [first, second] = markBoth(inventory, buildGraph(inventory), [
    { ...few, observe: (repository, reached) => fewer.take(repository, reached) },
    { ...many, observe: (repository, reached, known) => more.take(repository, reached, known, fewer) },
  ]);
  return [
    { marking: first, reach: fewer.figures() },
    { marking: second, reach: more.figures() },
  ];
}

function rootsFor(inventory: Inventory, volume: Volume, mode: Mode): Roots {
  if (mode !== 'chosen') return standardRoots(inventory, mode);
  const flags = (chosen: readonly boolean[], rows: number): Uint8Array =>
    Uint8Array.from({ length: rows }, (_, row) => (chosen[row] === true ? 1 : 0));
  return {
    ...standardRoots(inventory, 'untagged'),
    tags: flags(volume.rootTags, inventory.tags.current.length),
    revisions: flags(volume.rootRevisions, inventory.revisions.digest.length),
  };
}

function keptOf(inventory: Inventory, marking: Marking): Kept {
  const blobs: string[] = [];
  for (const [id, flags] of inventory.blobs.flags.entries()) {
    const kept = (flags & BLOB_STORED) !== 0 && marking.level[id] !== UNREFERENCED;
    if (kept) blobs.push(inventory.digests.digest(id));
  }
  const rows = (levels: Uint8Array, of: { readonly repository: Uint32Array; readonly digest: Uint32Array }): string[] =>
    [...of.digest]
      .map((id, row) => `${of.repository[row] ?? -1} ${inventory.digests.digest(id)}`)
      .filter((_, row) => levels[row] !== 0)
      .sort();
  return {
    blobs: blobs.sort(),
    revisions: rows(marking.revision, inventory.revisions),
    layerLinks: rows(marking.layerLink, inventory.layerLinks),
  };
}

/** The second implementation. */
class Naive {
  constructor(
    private readonly volume: Volume,
    private readonly mode: Mode,
  ) {}

  /** What a thing needs: what it names or stands for, and what those need. */
  private needs(thing: number, found = new Set<number>()): Set<number> {
    if (found.has(thing)) return found;
    found.add(thing);
    const stands = this.volume.aliases[thing - MANIFESTS - BLOBS];
    for (const next of stands === undefined ? this.named(thing) : [stands]) this.needs(next, found);
    return found;
  }

  private named(thing: number): readonly number[] {
    return this.understood(thing) ? (this.volume.references[thing] ?? []) : [];
  }

  private understood(thing: number): boolean {
    return thing < MANIFESTS && this.volume.missing[thing] !== true && this.volume.bad[thing] !== true;
  }

  private stored(thing: number): boolean {
    return thing < MANIFESTS + BLOBS && this.volume.missing[thing] !== true;
  }

  private subject(thing: number): number | undefined {
    return this.understood(thing) ? this.volume.subjects[thing] : undefined;
  }

  /** Whether a document makes whatever names it doubtful: it is missing, or it or something among its children is bad. */
  private doubtful(thing: number): boolean {
    if (this.volume.missing[thing] === true) return true;
    return this.hasBad(thing, new Set());
  }

  private hasBad(thing: number, seen: Set<number>): boolean {
    if (thing >= MANIFESTS || seen.has(thing) || this.volume.missing[thing] === true) return false;
    seen.add(thing);
    if (this.volume.bad[thing] === true) return true;
    return this.named(thing).some((child) => this.hasBad(child, seen));
  }

  private isRootTag(place: number): boolean {
    return this.mode !== 'chosen' || this.volume.rootTags[place] === true;
  }

  private isRootRevision(place: number): boolean {
    return this.mode === 'revisions' || (this.mode === 'chosen' && this.volume.rootRevisions[place] === true);
  }

  /** Outside `--repo`, or in doubt: nothing of it goes. */
  private held(repository: number): boolean {
    if (this.volume.excluded[repository] === true) return true;
    const here = (one: { readonly repository: number }): boolean => one.repository === repository;
    if (this.volume.revisions.filter(here).some(({ thing }) => this.doubtful(thing))) return true;
    return this.volume.tags.filter(here).some(({ thing }) => {
      if (thing === undefined) return this.mode !== 'revisions';
      return this.doubtful(thing);
    });
  }

  /** A thing is as young as what names it. */
  private young(thing: number): boolean {
    const all = Array.from({ length: MANIFESTS + BLOBS + ALIASES }, (_, other) => other);
    return all.some((other) => this.isLinkedLately(other) && this.needs(other).has(thing));
  }

  private isLinkedLately(thing: number): boolean {
    return [...this.volume.revisions, ...this.volume.layerLinks].some((link) => link.thing === thing && link.young);
  }

  /** A root and its needs, then the revisions whose subject is kept, and so on until nothing is added. */
  private keptThings(): Set<number> {
    const { revisions, layerLinks, tags } = this.volume;
    const kept = new Set<number>();
    const keep = (thing: number): void => {
      for (const one of this.needs(thing)) kept.add(one);
    };
    for (const [place, { thing, repository }] of tags.entries()) {
      if (thing !== undefined && (this.isRootTag(place) || this.held(repository))) keep(thing);
    }
    for (const [place, { thing, repository }] of revisions.entries()) {
      if (this.isRootRevision(place) || this.held(repository)) keep(thing);
    }
    for (const { thing, repository } of layerLinks) if (this.held(repository)) keep(thing);
    for (const { history, repository } of tags) if (this.held(repository)) history.forEach(keep);
    for (let thing = 0; thing < MANIFESTS + BLOBS; thing++) if (this.stored(thing) && this.young(thing)) keep(thing);
    for (let before = -1; before !== kept.size;) {
      before = kept.size;
      for (const { thing } of revisions) {
        const subject = this.subject(thing);
        if (subject !== undefined && kept.has(subject)) keep(thing);
      }
    }
    return kept;
  }

  /** What this repository itself needs: its roots, its referrers of what is kept anywhere, what is young in it. */
  private keptIn(repository: number, kept: ReadonlySet<number>): Set<number> {
    const here = new Set<number>();
    const keep = (thing: number): void => {
      for (const one of this.needs(thing)) here.add(one);
    };
    for (const [place, tag] of this.volume.tags.entries()) {
      if (tag.repository === repository && tag.thing !== undefined && this.isRootTag(place)) keep(tag.thing);
    }
    for (const [place, { thing, repository: owner }] of this.volume.revisions.entries()) {
      if (owner !== repository) continue;
      const subject = this.subject(thing);
      const isKept = this.isRootRevision(place) || this.young(thing) || (subject !== undefined && kept.has(subject));
      if (isKept) keep(thing);
    }
    return here;
  }

  result(): Kept {
    const kept = this.keptThings();
    const here = Array.from({ length: REPOSITORIES }, (_, repository) => this.keptIn(repository, kept));
    const key = (link: Link): string => `${link.repository} ${digestOfThing(link.thing)}`;
    const revisionStays = (link: Link): boolean =>
      this.held(link.repository) || here[link.repository]?.has(link.thing) === true;
    const linkStays = (link: Link): boolean => {
      const twin = this.volume.aliases[link.thing - MANIFESTS - BLOBS] ?? link.thing;
      return revisionStays(link) || here[link.repository]?.has(twin) === true || this.young(link.thing);
    };
    return {
      blobs: [...kept]
        .filter((thing) => this.stored(thing))
        .map(digestOfThing)
        .sort(),
      revisions: this.volume.revisions.filter(revisionStays).map(key).sort(),
      layerLinks: this.volume.layerLinks.filter(linkStays).map(key).sort(),
    };
  }
}

test.each(['revisions', 'untagged', 'chosen'] as const)(
  'marking keeps what a naive second implementation keeps (%s)',
  (mode) => {
    fc.assert(
      fc.property(volumes, (volume) => {
        expect(ours(volume, mode)).toEqual(new Naive(volume, mode).result());
      }),
      { numRuns: 600 },
    );
  },
);

test('whatever is kept needs nothing that goes, and where tags decide no more is kept than otherwise', () => {
  fc.assert(
    fc.property(volumes, (volume) => {
      const tagged = ours({ ...volume, tags: volume.tags.filter((tag) => tag.thing !== undefined) }, 'untagged');
      const all = ours(volume, 'revisions');
      expect(all.blobs).toEqual(expect.arrayContaining([...tagged.blobs]));
      expect(all.revisions).toEqual(expect.arrayContaining([...tagged.revisions]));
      for (const manifest of volume.references.keys()) {
        if (!tagged.blobs.includes(digestOfThing(manifest)) || volume.bad[manifest] === true) continue;
        for (const target of volume.references[manifest] ?? []) {
          const blob = volume.aliases[target - MANIFESTS - BLOBS] ?? target;
          if (volume.missing[blob] === false) expect(tagged.blobs).toContain(digestOfThing(blob));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('two modes marked at once are as each by itself, with what each repository reaches', () => {
  fc.assert(
    fc.property(volumes, (volume) => {
      const inventory = inventoryOf(volume);
      const [untagged, revisions] = [
        optionsFor(inventory, volume, 'untagged'),
        optionsFor(inventory, volume, 'revisions'),
      ];
      expect(together(inventory, [untagged, revisions])).toEqual(alone(inventory, [untagged, revisions]));
    }),
    { numRuns: 500 },
  );
});
