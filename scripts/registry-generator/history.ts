import type { Digest } from '../../src/layout/digest.ts';
import { createBuilds, type BuildTools } from './builds.ts';
import type { BuiltRepository } from './plan.ts';
import type { Random } from './random.ts';
import type { HeldRevision, HeldTag, PushedManifest, RepositoryState } from './state.ts';
import { createTagNames } from './tag-names.ts';

export const DAY_SECONDS = 86_400;

type Fate = 'new-tag' | 'overwrite' | 'deleted';

interface GrowingTag {
  readonly name: string;
  readonly entries: HeldRevision[];
  current: HeldRevision;
  /** Pushed under this tag and deleted since; an index entry tells of them once a later push has moved the tag on. */
  readonly passing: HeldRevision[];
}

/**
 * What becomes of each push, in order: every count of the plan is met exactly. The first push makes a tag, since a tag
 * must be there to be overwritten.
 */
function fates(plan: BuiltRepository, random: Random): Fate[] {
  const left = {
    'new-tag': plan.tags,
    overwrite: plan.pushes - plan.tags,
    deleted: plan.deletedPushes,
  };
  const list: Fate[] = [];
  for (let pushes = plan.pushes + plan.deletedPushes; pushes > 0; pushes -= 1) {
    const drawn = random.next() * pushes;
    const fate =
      list.length === 0 || drawn < left['new-tag']
        ? 'new-tag'
        : drawn < left['new-tag'] + left.overwrite
          ? 'overwrite'
          : 'deleted';
    left[fate] -= 1;
    list.push(fate);
  }
  return list;
}

function move(tag: GrowingTag, revision: HeldRevision): void {
  tag.entries.push(...tag.passing.splice(0), revision);
  tag.current = revision;
}

/** The tag that a push takes: the first moving tags are pushed far more often than the others. */
function movingTag(tags: readonly GrowingTag[], moving: number, random: Random): GrowingTag | undefined {
  const candidates = Math.min(moving, tags.length);
  return tags[Math.floor(random.next() ** 2 * candidates)];
}

function held(manifest: PushedManifest, time: number, present: boolean): HeldRevision[] {
  const children = manifest.children.map((child) => ({ manifest: child, time, present: true }));
  return [{ manifest, time, present }, ...children];
}

/** The layer links that holding `manifests` leaves, each with the time of its first push. */
function noteLayerLinks(links: Map<Digest, number>, manifest: PushedManifest, time: number): void {
  for (const digest of manifest.linked) if (!links.has(digest)) links.set(digest, time);
  for (const child of manifest.children) noteLayerLinks(links, child, time);
}

function addAliases(tags: readonly GrowingTag[], names: () => string, count: number, random: Random): HeldTag[] {
  const aliases: HeldTag[] = [];
  for (let at = 0; at < count; at += 1) {
    const named = tags[random.between(0, tags.length - 1)]?.current;
    if (named !== undefined) aliases.push({ name: names(), current: named, entries: [named] });
  }
  return aliases;
}

/**
 * Pushes all that the plan of one repository says, blobs and all, and returns what its links must say.
 *
 * @param now epoch seconds
 */
export function buildRepository(plan: BuiltRepository, tools: BuildTools, now: number): RepositoryState {
  const { random } = tools;
  const build = createBuilds(plan, tools);
  const names = createTagNames(plan.movingTags, random);
  const first = now - plan.firstDay * DAY_SECONDS;
  const pushes = fates(plan, random);
  const step = ((plan.firstDay - plan.lastDay) * DAY_SECONDS) / pushes.length;
  const revisions: HeldRevision[] = [];
  const tags: GrowingTag[] = [];
  const layerLinks = new Map<Digest, number>();
  for (const [at, fate] of pushes.entries()) {
    const time = Math.floor(first + (at + random.next()) * step);
    const manifest = build(time, fate !== 'deleted');
    noteLayerLinks(layerLinks, manifest, time);
    const list = held(manifest, time, fate !== 'deleted');
    revisions.push(...list);
    const [revision] = list;
    if (revision === undefined) continue;
    if (fate === 'new-tag') {
      tags.push({ name: names(), entries: [revision], current: revision, passing: [] });
    } else {
      const tag = movingTag(tags, plan.movingTags, random);
      if (tag === undefined) continue;
      if (fate === 'overwrite') move(tag, revision);
      else tag.passing.push(revision);
    }
  }
  return { name: plan.name, revisions, tags: [...tags, ...addAliases(tags, names, plan.aliases, random)], layerLinks };
}

/** The newest tagged images of `from` in another repository: the same manifests, links of its own. */
export function promoteNewest(name: string, from: RepositoryState, newest: number, delay: number): RepositoryState {
  const byTime = [...from.tags].sort((a, b) => a.current.time - b.current.time || (a.name < b.name ? -1 : 1));
  const layerLinks = new Map<Digest, number>();
  const revisions = new Map<PushedManifest, HeldRevision>();
  const tags: HeldTag[] = [];
  for (const tag of byTime.slice(-newest)) {
    const { manifest } = tag.current;
    const time = tag.current.time + delay;
    noteLayerLinks(layerLinks, manifest, time);
    for (const revision of held(manifest, time, true)) {
      if (!revisions.has(revision.manifest)) revisions.set(revision.manifest, revision);
    }
    const current = revisions.get(manifest);
    if (current !== undefined) tags.push({ name: tag.name, current, entries: [current] });
  }
  return { name, revisions: [...revisions.values()], tags, layerLinks };
}
