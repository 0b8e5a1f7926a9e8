/** What holds of every plan that a policy makes, over random registries with signatures, referrers and indexes. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NONE } from '../../src/inventory/inventory.ts';
import { tagsAbout } from '../../src/layout/referrer-tags.ts';
import type { Policy } from '../../src/policy/model.ts';
import { tagPatterns } from '../../src/policy/patterns.ts';
import { policyOf, retentionBy } from '../support/policies.ts';
import {
  BLOBS,
  digestOfThing,
  inventoryOf,
  MANIFESTS,
  NOW,
  plannedBy,
  policies,
  thingOf,
  volumes,
  type Row,
  type Volume,
} from './random-policies.ts';
import { hasCircle } from './random-things.ts';

const HOUR = 3_600_000;

interface Gone {
  readonly tags: readonly string[];
  readonly revisions: readonly string[];
  readonly layerLinks: readonly string[];
  readonly blobs: readonly number[];
}

const keyOf = ({ repository, thing }: Row): string => `${repository} ${thing}`;
const tagKey = ({ repository, name }: Volume['tags'][number]): string => `${repository} ${name}`;

const CLASSES = ['tags', 'revisions', 'layerLinks', 'blobs'] as const;

function expectWithin(less: Gone, more: Gone): void {
  for (const name of CLASSES) expect([...more[name]]).toEqual(expect.arrayContaining([...less[name]]));
}

/** What a plan by this policy takes, where these things run. `diskBytes`: no more than frees so much. */
function goneBy(volume: Volume, policy: Policy, running: readonly number[] = [], diskBytes?: number): Gone {
  const inventory = inventoryOf(volume);
  const retention = { ...retentionBy(policy), keepDigests: new Set(running.map(digestOfThing)) };
  const { plan } = plannedBy(inventory, retention, diskBytes);
  const named = (rows: Uint32Array, of: { readonly repository: Uint32Array; readonly digest: Uint32Array }): string[] =>
    Array.from(rows, (row) => `${of.repository[row] ?? NONE} ${thingOf(inventory, of.digest[row])}`).sort();
  const { tags, revisions, layerLinks } = inventory;
  return {
    tags: Array.from(plan.tags, (row) => `${tags.repository[row] ?? NONE} ${tags.name[row] ?? ''}`).sort(),
    revisions: named(plan.revisions, revisions),
    layerLinks: named(plan.layerLinks, layerLinks),
    blobs: Array.from(plan.blobs, (id) => thingOf(inventory, id)).sort((a, b) => a - b),
  };
}

function after(volume: Volume, gone: Gone): Volume {
  return {
    ...volume,
    tags: volume.tags.filter((row) => !gone.tags.includes(tagKey(row))),
    revisions: volume.revisions.filter((row) => !gone.revisions.includes(keyOf(row))),
    layerLinks: volume.layerLinks.filter((row) => !gone.layerLinks.includes(keyOf(row))),
    stored: new Set([...volume.stored].filter((thing) => !gone.blobs.includes(thing))),
  };
}

function needs(volume: Volume, thing: number, found = new Set<number>()): ReadonlySet<number> {
  if (found.has(thing)) return found;
  found.add(thing);
  for (const next of volume.references[thing] ?? []) needs(volume, next, found);
  return found;
}

/** Whether everything that something is about is linked, and nothing keeps itself by way of what is about it. */
function isOrdinary(volume: Volume): boolean {
  const { references, subjects, tags, revisions } = volume;
  const linked = new Set([...tags, ...revisions].flatMap(({ thing }) => [...needs(volume, thing)]));
  const about = Array.from({ length: MANIFESTS }, (_, thing) => [
    ...tags.filter(({ name }) => tagsAbout(digestOfThing(thing)).includes(name)).map((tag) => tag.thing),
    ...subjects.flatMap((subject, referrer) => (subject === thing ? [referrer] : [])),
  ]);
  const keeps = about.map((followers, thing) => [...followers, ...(references[thing] ?? [])]);
  return about.every((followers, thing) => followers.length === 0 || linked.has(thing)) && !hasCircle(keeps);
}

function holds(property: (volume: Volume, policy: Policy) => void): void {
  fc.assert(fc.property(volumes, policies, property), { numRuns: 500 });
}

test('no tag that stays loses a blob, its revision, or a signature that the registry can find', () => {
  holds((volume, policy) => {
    const left = after(volume, goneBy(volume, policy));
    for (const { repository, thing } of left.tags) {
      for (const needed of needs(volume, thing)) expect(left.stored).toContain(needed);
      const had = volume.revisions.some((row) => row.repository === repository && row.thing === thing);
      const has = left.revisions.some((row) => row.repository === repository && row.thing === thing);
      expect(has).toBe(had);
      const about = tagsAbout(digestOfThing(thing));
      const signatures = (of: Volume): number => of.tags.filter(({ name }) => about.includes(name)).length;
      expect(signatures(left)).toBe(signatures(volume));
    }
  });
});

test('no signature is left behind by its image, to stay for good', () => {
  holds((volume, policy) => {
    const left = after(volume, goneBy(volume, { ...policy, deleteReferrers: true }));
    const governed = left.tags.filter(({ repository }) => repository === 0 || policy.repositories.includes('**'));
    // A blob that no link leads to is no image any more: the registry was told to delete it.
    const images = new Set([...volume.tags, ...volume.revisions].flatMap(({ thing }) => [...needs(volume, thing)]));
    for (const thing of [...images].filter((one) => !left.stored.has(one))) {
      const about = tagsAbout(digestOfThing(thing));
      expect(governed.filter(({ name }) => about.includes(name))).toEqual([]);
    }
  });
});

test('no revision that stays loses a blob', () => {
  holds((volume, policy) => {
    const left = after(volume, goneBy(volume, policy));
    for (const { thing } of left.revisions) {
      for (const needed of needs(volume, thing)) expect(left.stored).toContain(needed);
    }
  });
});

test('a repository that no policy matches loses no tag and no revision', () => {
  holds((volume, policy) => {
    const gone = goneBy(volume, { ...policy, repositories: ['governed'] });
    expect([...gone.tags, ...gone.revisions].filter((row) => row.startsWith('1'))).toEqual([]);
  });
});

test('applied twice, a policy takes nothing more', () => {
  holds((volume, policy) => {
    const again = goneBy(after(volume, goneBy(volume, policy)), policy);
    expect(again).toEqual({ tags: [], revisions: [], layerLinks: [], blobs: [] });
  });
});

/** Keeps the last image of what tags name, and the last of what none names. */
const LAST_ONE = policyOf({
  repositories: ['governed'],
  keepTags: [{ patterns: [], keepers: [{ kind: 'last', count: 1 }] }],
  keepUntagged: [{ kind: 'last', count: 1 }],
});

/** Things are all stored, and say neither what they are about nor when they were created. */
function plainVolume(told: Pick<Volume, 'references' | 'revisions' | 'tags'>): Volume {
  return {
    subjects: Array.from({ length: MANIFESTS }, () => undefined),
    created: Array.from({ length: MANIFESTS }, () => NaN),
    stored: new Set(Array.from({ length: MANIFESTS + BLOBS }, (_, thing) => thing)),
    layerLinks: [],
    ...told,
  };
}

/** In `governed`, pushed so many hours ago. */
function pushed(thing: number, hours: number): Row {
  return { repository: 0, thing, time: NOW - hours * HOUR };
}

test('an untagged index that stays is not crowded out by a part of it, once the tag that named the part is gone', () => {
  const [aboutNothingKept] = tagsAbout(digestOfThing(5));
  const volume = plainVolume({
    // Between the index and its part stands a manifest that is no revision here.
    references: [[1], [7], [], [], [], [], [], []],
    revisions: [pushed(0, 9), pushed(7, 8)],
    tags: [{ ...pushed(1, 9), name: aboutNothingKept ?? '' }],
  });
  const once = goneBy(volume, LAST_ONE);
  expect(once).toMatchObject({ tags: [`0 ${aboutNothingKept ?? ''}`], revisions: [] });
  expect(goneBy(after(volume, once), LAST_ONE).revisions).toEqual([]);
});

test('an untagged index that runs takes no place among the last N, and neither do its parts', () => {
  const volume = plainVolume({
    references: [[1], [], [], [], [], [], [], []],
    revisions: [pushed(0, 5), pushed(1, 4), pushed(2, 6), pushed(3, 7)],
    tags: [],
  });
  expect(goneBy(volume, LAST_ONE).revisions).toEqual(['0 2', '0 3']);
  expect(goneBy(volume, LAST_ONE, [0]).revisions).toEqual(['0 3']);
});

test('a policy that keeps more takes nothing that the weaker one left', () => {
  holds((volume, policy) => {
    const gone = goneBy(volume, policy);
    const more: readonly Partial<Policy>[] = [
      { keepTags: [...policy.keepTags, { patterns: tagPatterns(['v.*']), keepers: [{ kind: 'semver', count: 1 }] }] },
      { keepUntagged: 'all' },
      { minKeep: policy.minKeep + 1 },
      { delaySeconds: policy.delaySeconds + 50 * 3600 },
      { protect: [...policy.protect, ...tagPatterns(['main'])] },
    ];
    for (const one of more) {
      const less = goneBy(volume, { ...policy, ...one });
      expectWithin(less, gone);
    }
  });
});

test('what runs besides never makes anything else go', () => {
  const running = fc.uniqueArray(fc.nat(MANIFESTS - 1), { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(volumes, policies, running, (volume, policy, things) => {
      const gone = goneBy(volume, policy);
      const less = goneBy(volume, policy, things);
      expectWithin(less, gone);
    }),
    { numRuns: 500 },
  );
});

test('what a target takes and what the policy takes after it is what the policy takes at once', () => {
  const running = fc.uniqueArray(fc.nat(MANIFESTS - 1), { maxLength: 1 });
  let partial = 0;
  fc.assert(
    fc.property(volumes, policies, running, fc.integer({ min: 1, max: 9 }), (volume, policy, things, tenths) => {
      fc.pre(isOrdinary(volume));
      const whole = goneBy(volume, policy, things);
      const bytes = whole.blobs.reduce((sum, thing) => sum + 2 ** thing, 0);
      const some = goneBy(volume, policy, things, Math.max(1, Math.round((bytes * tenths) / 10)));
      const rest = goneBy(after(volume, some), policy, things);
      for (const name of CLASSES) {
        expect([...some[name], ...rest[name]].sort()).toEqual([...whole[name]].sort());
      }
      if (rest.blobs.length > 0) partial++;
    }),
    { numRuns: 300 },
  );
  expect(partial).toBeGreaterThan(50);
});

test('the order of the rows changes nothing', () => {
  holds((volume, policy) => {
    const { tags, revisions, layerLinks } = volume;
    const turned = {
      ...volume,
      tags: tags.toReversed(),
      revisions: revisions.toReversed(),
      layerLinks: layerLinks.toReversed(),
    };
    expect(goneBy(turned, policy)).toEqual(goneBy(volume, policy));
  });
});
