/** What a rule costs is what goes besides when the policy is written again without it, and all is done anew. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ruleCosts } from '../../src/gc/rule-costs.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import type { Digest } from '../../src/layout/digest.ts';
import { subjectOfTag } from '../../src/layout/referrer-tags.ts';
import type { Keeper, Policy, Retention, TagRule } from '../../src/policy/model.ts';
import { tagPatterns } from '../../src/policy/patterns.ts';
import {
  digestOfThing,
  inventoryOf,
  MANIFESTS,
  plannedBy,
  policies,
  thingOf,
  volumes,
  type PlannedBy,
  type Volume,
} from './random-policies.ts';

const keepers: fc.Arbitrary<Keeper> = fc.oneof(
  fc.integer({ min: 1, max: 3 }).map((count) => ({ kind: 'last', count }) as const),
  fc.integer({ min: 1, max: 3 }).map((count) => ({ kind: 'semver', count }) as const),
  fc.integer({ min: 1, max: 300 }).map((hours) => ({ kind: 'within', seconds: hours * 3600 }) as const),
  fc.constant({ kind: 'calendar', calendar: 'daily', count: 2 } as const),
);

const entries: fc.Arbitrary<TagRule> = fc.record({
  patterns: fc.constantFrom([], ['v.*'], ['main', 'latest']).map((texts) => tagPatterns(texts)),
  keepers: fc.array(keepers, { minLength: 1, maxLength: 3 }),
});

const rich: fc.Arbitrary<Policy> = fc
  .tuple(policies, fc.array(entries, { minLength: 1, maxLength: 3 }))
  .map(([policy, keepTags]) => ({ ...policy, keepTags }));

const running = fc.uniqueArray(fc.nat(MANIFESTS - 1), { maxLength: 2 }).map((things) => things.map(digestOfThing));

const retentions: fc.Arbitrary<Retention> = fc.tuple(rich, rich, running).map(([first, second, digests]) => ({
  policies: [
    { ...first, name: 'first' },
    { ...second, name: 'second', repositories: ['**'] },
  ],
  keepDigests: new Set(digests),
  trustTimes: false,
}));

/** Every retention with one rule less, in the order of the file: all that keeps, written out by hand. */
function lessOne(retention: Retention): readonly Retention[] {
  const all: Retention[] = [];
  for (const [place, policy] of retention.policies.entries()) {
    const withLess = (less: Partial<Policy>): void => {
      const others = retention.policies.map((one, at) => (at === place ? { ...policy, ...less } : one));
      all.push({ ...retention, policies: others });
    };
    for (const entry of policy.keepTags) {
      withLess({ keepTags: policy.keepTags.filter((one) => one !== entry) });
      if (entry.keepers.length === 1) continue;
      for (const at of entry.keepers.keys()) {
        const fewer = { ...entry, keepers: entry.keepers.filter((_, place) => place !== at) };
        withLess({ keepTags: policy.keepTags.map((one) => (one === entry ? fewer : one)) });
      }
    }
    if (policy.protect.length > 0) withLess({ protect: [] });
    if (policy.minKeep > 0) withLess({ minKeep: 0 });
    if (policy.keepUntagged === 'all' || policy.keepUntagged.length > 0) withLess({ keepUntagged: [] });
    if (policy.delaySeconds > 0) withLess({ delaySeconds: 0 });
    if (!policy.deleteReferrers) withLess({ deleteReferrers: true });
  }
  if (retention.keepDigests.size > 0) all.push({ ...retention, keepDigests: new Set<Digest>() });
  return all;
}

interface Gone {
  /** Rows. */
  readonly tags: ReadonlySet<number>;
  readonly things: ReadonlySet<number>;
}

function goneBy(inventory: Inventory, { plan }: PlannedBy): Gone {
  return { tags: new Set(plan.tags), things: new Set(Array.from(plan.blobs, (id) => thingOf(inventory, id))) };
}

function imagesAmong({ tags, revisions, subjects, references }: Volume, things: ReadonlySet<number>): number {
  return [...things].filter((thing) => {
    const names = tags.filter((tag) => tag.thing === thing).map(({ name }) => name);
    const isRevision = names.length === 0 && revisions.some((row) => row.thing === thing);
    const isNamed = isRevision || names.some((name) => subjectOfTag(name) === undefined);
    const isPart = [...things].some((parent) => parent < MANIFESTS && references[parent]?.includes(thing));
    return thing < MANIFESTS && isNamed && !isPart && subjects[thing] === undefined;
  }).length;
}

test('each rule costs the tags, images and blobs that go besides when the policy is without it', () => {
  let costly = 0;
  fc.assert(
    fc.property(volumes, retentions, (volume, retention) => {
      const inventory = inventoryOf(volume);
      const whole = plannedBy(inventory, retention);
      const before = goneBy(inventory, whole);
      const expected = lessOne(retention).map((less) => {
        const after = goneBy(inventory, plannedBy(inventory, less));
        const besides = new Set([...after.things].filter((thing) => !before.things.has(thing)));
        const bytes = [...besides].reduce((sum, thing) => sum + 2 ** thing, 0);
        const images = imagesAmong(volume, besides);
        const tags = [...after.tags].filter((row) => !before.tags.has(row)).length;
        return { tags, images, blobs: besides.size, bytes, diskBytes: bytes };
      });
      const costs = ruleCosts(inventory, whole.graph, whole.policy).map(({ tags, images, blobs, bytes, diskBytes }) => {
        return { tags, images, blobs, bytes, diskBytes };
      });
      expect(costs).toEqual(expected);
      costly += costs.filter(({ images }) => images > 0).length;
    }),
    { numRuns: 150 },
  );
  expect(costly).toBeGreaterThan(50);
});
