import type { BlobStore, StoredLayer } from './blob-store.ts';
import { createRandom } from './random.ts';

/** The base images that repositories build on; their layers are what the registry shares most. */
export interface BaseOptions {
  readonly families: number;
  /** Releases of each family over the span of the tree. */
  readonly versions: number;
  /** Layers of each base image. */
  readonly layers: number;
  /** Uppermost layers that are new in a release; the rest stays. */
  readonly renewed: number;
  readonly platforms: number;
}

/** The layers of base family `family` on `platform` as they were at `time` (epoch seconds). */
export type BaseAt = (family: number, platform: number, time: number) => readonly StoredLayer[];

const BASE_SIZES = { medianBytes: 18e6, sigma: 1.3 };

/** How many blobs `createBases` writes. */
export function baseLayerCount(options: BaseOptions): number {
  return options.families * options.platforms * (options.layers + (options.versions - 1) * options.renewed);
}

/**
 * Writes all base layers and returns how to look them up.
 *
 * @param from epoch seconds of the first release
 * @param until epoch seconds after the last one
 */
export function createBases(options: BaseOptions, store: BlobStore, seed: number, from: number, until: number): BaseAt {
  const step = (until - from) / options.versions;
  const random = createRandom(seed, 'bases');
  const release = (previous: readonly StoredLayer[], time: number): StoredLayer[] => {
    const kept = previous.slice(0, options.layers - options.renewed);
    const missing = options.layers - kept.length;
    return [...kept, ...Array.from({ length: missing }, () => store.layer(BASE_SIZES, random, time))];
  };
  const lines: StoredLayer[][][] = [];
  for (let line = 0; line < options.families * options.platforms; line += 1) {
    const releases: StoredLayer[][] = [];
    for (let version = 0; version < options.versions; version += 1) {
      releases.push(release(releases.at(-1) ?? [], Math.floor(from + version * step)));
    }
    lines.push(releases);
  }
  return (family, platform, time) => {
    const releases = lines[family * options.platforms + platform] ?? [];
    const version = Math.max(0, Math.min(options.versions - 1, Math.floor((time - from) / step)));
    return releases[version] ?? [];
  };
}
