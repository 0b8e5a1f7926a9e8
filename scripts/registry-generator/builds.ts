import type { BaseAt } from './bases.ts';
import type { BlobStore, StoredLayer } from './blob-store.ts';
import { createBudget } from './budget.ts';
import { configDocument, imageDocument, indexDocument } from './documents.ts';
import type { BuiltRepository } from './plan.ts';
import type { Random } from './random.ts';
import type { PushedManifest } from './state.ts';

const ARCHITECTURES = ['amd64', 'arm64', 'arm'] as const;

/** Lower own layers are dependencies, the uppermost one is the program itself. */
const DEPENDENCY_SIZES = { medianBytes: 3e6, sigma: 2 };
const PROGRAM_SIZES = { medianBytes: 250e3, sigma: 2.2 };

export interface BuildTools {
  readonly store: BlobStore;
  readonly baseAt: BaseAt;
  readonly random: Random;
}

/** The next push of a repository: `stays` is false for one that the API deletes later. */
export type Build = (time: number, stays: boolean) => PushedManifest;

/**
 * The builds of one repository, one after the other: each image stands on the base of its day, keeps the lower part of
 * what the build before it had, and renews the rest. Blobs are written as they come. The plan's counts are met exactly.
 */
export function createBuilds(plan: BuiltRepository, tools: BuildTools): Build {
  const { store, baseAt, random } = tools;
  const staying = plan.pushes * plan.platforms;
  const images = staying + plan.deletedPushes * plan.platforms;
  const usual = Math.floor(plan.namedLayers / staying);
  const named = createBudget(plan.namedLayers, staying, usual, usual + 1, random);
  const ownAtMost = usual - baseAt(plan.family, 0, 0).length;
  const fresh = createBudget(plan.ownLayers, images, 1, ownAtMost, random);
  const stacks: StoredLayer[][] = Array.from({ length: plan.platforms }, () => []);
  let builds = 0;

  const stackOf = (platform: number, time: number, stays: boolean): StoredLayer[] => {
    const base = baseAt(plan.family, platform, time);
    const layers = stays ? named.draw(usual, usual + 1) : usual;
    const height = layers - base.length;
    const previous = stacks[platform] ?? [];
    const renewed = fresh.draw(Math.max(1, height - previous.length), height);
    const own = previous.slice(0, height - renewed);
    for (let count = 1; count <= renewed; count += 1) {
      own.push(store.layer(count === renewed ? PROGRAM_SIZES : DEPENDENCY_SIZES, random, time));
    }
    stacks[platform] = own;
    return [...base, ...own];
  };

  const image = (platform: number, time: number, stays: boolean): PushedManifest & { bytes: number } => {
    const layers = stackOf(platform, time, stays);
    const architecture = ARCHITECTURES[platform] ?? ARCHITECTURES[0];
    const facts = { repository: plan.name, build: builds, architecture, created: time, layers };
    const config = store.document(configDocument(facts), time);
    const manifest = store.document(imageDocument(plan.style, config, layers), time);
    return {
      digest: manifest.digest,
      bytes: manifest.bytes,
      blobs: [manifest.id, config.id, ...layers.map((layer) => layer.id)],
      linked: [config.digest, ...layers.map((layer) => layer.digest)],
      descriptors: 1 + layers.length,
      children: [],
    };
  };

  return (time, stays) => {
    builds += 1;
    if (plan.platforms === 1) return image(0, time, stays);
    const children = Array.from({ length: plan.platforms }, (_, platform) => image(platform, time, stays));
    const described = children.map((child, at) => ({ ...child, architecture: ARCHITECTURES[at] ?? ARCHITECTURES[0] }));
    const index = store.document(indexDocument(plan.style, described), time);
    return { digest: index.digest, blobs: [index.id], linked: [], descriptors: children.length, children };
  };
}
