import type { BlobStore } from './blob-store.ts';
import type { Random } from './random.ts';
import type { Volume } from './volume.ts';
import { DATA, HASHSTATES, layerLink, revisionFolder, STARTEDAT, uploadFolder } from '../../src/layout/paths.ts';

const LEFTOVER_SIZES = { medianBytes: 2e6, sigma: 2.4 };

/** Layers of a collected image that nothing but it needed. */
const LOST_LAYERS = 2;

/** Length of a saved SHA-256 state: Go's `sha256` writes magic, eight words, one block and a length. */
const HASH_STATE_BYTES = 108;
const HASH_STATE_MAGIC = Buffer.from('sha\x03');

export interface LeftoverTools {
  readonly volume: Volume;
  readonly store: BlobStore;
  readonly random: Random;
  /** A time between the first and the last push of the repository, in epoch seconds. */
  readonly time: () => number;
}

/**
 * What is left of images that the API deleted and that a collection then took: revision folders without `link` and
 * layer links to blobs that are gone (2.8 removes neither). Returns how many layer links dangle.
 */
export function writeCollected(repository: string, images: number, tools: LeftoverTools): number {
  const { volume, store, time } = tools;
  for (let image = 0; image < images; image += 1) {
    volume.folder(revisionFolder(repository, store.collected()));
    for (let lost = 0; lost < 1 + LOST_LAYERS; lost += 1) {
      const digest = store.collected();
      volume.link(layerLink(repository, digest), digest, time());
    }
  }
  return images * (1 + LOST_LAYERS);
}

/** Layers that were pushed and whose manifest never came. */
export function writeLooseLayers(repository: string, layers: number, tools: LeftoverTools): void {
  const { volume, store, random, time } = tools;
  for (let count = 0; count < layers; count += 1) {
    const at = time();
    const { digest } = store.layer(LEFTOVER_SIZES, random, at);
    volume.link(layerLink(repository, digest), digest, at);
  }
}

/** Blobs that no repository links. */
export function writeUnlinkedBlobs(blobs: number, tools: LeftoverTools): void {
  const { store, random, time } = tools;
  for (let count = 0; count < blobs; count += 1) store.layer(LEFTOVER_SIZES, random, time());
}

function uuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => random.between(0, 15).toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}

function hashState(offset: number): Uint8Array {
  const state = Buffer.alloc(HASH_STATE_BYTES);
  HASH_STATE_MAGIC.copy(state);
  state.writeBigUInt64BE(BigInt(offset), HASH_STATE_BYTES - 8);
  return state;
}

/** Pushes that never ended; some broke off before their first byte. */
export function writeUploads(repository: string, uploads: number, tools: LeftoverTools): void {
  const { volume, random, time } = tools;
  for (let count = 0; count < uploads; count += 1) {
    const folder = uploadFolder(repository, uuid(random));
    const at = time();
    const bytes = random.chance(0.3) ? 0 : Math.round(Math.min(random.logNormal(8e6, 2), 2e9));
    // The registry writes whole seconds: `2006-01-02T15:04:05Z`.
    volume.file(`${folder}/${STARTEDAT}`, new Date(at * 1000).toISOString().replace(/\.\d+Z$/, 'Z'), at);
    volume.sparseFile(`${folder}/${DATA}`, bytes, at);
    for (const offset of new Set([0, bytes])) {
      volume.file(`${folder}/${HASHSTATES}/sha256/${offset}`, hashState(offset), at);
    }
  }
}
