/** Tags as images in an order: two tags of one digest are one image, and stand where the first of them does. */
import semver from 'semver';
import { addTo } from '../shared/lists.ts';
import type { JudgedTag } from './judged.ts';
import type { Order } from './model.ts';
import { compareNames } from './names.ts';

export interface OrderedImage {
  /** Its tags, in the order; the first decides where it stands. */
  readonly tags: readonly JudgedTag[];
}

/** The version that a tag's name is, `v1.2.3` as `1.2.3`; nothing is guessed: `1.2` is none. */
export function versionOf(tag: JudgedTag): semver.SemVer | null {
  return semver.parse(tag.name);
}

/** The time that an order goes by, epoch milliseconds; NaN where it is not known. */
export function timeOf(tag: JudgedTag, order: Order): number {
  return order === 'created' ? (tag.createdAt ?? NaN) : tag.pushedAt;
}

/** The images of tags that `inOrder` orders. */
export function imagesInOrder(tags: readonly JudgedTag[], order: Order): readonly OrderedImage[] {
  const images = new Map<number, JudgedTag[]>();
  for (const tag of inOrder(tags, order)) {
    if (tag.image !== undefined) addTo(images, tag.image, tag);
  }
  return [...images.values()].map((its) => ({ tags: its }));
}

/** The newest (the highest version, the last name) first. Equals stand by name: the later one first. */
export function inOrder(tags: readonly JudgedTag[], order: Order): readonly JudgedTag[] {
  const byName = (a: JudgedTag, b: JudgedTag): number => compareNames(b.name, a.name);
  switch (order) {
    case 'name':
      return tags.toSorted(byName);
    case 'semver':
      return byVersion(tags, byName);
    case 'pushed':
    case 'created':
      return tags.toSorted((a, b) => compareTimes(timeOf(b, order), timeOf(a, order)) || byName(a, b));
  }
}

/** What is no version comes last. */
function byVersion(tags: readonly JudgedTag[], byName: (a: JudgedTag, b: JudgedTag) => number): readonly JudgedTag[] {
  const versions = new Map(tags.map((tag) => [tag, versionOf(tag)]));
  return tags.toSorted((a, b) => {
    const left = versions.get(a) ?? null;
    const right = versions.get(b) ?? null;
    if (left === null || right === null) return left === right ? byName(a, b) : left === null ? 1 : -1;
    return semver.compare(right, left) || byName(a, b);
  });
}

/** Unknown times are the oldest. */
function compareTimes(a: number, b: number): number {
  const left = Number.isNaN(a) ? -Infinity : a;
  const right = Number.isNaN(b) ? -Infinity : b;
  return left === right ? 0 : left - right;
}
