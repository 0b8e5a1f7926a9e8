/** Registries in memory, as a scan would leave them: as large as marking has to take, and the same for the same seed. */
import { InventoryBuilder } from '../../src/inventory/builder.ts';
import {
  BLOB_STORED,
  CHILD,
  CONFIG,
  IMAGE_KIND,
  INDEX_KIND,
  REFERENCE_KINDS,
  SOUND,
  type Inventory,
} from '../../src/inventory/inventory.ts';
import { createRandom, type Random } from '../registry-generator/random.ts';

/** Revisions are manifests of their own, the same number in each repository; every other one has a tag. */
export interface Shape {
  readonly repositories: number;
  readonly revisions: number;
  /** Manifests, a config for each, and layers. */
  readonly blobs: number;
  /** Of all manifests. */
  readonly references: number;
}

/** Of so many revisions one is an index of the images before it. */
const REVISIONS_OF_INDEX = 20;
const CHILDREN = 4;
/** One of so many layers is of any repository, and one is named by no manifest. */
const LAYERS_OF_SHARED = 4;
const LAYERS_OF_ORPHAN = 50;

const LAYER = REFERENCE_KINDS.indexOf('layer');
const OCI = 'application/vnd.oci.image';
/** Epoch milliseconds. */
export const SCANNED = Date.UTC(2026, 6, 1);
const PUSHED = Date.UTC(2026, 0, 1);
const LINK = { time: PUSHED, diskBytes: 4096, flags: 0 };

interface Range {
  readonly from: number;
  readonly until: number;
}

function partOf({ from, until }: Range, part: number, parts: number): Range {
  const begins = (of: number): number => from + Math.floor(((until - from) * of) / parts);
  return { from: begins(part), until: begins(part + 1) };
}

export function inventoryOf(shape: Shape, seed: number): Inventory {
  const filling = new Filling(shape, createRandom(seed, 'inventory'));
  for (let repository = 0; repository < shape.repositories; repository++) filling.repository(repository);
  return filling.builder.build({
    root: '/registry',
    scannedAt: SCANNED,
    minAgeSeconds: 0,
    hasRepositories: true,
    diskUsage: false,
    elsewhere: { metadataDatabase: false, pullThrough: false },
    trash: { runs: 0, bytes: 0, diskBytes: 0 },
  });
}

class Filling {
  readonly builder = new InventoryBuilder();
  /** Manifests come first, then configs, then layers. */
  private readonly idOf: Uint32Array;
  private readonly layers: Range;
  private readonly referencesOfImage: number;
  /** So far. */
  private images = 0;

  constructor(
    private readonly shape: Shape,
    private readonly random: Random,
  ) {
    const { repositories, revisions, blobs, references } = shape;
    this.idOf = drawIds(this.builder, blobs, random);
    for (const id of this.idOf) this.builder.blob(id, BLOB_STORED);
    this.layers = { from: 2 * revisions, until: blobs };
    let indexes = 0;
    for (let repository = 0; repository < repositories; repository++) {
      const { from, until } = partOf({ from: 0, until: revisions }, repository, repositories);
      indexes += Math.floor((until - from) / REVISIONS_OF_INDEX);
    }
    this.referencesOfImage = (references - CHILDREN * indexes) / (revisions - indexes);
  }

  repository(repository: number): void {
    const { builder } = this;
    const [team, name] = [repository % 50, repository];
    const folders = { hasManifests: true, hasLayers: true, hasUploads: false };
    builder.repository({ name: `team-${team}/app-${name}`, deletable: true, ...folders });
    const { revisions, repositories } = this.shape;
    const own = partOf(this.layers, repository, repositories);
    const manifests = partOf({ from: 0, until: revisions }, repository, repositories);
    for (let m = manifests.from; m < manifests.until; m++) {
      builder.revision(repository, this.id(m), LINK);
      const place = m - manifests.from;
      if (place % REVISIONS_OF_INDEX === REVISIONS_OF_INDEX - 1) this.index(m);
      else this.image(m, own);
      builder.layerLink(repository, this.id(revisions + m), 0);
      if (place % 2 === 0) this.tag(repository, m, Math.min(m + 1, manifests.until - 1));
    }
    for (let layer = own.from; layer < own.until; layer++) builder.layerLink(repository, this.id(layer), 0);
  }

  private id(thing: number): number {
    return this.idOf[thing] ?? 0;
  }

  private index(m: number): void {
    this.manifest(m, INDEX_KIND, `${OCI}.index.v1+json`);
    for (let child = m - CHILDREN; child < m; child++) this.reference(child, CHILD, `${OCI}.manifest.v1+json`, 500);
  }

  private image(m: number, own: Range): void {
    this.manifest(m, IMAGE_KIND, `${OCI}.manifest.v1+json`);
    this.reference(this.shape.revisions + m, CONFIG, `${OCI}.config.v1+json`, 1500);
    const upTo = (images: number): number => Math.floor(images * this.referencesOfImage);
    const layers = upTo(this.images + 1) - upTo(this.images) - 1;
    this.images++;
    for (let layer = 0; layer < layers; layer++) {
      const { from, until } = layer % LAYERS_OF_SHARED === 0 ? this.layers : own;
      const drawn = this.random.between(from, until - 1);
      const named = drawn % LAYERS_OF_ORPHAN === 0 ? from + 1 : drawn;
      this.reference(named, LAYER, `${OCI}.layer.v1.tar+gzip`, 5000);
    }
  }

  private manifest(m: number, kind: number, mediaType: string): void {
    const file = { bytes: 500, diskBytes: 4096, time: PUSHED };
    this.builder.manifest(this.id(m), undefined, { health: SOUND, kind, mediaType, artifactType: '', ...file });
  }

  private reference(thing: number, kind: number, mediaType: string, bytes: number): void {
    this.builder.reference(this.id(thing), { kind, flags: 0, bytes, mediaType, platform: '' });
  }

  private tag(repository: number, current: number, other: number): void {
    this.builder.tag(repository, this.id(current), { name: `v${current}`, time: PUSHED, flags: 0 });
    this.builder.tagIndexEntry(this.id(current));
    if (other !== current) this.builder.tagIndexEntry(this.id(other));
  }
}

/** By thing its id, drawn by lot: a scan meets blobs in the order of their digests. */
function drawIds(builder: InventoryBuilder, count: number, random: Random): Uint32Array {
  const idOf = new Uint32Array(count);
  const digest = new Uint32Array(8);
  for (let id = 0; id < count; id++) {
    for (let word = 0; word < digest.length; word++) digest[word] = random.next() * 2 ** 32;
    idOf[id] = builder.digests.internWords(digest, 0);
  }
  for (let last = count - 1; last > 0; last--) {
    const other = random.between(0, last);
    [idOf[last], idOf[other]] = [idOf[other] ?? 0, idOf[last] ?? 0];
  }
  return idOf;
}
