import type { BaseOptions } from './bases.ts';
import { repositoryNames } from './names.ts';
import type { BuiltRepository, RegistryPlan, RepositoryPlan } from './plan.ts';
import { createRandom, type Random } from './random.ts';

/** The size of a registry that has grown over two years; the rest follows from how registries are used. */
export interface Growth {
  readonly repositories: number;
  /** Image manifests and indexes that have a revision link, about. */
  readonly revisions: number;
  readonly unlinkedBlobs: number;
  /** Base images that repositories build on. */
  readonly families: number;
  readonly habits: Habits;
}

/** How often things happen, as shares of repositories or of their pushes. */
export interface Habits {
  /** Repositories that hold the newest images of another one. */
  readonly promoted: number;
  /** Repositories that push an index over several architectures. */
  readonly multiArch: number;
  readonly oci: number;
  /** Repositories with pushes that never ended. */
  readonly uploads: number;
  /** Repositories with layers whose manifest never came. */
  readonly looseLayers: number;
  /** Pushes that the API has deleted, and as many again that were collected since; at most. */
  readonly deleted: number;
  /** Repositories whose newest push is less than a day old; all others rest since eight days or more. */
  readonly active: number;
}

export const USUAL_HABITS: Habits = {
  promoted: 0.04,
  multiArch: 0.12,
  oci: 0.4,
  uploads: 0.08,
  looseLayers: 0.2,
  deleted: 0.06,
  active: 0.03,
};

/** Everything happens, even among a dozen repositories. */
export const EAGER_HABITS: Habits = {
  promoted: 0.2,
  multiArch: 0.4,
  oci: 0.5,
  uploads: 0.5,
  looseLayers: 0.5,
  deleted: 0.4,
  active: 0.2,
};

/** Exponent of the power law over repositories: few hold most, many hold next to nothing. */
const POWER = 0.9;
/** New layers in an image besides the base's, on average. */
const OWN_LAYERS = 1.6;
const BASE_LAYERS = 4;
const PLATFORMS = 3;

/** How many revisions the repositories of each rank hold, the largest first. */
function powerLaw(repositories: number, revisions: number): number[] {
  const weights = Array.from({ length: repositories }, (_, rank) => (rank + 1) ** -POWER);
  const scale = revisions / weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => Math.max(1, Math.round(weight * scale)));
}

function shuffle<T>(list: readonly T[], random: Random): T[] {
  const keyed = list.map((value) => ({ value, key: random.next() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
}

function built(name: string, revisions: number, growth: Growth, random: Random): BuiltRepository {
  const { habits } = growth;
  const platforms = random.chance(habits.multiArch) && revisions > 2 ? random.between(2, PLATFORMS) : 1;
  const pushes = Math.max(1, Math.round(revisions / (platforms === 1 ? 1 : platforms + 1)));
  const deletedPushes = Math.floor(pushes * random.next() * habits.deleted);
  const ownHeight = Math.min(24, Math.max(3, Math.round(random.logNormal(6, 0.5))));
  const aliases = random.chance(0.5) ? random.between(1, Math.max(1, Math.round(pushes * 0.05))) : 0;
  const tags = Math.max(1, Math.round(pushes * (0.25 + 0.75 * random.next())));
  const lastDay = random.chance(habits.active) ? 0.05 + random.next() : 8 + random.next() ** 3 * 400;
  // The first push of each platform brings its whole stack.
  const later = (pushes + deletedPushes - 1) * platforms;
  const ownLayers = platforms * ownHeight + Math.round(later * OWN_LAYERS);
  return {
    kind: 'built',
    name,
    style: random.chance(habits.oci) ? 'oci' : 'docker',
    platforms,
    pushes,
    deletedPushes,
    tags,
    movingTags: random.between(1, 4),
    aliases,
    namedLayers: pushes * platforms * (BASE_LAYERS + ownHeight),
    ownLayers,
    family: random.between(0, growth.families - 1),
    collectedImages: Math.floor(pushes * random.next() * habits.deleted),
    looseLayers: random.chance(habits.looseLayers) ? random.between(1, 1 + Math.round(pushes * 0.1)) : 0,
    uploads: random.chance(habits.uploads) ? random.between(1, 3) : 0,
    firstDay: Math.max(lastDay + 1, 730 * (1 - random.next() ** 2)),
    lastDay,
  };
}

/** A registry that has grown to about the size that is asked for. */
export function grownPlan(growth: Growth, seed: number): RegistryPlan {
  const random = createRandom(seed, 'plan');
  const bases: BaseOptions = {
    families: growth.families,
    versions: 8,
    layers: BASE_LAYERS,
    renewed: 2,
    platforms: PLATFORMS,
  };
  const sizes = shuffle(powerLaw(growth.repositories, growth.revisions), random);
  const repositories: RepositoryPlan[] = [];
  for (const [at, name] of repositoryNames(growth.repositories, random).entries()) {
    const before = repositories.at(-1);
    const promoted = before?.kind === 'built' && random.chance(growth.habits.promoted);
    repositories.push(
      promoted
        ? { kind: 'promoted', name, newest: random.between(1, 10) }
        : built(name, sizes[at] ?? 1, growth, random),
    );
  }
  return { bases, repositories, unlinkedBlobs: growth.unlinkedBlobs };
}
