/**
 * Whether push times can be trusted. The time of `current/link` is when the tag was pushed, until somebody copies the volume
 * without its times: then it is when that link was copied, and an order by it means nothing.
 */
import { AppError } from '../shared/errors.ts';
import type { JudgedTag } from './judged.ts';
import type { Keeper, Policy } from './model.ts';

/** The layout is of 2015 (distribution 2.0): no push is older, so an older time is not one. Epoch milliseconds. */
export const LAYOUT_BEGAN = Date.UTC(2015, 0, 1);

const WINDOW = 5 * 60_000;
const LEAST_IMAGES = 10;

/** Whether anything that the policy decides depends on push times. */
export function usesPushTimes({ keepTags, minKeep, orderBy }: Policy): boolean {
  if (orderBy === 'created') return false;
  const uses = ({ kind }: Keeper): boolean =>
    kind === 'within' || kind === 'calendar' || (kind === 'last' && orderBy === 'pushed');
  return keepTags.some(({ keepers }) => keepers.some(uses)) || (minKeep > 0 && orderBy === 'pushed');
}

/**
 * Whether a repository's push times look like those of a copy: more than half of its images, and ten at least, were pushed
 * within five minutes, and nothing in it is older. Where something is, times have come through, and the burst was a push. A
 * registry that was filled all at once looks the same, and its times say as little of what is newer. `oldestLink`: epoch
 * milliseconds, of what else the repository links.
 */
export function isFlattened(tags: readonly JudgedTag[], oldestLink: number): boolean {
  const times = new Map<number, number>();
  for (const { image, pushedAt, isReferrer } of tags) {
    if (image === undefined || isReferrer || !(pushedAt >= LAYOUT_BEGAN)) continue;
    times.set(image, Math.max(times.get(image) ?? -Infinity, pushedAt));
  }
  const oldest = tags.reduce(
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
    'order by something else (--keep-semver, --keep-tag, or orderBy: semver or name in a policy file); --trust-times, if the times are right',
  );
}

/** Throws `usage` for a policy that orders by what the index does not hold. */
export function refuseOrders(policies: readonly Policy[]): void {
  const wrong = policies.find(({ orderBy }) => orderBy === 'created');
  if (wrong === undefined) return;
  throw new AppError(
    'usage',
    `policy ${wrong.name}: orderBy: created is not supported yet: the scan does not read the configs of images`,
    'orderBy: pushed, semver or name',
  );
}
