/**
 * What each keeper says of the tags that its rule chose. What counts is counted among all of those, whatever else keeps
 * them, and in images: two tags of one digest count once, and stay together.
 */
import type semver from 'semver';
import { addTo } from '../shared/lists.ts';
import { imagesInOrder, inOrder, timeOf, versionOf, type OrderedImage } from './images.ts';
import type { JudgedTag, Verdict } from './judged.ts';
import type { Keeper, Order, VersionGroup } from './model.ts';
import { periodOf } from './periods.ts';
import { spellDay, spellDuration } from './spelling.ts';
import { undatedBecause } from './times.ts';

export interface KeeperContext {
  readonly orderBy: Order;
  /** Epoch milliseconds. */
  readonly now: number;
}

export type Verdicts = ReadonlyMap<JudgedTag, Verdict>;

type Of<Kind extends Keeper['kind']> = Extract<Keeper, { kind: Kind }>;

/** A verdict for each of the tags. */
export function judgeBy(keeper: Keeper, tags: readonly JudgedTag[], context: KeeperContext): Verdicts {
  switch (keeper.kind) {
    case 'always':
      return new Map(tags.map((tag) => [tag, { keeps: true, words: 'always' }]));
    case 'last':
      return judgeLast(keeper, inTheOrder(tags, context), context);
    case 'within':
      return new Map(tags.map((tag) => [tag, judgeWithin(keeper, tag, context.now)]));
    case 'calendar':
      return judgeCalendar(keeper, tags, context);
    case 'semver':
      return judgeVersions(keeper, tags);
  }
}

/**
 * What has a place in the order: by when it was created only an image that says so, and by a time nothing that is in the
 * future. All else is kept without counting: a clock that ran ahead must not make the newest image go.
 */
export function inTheOrder(tags: readonly JudgedTag[], { orderBy, now }: KeeperContext): readonly JudgedTag[] {
  if (orderBy === 'created') return tags.filter((tag) => undatedBecause(tag.createdAt, now) === undefined);
  return orderBy === 'pushed' ? tags.filter((tag) => !(tag.pushedAt > now)) : tags;
}

function judgeLast({ count }: Of<'last'>, tags: readonly JudgedTag[], { orderBy }: KeeperContext): Verdicts {
  const counted = orderBy === 'semver' ? tags.filter((tag) => versionOf(tag) !== null) : tags;
  const verdicts = new Map<JudgedTag, Verdict>(
    tags.map((tag) => [tag, { keeps: false, words: `last ${count}: it is no version` }]),
  );
  for (const [tag, verdict] of judgeFirst(imagesInOrder(counted, orderBy), count, 'last')) verdicts.set(tag, verdict);
  return verdicts;
}

/** The first `count` images of an order stay, with all the tags that they have in it. */
export function judgeFirst(images: readonly OrderedImage[], count: number, name: string): Verdicts {
  const verdicts = new Map<JudgedTag, Verdict>();
  for (const [place, image] of images.entries()) {
    const keeps = place < count;
    const words = keeps ? `${name} ${place + 1} of ${count}` : `${name} ${count}: it is image ${place + 1}`;
    giveToAll(verdicts, image, { keeps, words });
  }
  return verdicts;
}

function giveToAll(verdicts: Map<JudgedTag, Verdict>, { tags }: OrderedImage, { keeps, words }: Verdict): void {
  const [first] = tags;
  for (const tag of tags) {
    const same = keeps && first !== undefined && tag !== first ? `, same image as ${first.name}` : '';
    verdicts.set(tag, { keeps, words: words + same });
  }
}

/** By push times whatever the order: an image that was built long ago may have been pushed, or promoted, just now. */
function judgeWithin({ seconds }: Of<'within'>, { pushedAt: time }: JudgedTag, now: number): Verdict {
  const words = `within ${spellDuration(seconds)}`;
  if (time >= now - seconds * 1000) return { keeps: true, words };
  return { keeps: false, words: `not ${words}${Number.isNaN(time) ? '' : `: ${spellDay(time)}`}` };
}

/**
 * Of each of the newest periods that have images the newest image that no later period keeps. An image is in each period in
 * which one of its tags is: where the newest of them goes and another stays, it has no new place the next time.
 */
function judgeCalendar(
  { calendar, count }: Of<'calendar'>,
  tags: readonly JudgedTag[],
  { orderBy, now }: KeeperContext,
): Verdicts {
  const verdicts = new Map<JudgedTag, Verdict>();
  const order = orderBy === 'created' ? 'created' : 'pushed';
  const counted = inOrder(inTheOrder(tags, { orderBy: order, now }), order);
  const keptFor = new Map<number, { readonly first: JudgedTag; readonly words: string }>();
  let decided = '';
  for (const tag of counted) {
    if (tag.image === undefined || keptFor.has(tag.image)) continue;
    const time = timeOf(tag, order);
    const period = Number.isNaN(time) ? undefined : periodOf(calendar, time);
    if (period === undefined || period === decided || keptFor.size === count) {
      verdicts.set(tag, { keeps: false, words: `${calendar} ${count}: ${lostBecause(period, decided)}` });
    } else {
      keptFor.set(tag.image, { first: tag, words: `${calendar} ${keptFor.size + 1} of ${count}: ${period}` });
    }
    if (period !== undefined) decided = period;
  }
  for (const tag of counted) {
    const kept = tag.image === undefined ? undefined : keptFor.get(tag.image);
    if (kept === undefined) continue;
    const same = tag === kept.first ? '' : `, same image as ${kept.first.name}`;
    verdicts.set(tag, { keeps: true, words: kept.words + same });
  }
  return verdicts;
}

function lostBecause(period: string | undefined, decided: string): string {
  if (period === undefined) return 'its time is not known';
  return period === decided ? `${period} has a newer one` : `${period} is older than those`;
}

/** By version, whatever the order of the policy is; what is no version never counts. */
function judgeVersions({ count, per }: Of<'semver'>, tags: readonly JudgedTag[]): Verdicts {
  const verdicts = new Map<JudgedTag, Verdict>();
  const groups = new Map<string, JudgedTag[]>();
  for (const tag of tags) {
    const version = versionOf(tag);
    if (version === null) {
      verdicts.set(tag, { keeps: false, words: 'semver: it is no version' });
      continue;
    }
    addTo(groups, groupName(version, per), tag);
  }
  for (const [name, members] of groups) {
    for (const [tag, verdict] of judgeFirst(imagesInOrder(members, 'semver'), count, name)) verdicts.set(tag, verdict);
  }
  return verdicts;
}

function groupName({ major, minor }: semver.SemVer, per: VersionGroup | undefined): string {
  if (per === undefined) return 'semver';
  return per === 'major' ? `semver ${major}.x` : `semver ${major}.${minor}.x`;
}
