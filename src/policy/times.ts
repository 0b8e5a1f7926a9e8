/**
 * Which times a policy goes by, and whether they can be trusted. The time of `current/link` is when the tag was pushed, until
 * somebody copies the volume without its times: then it is when that link was copied, and an order by it means nothing. When
 * an image was created it says itself, and a build that is reproducible says 1970, or nothing.
 */
import { AppError } from '../shared/errors.ts';
import type { JudgedTag } from './judged.ts';
import type { Keeper, Policy } from './model.ts';
import { spellDay } from './spelling.ts';

/** The layout is of 2015 (distribution 2.0): no push is older, so an older time is not one. Epoch milliseconds. */
export const LAYOUT_BEGAN = Date.UTC(2015, 0, 1);

/** Docker was shown to the public on that day: no image is older, so an older time is not one. Epoch milliseconds. */
export const IMAGES_BEGAN = Date.UTC(2013, 2, 20);

const WINDOW = 5 * 60_000;
const LEAST_IMAGES = 10;

/** Whether anything that the policy decides of tags depends on push times. `within` does with every order: it says pushed. */
export function usesPushTimes({ keepTags, minKeep, orderBy }: Policy): boolean {
  const uses = ({ kind }: Keeper): boolean =>
    kind === 'within' || (kind === 'calendar' && orderBy !== 'created') || (kind === 'last' && orderBy === 'pushed');
  return keepTags.some(({ keepers }) => keepers.some(uses)) || (minKeep > 0 && orderBy === 'pushed');
}

/** The same of revisions that no tag names. */
export function usesPushTimesOfUntagged({ keepUntagged, orderBy }: Policy): boolean {
  return keepUntagged !== 'all' && keepUntagged.some(({ kind }) => kind === 'within' || orderBy !== 'created');
}

/** Whether the policy orders tags by when their images were created. */
export function ordersByCreated({ keepTags, minKeep, orderBy }: Policy): boolean {
  const orders = ({ kind }: Keeper): boolean => kind === 'last' || kind === 'calendar';
  return orderBy === 'created' && (minKeep > 0 || keepTags.some(({ keepers }) => keepers.some(orders)));
}

/** The same of revisions that no tag names. */
export function ordersUntaggedByCreated({ keepUntagged, orderBy }: Policy): boolean {
  return orderBy === 'created' && keepUntagged !== 'all' && keepUntagged.some(({ kind }) => kind === 'last');
}

/** Why an image cannot be ordered by when it was created (epoch milliseconds), or `undefined` where it can. */
export function undatedBecause(createdAt: number | undefined, now: number): string | undefined {
  if (createdAt === undefined || Number.isNaN(createdAt)) return 'nothing says when it was created';
  if (createdAt < IMAGES_BEGAN) return `no image is as old as it says: ${spellDay(createdAt)}`;
  return createdAt > now ? `created in the future: ${spellDay(createdAt)}` : undefined;
}

/** A push of an image, as far as its time goes. */
export type PushedImage = Pick<JudgedTag, 'image' | 'pushedAt' | 'isReferrer'>;

/**
 * Whether a repository's push times look like those of a copy: more than half of its images, and ten at least, were pushed
 * within five minutes, and nothing in it is older. Where something is, times have come through, and the burst was a push. A
 * registry that was filled all at once looks the same, and its times say as little of what is newer. `oldestLink`: epoch
 * milliseconds, of what else the repository links.
 */
export function isFlattened(pushes: readonly PushedImage[], oldestLink: number): boolean {
  const times = new Map<number, number>();
  for (const { image, pushedAt, isReferrer } of pushes) {
    if (image === undefined || isReferrer || !(pushedAt >= LAYOUT_BEGAN)) continue;
    times.set(image, Math.max(times.get(image) ?? -Infinity, pushedAt));
  }
  const oldest = pushes.reduce(
    (least, { pushedAt }) => (pushedAt >= LAYOUT_BEGAN ? Math.min(least, pushedAt) : least),
    oldestLink,
  );
  const atOnce = [...times.values()].filter((time) => time <= oldest + WINDOW).length;
  return atOnce >= LEAST_IMAGES && atOnce * 2 > times.size;
}

/** Throws `usage` for what cannot be ordered, if any of these repositories is. */
export function refuseFlattened(repositories: readonly string[]): void {
  if (repositories.length === 0) return;
  throw new AppError(
    'usage',
    `most images of ${repositories.join(', ')} were pushed within five minutes, and nothing there is older: a copy without ` +
      'times (rsync without -t, cp without -p) looks like that, and then push times do not say what is newer',
    'order by something else (--keep-semver, --keep-tag, or orderBy: created, semver or name in a policy file, without pushedWithin; keepUntagged counts by push times in every order but created); --trust-times, if the times are right',
  );
}
