import { EAGER_HABITS, grownPlan, USUAL_HABITS } from './grown.ts';
import type { RegistryPlan } from './plan.ts';
import { postPlan } from './post.ts';

export const PROFILE_NAMES = ['S', 'M', 'L', 'blog', 'pictures'] as const;

/**
 * `S`: a few hundred blobs, for tests. `M`: 1 000 repositories and about 100 000 blobs. `L`: 5 000 repositories and about
 * 1 300 000 blobs. `blog`: the nine repositories of the ranking post, counts exact. `pictures`: a registry of a hundred
 * repositories, for the screenshots.
 */
export type ProfileName = (typeof PROFILE_NAMES)[number];

export function isProfileName(text: string): text is ProfileName {
  return PROFILE_NAMES.some((name) => name === text);
}

/** What the tree of a profile will hold. `seed` is without effect on the counts of `blog`. */
export function planOf(profile: ProfileName, seed: number): RegistryPlan {
  switch (profile) {
    case 'S':
      return grownPlan({ repositories: 14, revisions: 110, unlinkedBlobs: 8, families: 2, habits: EAGER_HABITS }, seed);
    case 'M':
      return grownPlan(
        { repositories: 1000, revisions: 26_000, unlinkedBlobs: 2500, families: 6, habits: USUAL_HABITS },
        seed,
      );
    case 'L':
      return grownPlan(
        { repositories: 5000, revisions: 348_000, unlinkedBlobs: 50_000, families: 12, habits: USUAL_HABITS },
        seed,
      );
    case 'blog':
      return postPlan();
    case 'pictures':
      return grownPlan(
        { repositories: 110, revisions: 2600, unlinkedBlobs: 30, families: 5, habits: USUAL_HABITS },
        seed,
      );
  }
}
