/** What holds of every policy. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import type { JudgedTag } from '../../src/policy/judged.ts';
import { CALENDARS, ORDERS, type Keeper, type Policy, type TagRule } from '../../src/policy/model.ts';
import { tagPatterns } from '../../src/policy/patterns.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;
const rarely = fc.nat(9).map((number) => number === 9);

const names = fc.oneof(
  fc.constantFrom('latest', 'nightly', 'main', 'a', 'b10', 'b9'),
  fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)).map(([a, b, c]) => `v${a}.${b}.${c}`),
);

const IMAGES = 7;
const createdTimes = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -10, max: 2000 }).map((hours) => NOW - hours * HOUR) },
  { weight: 3, arbitrary: fc.constantFrom(0, Date.UTC(1980, 0, 1), Date.parse('0001-01-01T00:00:00Z'), NaN) },
);

const undatedLists: fc.Arbitrary<JudgedTag[]> = fc.uniqueArray(
  fc.record({
    name: names,
    image: fc.option(fc.nat(IMAGES - 1), { nil: undefined, freq: 9 }),
    pushedAt: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: -10, max: 2000 }).map((hours) => NOW - hours * HOUR) },
      // Several in an hour, and in the hours beside it.
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 16 }).map((quarters) => NOW - (quarters * HOUR) / 4) },
      { weight: 1, arbitrary: fc.constantFrom(0, NaN) },
    ),
    isReferrer: rarely,
    isYoung: rarely,
    isInUse: fc.constant(false),
    isHeldBack: fc.constant(false),
  }),
  { maxLength: 12, selector: ({ name }) => name },
);

const images = fc.array(fc.record({ createdAt: createdTimes, isInUse: rarely, isHeldBack: rarely }), {
  minLength: IMAGES,
  maxLength: IMAGES,
});

/** When it was created, whether it runs and what holds it back is one for all tags of an image. */
const tagLists: fc.Arbitrary<JudgedTag[]> = fc
  .tuple(undatedLists, images)
  .map(([tags, ofImages]) =>
    tags.map((tag) => ({ ...tag, ...(ofImages[tag.image ?? IMAGES] ?? { createdAt: NaN, isInUse: false }) })),
  );

const counts = fc.integer({ min: 1, max: 4 });
const keepers: fc.Arbitrary<Keeper> = fc.oneof(
  fc.constant({ kind: 'always' } as const),
  counts.map((count) => ({ kind: 'last', count }) as const),
  fc.nat(2000).map((hours) => ({ kind: 'within', seconds: hours * 3600 }) as const),
  fc
    .tuple(fc.constantFrom(...CALENDARS), counts)
    .map(([calendar, count]): Keeper => ({ kind: 'calendar', calendar, count })),
  fc
    .tuple(counts, fc.constantFrom('major', 'minor', undefined))
    .map(([count, per]): Keeper => ({ kind: 'semver', count, ...(per === undefined ? {} : { per }) })),
);
const rules: fc.Arbitrary<TagRule> = fc.record({
  patterns: fc.constantFrom([], ['v.*'], ['!v.*'], ['[ab].*']).map((texts) => tagPatterns(texts)),
  keepers: fc.array(keepers, { minLength: 1, maxLength: 3 }),
});
const policies: fc.Arbitrary<Policy> = fc.record({
  name: fc.constant('p'),
  repositories: fc.constant(['**']),
  keepTags: fc.array(rules, { maxLength: 3 }),
  keepUntagged: fc.constant([]),
  deleteReferrers: fc.boolean(),
  delaySeconds: fc.constant(0),
  protect: fc.constantFrom([], ['latest']).map((texts) => tagPatterns(texts)),
  minKeep: fc.nat(2),
  orderBy: fc.constantFrom(...ORDERS),
});

function going(tags: readonly JudgedTag[], policy: Policy): readonly string[] {
  const decisions = decide(tags, policy, { now: NOW, trustTimes: false });
  return tags.flatMap(({ name }, at) => (decisions[at]?.fate === 'goes' ? [name] : [])).sort();
}

test('a policy with one more rule, or one more keeper, never deletes more', () => {
  fc.assert(
    fc.property(tagLists, policies, rules, fc.nat(3), (tags, policy, rule, place) => {
      const weaker = going(tags, policy);
      const more = { ...policy, keepTags: policy.keepTags.toSpliced(place, 0, rule) };
      expect(weaker).toEqual(expect.arrayContaining([...going(tags, more)]));
      const [first, ...rest] = policy.keepTags;
      if (first === undefined) return;
      const wider = { ...policy, keepTags: [{ ...first, keepers: [...first.keepers, ...rule.keepers] }, ...rest] };
      expect(weaker).toEqual(expect.arrayContaining([...going(tags, wider)]));
    }),
    { numRuns: 1000 },
  );
});

test('applied twice, a policy deletes nothing more', () => {
  fc.assert(
    fc.property(tagLists, policies, (tags, policy) => {
      const gone = going(tags, policy);
      expect(
        going(
          tags.filter(({ name }) => !gone.includes(name)),
          policy,
        ),
      ).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test('the order in which tags come changes neither what stays nor why', () => {
  fc.assert(
    fc.property(
      tagLists.chain((tags) => fc.tuple(fc.constant(tags), fc.shuffledSubarray(tags, { minLength: tags.length }))),
      policies,
      ([tags, shuffled], policy) => {
        const by = (list: readonly JudgedTag[]): unknown => {
          const decisions = decide(list, policy, { now: NOW, trustTimes: false });
          return Object.fromEntries(list.map(({ name }, at) => [name, decisions[at]]));
        };
        expect(by(shuffled)).toEqual(by(tags));
      },
    ),
    { numRuns: 1000 },
  );
});

test('what does not say truly when it was created stays where that is the order, and changes nothing for the rest', () => {
  // A rule about versions counts those of all images, dated or not.
  const byTime = (rule: TagRule): TagRule => ({
    ...rule,
    keepers: rule.keepers.filter(({ kind }) => kind !== 'semver'),
  });
  const byCreated = policies.map((policy): Policy => ({
    ...policy,
    keepTags: policy.keepTags.map(byTime),
    orderBy: 'created',
    minKeep: policy.minKeep + 1,
  }));
  const isDated = ({ createdAt = NaN, isReferrer, image }: JudgedTag): boolean =>
    isReferrer || image === undefined || (createdAt >= Date.UTC(2013, 2, 20) && createdAt <= NOW);
  fc.assert(
    fc.property(tagLists, byCreated, (tags, policy) => {
      const dated = tags.filter(isDated);
      expect(going(tags, policy)).toEqual(going(dated, policy));
      const by = (list: readonly JudgedTag[]): unknown => decide(list, policy, { now: NOW, trustTimes: false });
      expect((by(tags) as readonly unknown[]).filter((_, at) => isDated(tags[at] as JudgedTag))).toEqual(by(dated));
    }),
    { numRuns: 1000 },
  );
});

test('every tag has a reason, and one that can follow nothing stays or goes', () => {
  fc.assert(
    fc.property(tagLists, policies, (tags, policy) => {
      for (const [at, { fate, reasons }] of decide(tags, policy, { now: NOW, trustTimes: false }).entries()) {
        if (fate === 'follows') expect(tags[at]?.isReferrer).toBe(true);
        else expect(reasons.length).toBeGreaterThan(0);
      }
    }),
  );
});
