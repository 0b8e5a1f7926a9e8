/**
 * The registry of the ranking post: nine repositories, ranked with
 * `garbage-collect --dry-run | awk -F: '{print $1}' | sort | uniq -c`.
 *
 * That counts a repository's heading (its name alone on a line) with its `<name>: marking …` lines; each count less one
 * is, but for the smallest, a multiple of 30: a manifest, its config and 28 layers. So `lines` holds the heading.
 *
 * The post also tells how many historical images "keep the last two" removed from nine repositories (17, 245, 310, 318,
 * 463, 1574, 300, 1421, 1868), but not whose they were. The lines decide for most: 7410 / 30 = 247 = 245 + 2 and so
 * on for dsystemtest, bjtest, zddev, bjdev and ordertest; 463 fits systemtest, and tooltest is the smallest. zhqtest
 * has room for 302 tags and zdtest for 1 576 with an image of their own each. Together: 6 534 tags, and with every image
 * at its usual 30 lines 10 321 revisions.
 */
import { apportion } from './budget.ts';
import { baseLayerCount, type BaseOptions } from './bases.ts';
import type { BuiltRepository, RegistryPlan } from './plan.ts';

interface PostRepository {
  readonly name: string;
  /** With the heading. */
  readonly lines: number;
  readonly tags: number;
  readonly revisions: number;
}

/** Five revisions of zdtest went to systemtest, whose 465 tags need an image each: 13 800 / 30 is only 460. */
export const POST_REPOSITORIES: readonly PostRepository[] = [
  { name: 'zdtest', lines: 134_161, tags: 1576, revisions: 4467 },
  { name: 'ordertest', lines: 56_101, tags: 1870, revisions: 1870 },
  { name: 'bjdev', lines: 42_691, tags: 1423, revisions: 1423 },
  { name: 'zhqtest', lines: 35_881, tags: 302, revisions: 1196 },
  { name: 'systemtest', lines: 13_801, tags: 465, revisions: 465 },
  { name: 'zddev', lines: 9_601, tags: 320, revisions: 320 },
  { name: 'bjtest', lines: 9_361, tags: 312, revisions: 312 },
  { name: 'dsystemtest', lines: 7_411, tags: 247, revisions: 247 },
  { name: 'tooltest', lines: 505, tags: 19, revisions: 21 },
];

export const POST_BLOBS = 43_926;

/** What the post could not see, in the size that such a registry would have. */
const DELETED_SHARE = 0.01;
const LOOSE_LAYERS = 3;
const UNLINKED_BLOBS = 150;
const BASES: BaseOptions = { families: 1, versions: 8, layers: 12, renewed: 6, platforms: 1 };

export function postPlan(): RegistryPlan {
  const deleted = POST_REPOSITORIES.map(({ revisions }) => Math.round(revisions * DELETED_SHARE));
  const pushes = POST_REPOSITORIES.map(({ revisions }, at) => revisions + (deleted[at] ?? 0));
  const documents = 2 * pushes.reduce((a, b) => a + b, 0);
  const others = baseLayerCount(BASES) + LOOSE_LAYERS * POST_REPOSITORIES.length + UNLINKED_BLOBS;
  const own = apportion(POST_BLOBS - documents - others, pushes);
  const repositories = POST_REPOSITORIES.map(({ name, lines, tags, revisions }, at): BuiltRepository => ({
    kind: 'built',
    name,
    style: 'docker',
    platforms: 1,
    pushes: revisions,
    deletedPushes: deleted[at] ?? 0,
    tags,
    movingTags: Math.ceil(tags / 10),
    aliases: 0,
    // Less the heading, and a manifest and a config for each revision.
    namedLayers: lines - 1 - 2 * revisions,
    ownLayers: own[at] ?? 0,
    family: 0,
    collectedImages: Math.round(revisions * DELETED_SHARE),
    looseLayers: LOOSE_LAYERS,
    uploads: 1,
    firstDay: 720,
    lastDay: 9 + at,
  }));
  return { bases: BASES, repositories, unlinkedBlobs: UNLINKED_BLOBS };
}
