import type { BaseOptions } from './bases.ts';
import type { Style } from './documents.ts';

/** A repository that its own builds fill. All counts are exact. */
export interface BuiltRepository {
  readonly kind: 'built';
  readonly name: string;
  readonly style: Style;
  /** Images per push; above one, a push is an index over so many images, and these are untagged revisions. */
  readonly platforms: number;
  /** Pushes whose revision stays. */
  readonly pushes: number;
  /** Further pushes whose revision the API has deleted since: the folder stays, the link is gone. */
  readonly deletedPushes: number;
  /** Tags that have a revision of their own; at most `pushes`. */
  readonly tags: number;
  /** Of these, the tags that are pushed again and again (`latest`, `main`), and so leave untagged revisions. */
  readonly movingTags: number;
  /** Further tags that name what another tag names already. */
  readonly aliases: number;
  /** Layers named by all images of pushes that stay: what the registry's dry run prints as `marking blob`. */
  readonly namedLayers: number;
  /** Layers that are written for all pushes, deleted ones included, besides the base images'. */
  readonly ownLayers: number;
  /** Which base images it builds on. */
  readonly family: number;
  /** Images that were deleted and whose blobs an earlier collection took: only dangling layer links tell of them. */
  readonly collectedImages: number;
  /** Layers that were pushed and linked, but that no manifest ever named. */
  readonly looseLayers: number;
  readonly uploads: number;
  /** Days before now of the first and the last push. */
  readonly firstDay: number;
  readonly lastDay: number;
}

/** A repository that holds the newest images of the one before it in the list, under the same digests. */
export interface PromotedRepository {
  readonly kind: 'promoted';
  readonly name: string;
  readonly newest: number;
}

export type RepositoryPlan = BuiltRepository | PromotedRepository;

/** A whole tree, decided before the first file is written. */
export interface RegistryPlan {
  readonly bases: BaseOptions;
  readonly repositories: readonly RepositoryPlan[];
  /** Blobs that no repository links. */
  readonly unlinkedBlobs: number;
}
