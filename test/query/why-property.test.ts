/**
 * `why` of every digest of random registries, damaged and not: kept is what a plan leaves; each chain is one that the inventory
 * has, link by link; there is no shorter one, and there are as many as counted one by one.
 */
import { expect, it } from 'vitest';
import { DAMAGED, EXCLUDED, REFERENCED, UNREFERENCED } from '../../src/gc/mark.ts';
import { inMode, planIn } from '../../src/gc/plan-in.ts';
import { ROW_UNTOUCHABLE, TAG_NAME_ILLEGAL, type Inventory } from '../../src/inventory/inventory.ts';
import { WhyFinder } from '../../src/query/why.ts';
import type { ChainLink, Why } from '../../src/report/model-why.ts';
import { randomRegistry } from '../support/collected-registry.ts';
import { policyOf, retentionBy } from '../support/policies.ts';
import { openedOf } from '../support/report-of.ts';

const SEEDS = Number(process.env['REGSWEEP_WHY_SEEDS'] ?? 12);
const CHAINS = 1000;

/** Rows of an inventory in words, as nothing of `src/gc` makes them. */
class Words {
  readonly names = new Map<string, Set<string>>();
  readonly referrers = new Map<string, Set<string>>();
  readonly tags: { repository: string; tag: string; digest: string | undefined; row: number }[] = [];
  readonly revisions: { repository: string; digest: string; row: number }[] = [];
  readonly layerLinks: { repository: string; digest: string }[] = [];
  readonly history: { repository: string; tag: string; digest: string }[] = [];

  constructor(private readonly inventory: Inventory) {
    const { tags, revisions, layerLinks, tagIndexEntries, manifests, aliases, signatureLinks } = inventory;
    const nameOf = (repository: number | undefined): string => inventory.repositories[repository ?? -1]?.name ?? '';
    for (const [row, id] of tags.current.entries()) {
      const digest = id < 0 ? undefined : this.digest(id);
      this.tags.push({ repository: nameOf(tags.repository[row]), tag: tags.name[row] ?? '', digest, row });
    }
    for (const [row, id] of revisions.digest.entries()) {
      this.revisions.push({ repository: nameOf(revisions.repository[row]), digest: this.digest(id), row });
    }
    for (const [row, id] of layerLinks.digest.entries()) {
      this.layerLinks.push({ repository: nameOf(layerLinks.repository[row]), digest: this.digest(id) });
    }
    for (const [row, id] of tagIndexEntries.digest.entries()) {
      const tag = tagIndexEntries.tag[row] ?? -1;
      this.history.push({
        repository: nameOf(tags.repository[tag]),
        tag: tags.name[tag] ?? '',
        digest: this.digest(id),
      });
    }
    for (const [m, id] of manifests.digest.entries()) {
      const from = this.digest(id);
      const parts = manifests.referenceTarget.subarray(manifests.referenceStart[m], manifests.referenceStart[m + 1]);
      for (const part of parts) this.add(this.names, from, this.digest(part));
      const subject = manifests.subject[m] ?? -1;
      const isRevision = this.revisions.some(({ digest }) => digest === from);
      if (subject >= 0 && isRevision) this.add(this.referrers, this.digest(subject), from);
    }
    for (const { from, to } of aliases) this.add(this.names, this.digest(from), this.digest(to));
    for (const [row, id] of signatureLinks.digest.entries()) {
      const revision = this.revisions[signatureLinks.revision[row] ?? -1];
      this.add(this.names, revision?.digest ?? '', this.digest(id));
    }
  }

  after(digest: string): ReadonlySet<string> {
    return new Set([...(this.names.get(digest) ?? []), ...(this.referrers.get(digest) ?? [])]);
  }

  /** Tags that stay with what they are about: of each tag its subject, or -1. */
  follow(subjects: Int32Array): void {
    for (const { row, digest } of this.tags) {
      const subject = subjects[row] ?? -1;
      if (subject >= 0 && digest !== undefined) this.add(this.referrers, this.digest(subject), digest);
    }
  }

  reachedFrom(...digests: readonly string[]): ReadonlySet<string> {
    const reached = new Set<string>();
    const waiting = digests.flatMap((digest) => [...this.after(digest)]);
    for (const digest of waiting) {
      if (reached.has(digest)) continue;
      reached.add(digest);
      waiting.push(...this.after(digest));
    }
    return reached;
  }

  private digest(id: number): string {
    return this.inventory.digests.digest(id);
  }

  private add(edges: Map<string, Set<string>>, from: string, to: string): void {
    edges.set(from, (edges.get(from) ?? new Set()).add(to));
  }
}

type Opened = Awaited<ReturnType<typeof openedOf>>;
type Mode = Why['mode'];

/** Of each repository the newest image that has a tag, and what has none not at all. */
const RETENTION = {
  ...retentionBy(policyOf({ keepTags: [{ patterns: [], keepers: [{ kind: 'last', count: 1 }] }] })),
  trustTimes: true,
};

/** By digest the words of the links that make it a root of its level. */
function rootsOf(opened: Opened, words: Words, mode: Mode): ReadonlyMap<string, readonly string[]> {
  const { marking, roots: flags } = inMode(opened.analysis, mode);
  const { inventory } = opened;
  const roots = new Map<string, string[]>();
  const levelOf = (digest: string): number =>
    marking.level[inventory.digests.find(digest as never) ?? -1] ?? UNREFERENCED;
  const heldAs = (repository: string): number =>
    marking.held[inventory.repositories.findIndex(({ name }) => name === repository)] ?? 0;
  const add = (digest: string, link: string): void => {
    roots.set(digest, [...(roots.get(digest) ?? []), link]);
  };
  const tagRoots = words.tags.filter(({ row }) => flags.tags[row] === 1);
  const revisionRoots = words.revisions.filter(({ row }) => flags.revisions[row] === 1);
  for (const { repository, tag, digest } of tagRoots) {
    if (digest !== undefined && levelOf(digest) === REFERENCED) add(digest, `tag ${repository} ${tag}`);
  }
  for (const { repository, digest } of revisionRoots) {
    // The platforms of an index that the repository holds anyway are told of with that.
    const others = revisionRoots.filter((one) => one.repository === repository && one.digest !== digest);
    const named = tagRoots.filter((one) => one.repository === repository).map((one) => one.digest ?? '');
    const isHeld = words.reachedFrom(...others.map((one) => one.digest), ...named).has(digest);
    if (!isHeld && !named.includes(digest)) add(digest, `revision ${repository}`);
  }
  for (const level of [EXCLUDED, DAMAGED]) {
    const isHere = ({ repository, digest }: { repository: string; digest?: string | undefined }): boolean =>
      heldAs(repository) === level && digest !== undefined && levelOf(digest) === level;
    for (const one of words.tags) if (isHere(one)) add(one.digest ?? '', `tag ${one.repository} ${one.tag}`);
    for (const one of words.revisions) if (isHere(one)) add(one.digest, `revision ${one.repository}`);
    for (const one of words.layerLinks) if (isHere(one)) add(one.digest, `layer-link ${one.repository}`);
    for (const one of words.history) {
      const isNow = words.tags.some(
        (tag) => tag.repository === one.repository && tag.tag === one.tag && tag.digest === one.digest,
      );
      if (isHere(one) && !isNow) add(one.digest, `tag-index-entry ${one.repository} ${one.tag}`);
    }
  }
  // What lies behind a symbolic link is never deleted, and a tag whose name is none keeps its history.
  const isFixed = (flags: Uint8Array, row: number, mask: number): boolean => ((flags[row] ?? 0) & mask) !== 0;
  const isElse = ({ repository, digest }: { repository: string; digest: string }): boolean =>
    heldAs(repository) !== DAMAGED && levelOf(digest) === DAMAGED;
  const { revisions, layerLinks, tags } = inventory;
  for (const [row, one] of words.revisions.entries()) {
    if (isFixed(revisions.flags, row, ROW_UNTOUCHABLE) && isElse(one)) add(one.digest, `revision ${one.repository}`);
  }
  for (const [row, one] of words.layerLinks.entries()) {
    if (isFixed(layerLinks.flags, row, ROW_UNTOUCHABLE) && isElse(one)) add(one.digest, `layer-link ${one.repository}`);
  }
  for (const one of words.history) {
    const tag = words.tags.findIndex(({ repository, tag: name }) => repository === one.repository && name === one.tag);
    if (!isFixed(tags.flags, tag, ROW_UNTOUCHABLE | TAG_NAME_ILLEGAL) || !isElse(one)) continue;
    add(one.digest, `tag-index-entry ${one.repository} ${one.tag}`);
  }
  return roots;
}

/** Of each digest its distance from a root and how many ways are so short, step by step from all roots of its level. */
function counted(words: Words, roots: ReadonlyMap<string, readonly string[]>, levelOf: (digest: string) => number) {
  const distance = new Map<string, number>();
  const count = new Map<string, number>();
  let wave = [...roots.keys()];
  for (const digest of wave) {
    distance.set(digest, 0);
    count.set(digest, roots.get(digest)?.length ?? 0);
  }
  for (let step = 1; wave.length > 0; step++) {
    const next = new Set<string>();
    for (const digest of wave) {
      for (const child of words.after(digest)) {
        if (levelOf(child) !== levelOf(digest) || (distance.get(child) ?? step) < step) continue;
        distance.set(child, step);
        count.set(child, (count.get(child) ?? 0) + (count.get(digest) ?? 0));
        next.add(child);
      }
    }
    wave = [...next];
  }
  return { distance, count };
}

/** What is wrong with a chain. */
function flawsOf(
  words: Words,
  roots: ReadonlyMap<string, readonly string[]>,
  chain: readonly ChainLink[],
  end: string,
) {
  const [repository, link, ...steps] = chain;
  const flaws: string[] = [];
  const first = steps[0]?.digest ?? '';
  const asWords = [link?.kind, link?.repository, link?.tag].filter((word) => word !== undefined).join(' ');
  if (repository?.kind !== 'repository' || repository.repository !== link?.repository) flaws.push('no repository');
  if (roots.get(first)?.includes(asWords) !== true) flaws.push(`${asWords} is no root that names ${first}`);
  for (const [place, step] of steps.entries()) {
    const before = steps[place - 1]?.digest;
    if (before === undefined) continue;
    if (!words.after(before).has(step.digest ?? '')) flaws.push(`${before} does not lead to ${step.digest ?? ''}`);
    const isNamed = words.names.get(before)?.has(step.digest ?? '') === true;
    if (isNamed === (step.kind === 'referrer')) flaws.push(`a ${step.kind} that is named: ${isNamed}`);
  }
  if (steps.at(-1)?.digest !== end) flaws.push('it ends elsewhere');
  return flaws;
}

it.each([
  ['revisions', 0, []],
  ['untagged', 0, []],
  ['untagged', 0, ['team/*', 'zoo']],
  ['untagged', 3600, []],
  ['policy', 0, []],
] as const)('%s, with --min-age %d and --repo %j', async (mode, minAge, repo) => {
  const held = new Set<Why['held']>();
  const counts = { answers: 0, several: 0, longest: 0 };
  for (let seed = 0; seed < SEEDS; seed++) {
    let opened: Opened;
    try {
      opened = await openedOf(randomRegistry(seed), {
        minAge,
        repo,
        request: mode === 'policy' ? { retention: RETENTION } : {},
      });
    } catch {
      // Some damage leaves no registry, and some seeds no repository of these names.
      continue;
    }
    const { inventory, analysis } = opened;
    const words = new Words(inventory);
    const { marking, roots: flags } = inMode(analysis, mode);
    words.follow(flags.subjects);
    const options = { mode, minAgeSeconds: minAge, uploadsOlderThanSeconds: undefined, now: Date.now() };
    const finder = new WhyFinder(opened, { ...options, chains: CHAINS });
    const going = new Set(planIn(analysis, mode, options).blobs);
    const roots = rootsOf(opened, words, mode);
    const levelOf = (digest: string): number => marking.level[inventory.digests.find(digest as never) ?? -1] ?? 0;
    const { distance, count } = counted(words, roots, levelOf);
    for (let id = 0; id < inventory.digests.size; id++) {
      const digest = inventory.digests.digest(id);
      const why = finder.of(digest);
      if (why.asked !== null) continue;
      if (why.present) expect({ seed, digest, kept: why.kept }).toEqual({ seed, digest, kept: !going.has(id) });
      held.add(why.held);
      counts.answers++;
      if (why.chainCount > 1) counts.several++;
      counts.longest = Math.max(counts.longest, why.chains[0]?.length ?? 0);
      const flaws = why.chains
        .filter(({ length }) => length > 2)
        .flatMap((chain) => (chain[0]?.kind === 'repository' ? flawsOf(words, roots, chain, digest) : []));
      expect({ seed, digest, flaws }).toEqual({ seed, digest, flaws: [] });
      // What stays by itself is no root that a link makes.
      if (
        why.held === 'young' ||
        (why.held === 'damaged' && why.chains.every(([first]) => first?.kind !== 'repository'))
      )
        continue;
      const lengths = new Set(why.chains.map(({ length }) => length - 3));
      const expected = distance.get(digest);
      expect({ seed, digest, lengths: [...lengths], count: why.chainCount, shown: why.chains.length }).toEqual({
        seed,
        digest,
        lengths: expected === undefined ? [] : [expected],
        count: count.get(digest) ?? 0,
        shown: Math.min(CHAINS, count.get(digest) ?? 0),
      });
      expect(new Set(why.chains.map((chain) => JSON.stringify(chain))).size).toBe(why.chains.length);
      expect(why.because).not.toBe('');
    }
  }
  expect(counts.answers).toBeGreaterThan(10 * SEEDS);
  if (minAge === 0) expect(counts.several).toBeGreaterThan(SEEDS);
  expect(counts.longest).toBeGreaterThan(4);
  if (repo.length > 0) expect(held).toContain('excluded');
  if (minAge > 0) expect(held).toContain('young');
});
