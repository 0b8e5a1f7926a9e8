/** What a policy keeps of one repository's tags, rule by rule, and what tools like this one have got wrong. */
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import type { JudgedTag } from '../../src/policy/judged.ts';
import type { Keeper, Policy } from '../../src/policy/model.ts';
import { tagPatterns } from '../../src/policy/patterns.ts';
import { policyOf } from '../support/policies.ts';
import { judgedTag } from './judged-tag.ts';

/** A Friday. */
const NOW = Date.parse('2026-11-20T12:00:00Z');
const DAY = 86_400_000;

let images = 1000;

/** A tag of an image of its own, pushed so many days ago. */
function tag(name: string, days: number, more: Partial<JudgedTag> = {}): JudgedTag {
  images++;
  return judgedTag({ name, image: images, pushedAt: NOW - days * DAY, ...more });
}

function policy(keepers: readonly Keeper[], more: Partial<Policy> = {}): Policy {
  const keepTags = keepers.length === 0 ? [] : [{ patterns: [], keepers }];
  return policyOf({ keepTags, protect: tagPatterns(['latest']), ...more });
}

const last = (count: number): Keeper => ({ kind: 'last', count });

/** Of each tag that is kept: why. */
function kept(tags: readonly JudgedTag[], by: Policy, trustTimes = false): Readonly<Record<string, readonly string[]>> {
  const decisions = decide(tags, by, { now: NOW, trustTimes });
  return Object.fromEntries(
    tags.flatMap(({ name }, at) => (decisions[at]?.fate === 'stays' ? [[name, decisions[at].reasons]] : [])),
  );
}

/** Of each tag that goes: why. */
function gone(tags: readonly JudgedTag[], by: Policy): Readonly<Record<string, readonly string[]>> {
  const decisions = decide(tags, by, { now: NOW, trustTimes: false });
  return Object.fromEntries(
    tags.flatMap(({ name }, at) => (decisions[at]?.fate === 'goes' ? [[name, decisions[at].reasons]] : [])),
  );
}

describe('the last N', () => {
  test('are those that were pushed last, whatever their names', () => {
    const tags = [tag('z', 30), tag('a', 10), tag('b', 20)];
    expect(kept(tags, policy([last(2)]))).toEqual({ a: ['last 1 of 2'], b: ['last 2 of 2'] });
    expect(gone(tags, policy([last(2)]))).toEqual({ z: ['last 2: it is image 3'] });
  });

  test('are images, not tags: tags of one digest count once and stay together', () => {
    const tags = [tag('v3', 1), tag('v2', 2, { image: 2 }), tag('stable', 9, { image: 2 }), tag('v1', 3)];
    expect(kept(tags, policy([last(2)]))).toEqual({
      v3: ['last 1 of 2'],
      v2: ['last 2 of 2'],
      stable: ['last 2 of 2, same image as v2'],
    });
  });

  test('count a protected tag, too', () => {
    const tags = [tag('latest', 1), tag('v2', 2), tag('v1', 3)];
    expect(kept(tags, policy([last(2)]))).toEqual({ latest: ['protected', 'last 1 of 2'], v2: ['last 2 of 2'] });
  });

  test('are counted among all, not among those that nothing else keeps', () => {
    const tags = [tag('v4', 1, { isYoung: true }), tag('v3', 2, { isInUse: true }), tag('v2', 3), tag('v1', 4)];
    expect(kept(tags, policy([last(2)]))).toEqual({
      v4: ['young', 'last 1 of 2'],
      v3: ['digest in use', 'last 2 of 2'],
    });
  });

  test('of equal times are those of the later names, numbers by their value, in whatever order the tags come', () => {
    const tags = ['build-9', 'build-10', 'build-8'].map((name) => tag(name, 5));
    const expected = { 'build-10': ['last 1 of 2'], 'build-9': ['last 2 of 2'] };
    expect(kept(tags, policy([last(2)]))).toEqual(expected);
    expect(kept(tags.toReversed(), policy([last(2)]))).toEqual(expected);
  });

  test.each([
    ['name', ['v1.10.0', 'v1.9.0']],
    ['semver', ['v1.10.0', 'v1.9.0']],
    ['pushed', ['nightly', 'v1.2.0']],
  ] as const)('by %s', (orderBy, names) => {
    const tags = [tag('v1.9.0', 5), tag('v1.10.0', 4), tag('v1.2.0', 3), tag('nightly', 1)];
    expect(Object.keys(kept(tags, policy([last(2)], { orderBy }))).sort()).toEqual([...names].sort());
  });

  test('by version are never what is no version', () => {
    const tags = [tag('v1.0.0', 5), tag('nightly', 1)];
    expect(gone(tags, policy([last(5)], { orderBy: 'semver' }))).toEqual({ nightly: ['last 5: it is no version'] });
  });
});

describe('within', () => {
  test('is relative to now, to the millisecond, and decided tag by tag', () => {
    const tags = [tag('in', 30, { image: 1 }), tag('out', 30.000_001, { image: 1 })];
    const within: Keeper = { kind: 'within', seconds: 30 * 86_400 };
    expect(kept(tags, policy([within]))).toEqual({ in: ['within 30d'] });
    expect(gone(tags, policy([within]))).toEqual({ out: ['not within 30d: 2026-10-21'] });
  });
});

describe('calendars', () => {
  const at = (name: string, time: string): JudgedTag => tag(name, 0, { pushedAt: Date.parse(time) });
  const calendar = (which: Extract<Keeper, { kind: 'calendar' }>['calendar'], count: number): Keeper => ({
    kind: 'calendar',
    calendar: which,
    count,
  });

  test('keep the newest of each day that has images; days without do not count; days are of UTC', () => {
    const tags = [
      at('a', '2026-11-20T00:30:00+02:00'),
      at('b', '2026-11-19T01:00:00Z'),
      at('c', '2026-11-03T10:00:00Z'),
      at('d', '2026-10-01T10:00:00Z'),
    ];
    expect(kept(tags, policy([calendar('daily', 2)]))).toEqual({
      a: ['daily 1 of 2: 2026-11-19'],
      c: ['daily 2 of 2: 2026-11-03'],
    });
    expect(gone(tags, policy([calendar('daily', 2)]))).toEqual({
      b: ['daily 2: 2026-11-19 has a newer one'],
      d: ['daily 2: 2026-10-01 is older than those'],
    });
  });

  test('weeks are those of ISO 8601: the first days of a year may be of the last week of the year before', () => {
    const tags = [at('a', '2021-01-04T00:00:00Z'), at('b', '2021-01-03T23:59:59Z'), at('c', '2020-12-28T00:00:00Z')];
    expect(kept(tags, policy([calendar('weekly', 9)]))).toEqual({
      a: ['weekly 1 of 9: 2021-W01'],
      b: ['weekly 2 of 9: 2020-W53'],
    });
  });

  test.each([
    ['hourly', '2026-11-19T22'],
    ['monthly', '2026-11'],
    ['yearly', '2026'],
  ] as const)('%s', (which, period) => {
    expect(kept([at('a', '2026-11-19T22:30:00Z')], policy([calendar(which, 3)]))).toEqual({
      a: [`${which} 1 of 3: ${period}`],
    });
  });

  test('one image may satisfy several rules', () => {
    const tags = [at('a', '2026-11-19T10:00:00Z'), at('b', '2026-11-18T10:00:00Z')];
    expect(kept(tags, policy([last(1), calendar('daily', 1), calendar('monthly', 1)]))).toEqual({
      a: ['last 1 of 1', 'daily 1 of 1: 2026-11-19', 'monthly 1 of 1: 2026-11'],
    });
  });

  test('count an image in each period that has a tag of it, until one keeps it; then it takes no other', () => {
    const tags = [
      at('b', '2026-11-19T11:00:00Z'),
      at('a2', '2026-11-19T10:00:00Z'),
      at('a1', '2026-11-18T11:00:00Z'),
      at('c', '2026-11-18T10:00:00Z'),
      at('b1', '2026-11-17T11:00:00Z'),
      at('d', '2026-11-17T10:00:00Z'),
    ].map((one) => (/\d/.test(one.name) ? { ...one, image: one.name.startsWith('a') ? 1 : 2 } : one));
    tags[0] = { ...(tags[0] as JudgedTag), image: 2 };
    expect(kept(tags, policy([calendar('daily', 3)]))).toEqual({
      b: ['daily 1 of 3: 2026-11-19'],
      a2: ['daily 2 of 3: 2026-11-18, same image as a1'],
      a1: ['daily 2 of 3: 2026-11-18'],
      b1: ['daily 1 of 3: 2026-11-19, same image as b'],
      d: ['daily 3 of 3: 2026-11-17'],
    });
    expect(gone(tags, policy([calendar('daily', 3)]))).toEqual({ c: ['daily 3: 2026-11-18 has a newer one'] });
  });

  test('let an image that stays for another tag take no place the next time that it did not take the first', () => {
    const by = policy([calendar('hourly', 2)]);
    const tags = [
      at('newest', '2026-11-19T11:55:00Z'),
      at('promoted', '2026-11-19T11:50:00Z'),
      at('latest', '2026-11-19T10:30:00Z'),
      at('other', '2026-11-19T10:20:00Z'),
    ].map((one) => (one.name === 'promoted' || one.name === 'latest' ? { ...one, image: 1 } : one));
    const stays = Object.keys(kept(tags, by));
    expect(
      Object.keys(
        kept(
          tags.filter(({ name }) => stays.includes(name)),
          by,
        ),
      ),
    ).toEqual(stays);
  });
});

describe('versions', () => {
  const tags = ['v2.1.0', '2.0.0', '2.1.0-rc.1', 'v1.9.0', '1.10.0', '1.2', 'nightly', 'v1.10.1'].map((name) =>
    tag(name, 1),
  );

  test('are the highest, a release over its candidates; what is no whole version is never counted', () => {
    const names = Object.keys(kept(tags, policy([{ kind: 'semver', count: 2 }])));
    expect(names.sort()).toEqual(['2.1.0-rc.1', 'v2.1.0']);
    expect(gone(tags, policy([{ kind: 'semver', count: 2 }]))).toMatchObject({
      '1.2': ['semver: it is no version'],
      nightly: ['semver: it is no version'],
    });
  });

  test('of each major', () => {
    expect(kept(tags, policy([{ kind: 'semver', count: 2, per: 'major' }]))).toEqual({
      'v2.1.0': ['semver 2.x 1 of 2'],
      '2.1.0-rc.1': ['semver 2.x 2 of 2'],
      'v1.10.1': ['semver 1.x 1 of 2'],
      '1.10.0': ['semver 1.x 2 of 2'],
    });
  });

  test('of each minor', () => {
    const names = Object.keys(kept(tags, policy([{ kind: 'semver', count: 1, per: 'minor' }])));
    expect(names.sort()).toEqual(['2.0.0', 'v1.10.1', 'v1.9.0', 'v2.1.0']);
  });
});

describe('patterns', () => {
  test('are of whole names; a tag that none matches goes, though another of its digest stays', () => {
    const tags = [tag('v1', 9, { image: 1 }), tag('dev-v1', 1, { image: 1 }), tag('v2x', 1)];
    const rule = { patterns: tagPatterns(['v\\d+']), keepers: [{ kind: 'always' } as const] };
    expect(kept(tags, policy([], { keepTags: [rule] }))).toEqual({ v1: ['matches v\\d+'] });
    expect(gone(tags, policy([], { keepTags: [rule] }))).toEqual({
      'dev-v1': ['does not match v\\d+'],
      v2x: ['does not match v\\d+'],
    });
  });

  test('choose what is counted: one rule for releases, one for all else', () => {
    const tags = [tag('v1', 30), tag('pr-1', 3), tag('pr-2', 2), tag('pr-3', 1)];
    const rules = [
      { patterns: tagPatterns(['v.*']), keepers: [last(1)] },
      { patterns: tagPatterns(['!v.*']), keepers: [last(2)] },
    ];
    expect(Object.keys(kept(tags, policy([], { keepTags: rules })))).toEqual(['v1', 'pr-2', 'pr-3']);
  });
});

describe('whatever the rules say', () => {
  test.each([last(1), { kind: 'calendar', calendar: 'yearly', count: 1 } as const])(
    'a tag of the future takes no place among those that count: the newest of today stays (%j)',
    (keeper) => {
      const tags = [tag('future', -1500), tag('newest', 1), tag('old', 400)];
      expect(Object.keys(kept(tags, policy([keeper])))).toEqual(['future', 'newest']);
      expect(Object.keys(kept(tags, policy([keeper], { orderBy: 'semver' })))).toContain('future');
      expect(Object.keys(kept(tags, policy([], { minKeep: 1 })))).toEqual(['future', 'newest']);
    },
  );

  test('nothing in the future, nothing young, nothing in use, nothing that cannot be told or deleted goes', () => {
    const tags = [
      tag('future', -2),
      tag('young', 5, { isYoung: true }),
      tag('running', 5, { isInUse: true }),
      tag('unreadable', 5, { image: undefined }),
      tag('linked', 5, { fixed: 'behind a symbolic link' }),
    ];
    const rule = { patterns: tagPatterns(['nothing']), keepers: [last(1)] };
    expect(kept(tags, policy([], { keepTags: [rule] }))).toEqual({
      future: ['in the future'],
      young: ['young'],
      running: ['digest in use'],
      unreadable: ['nothing can be told of what it names'],
      linked: ['behind a symbolic link'],
    });
  });

  test('so many images stay, and more rules never make them others', () => {
    const tags = [tag('c', 300), tag('b', 200), tag('a', 100)];
    const within: Keeper = { kind: 'within', seconds: 86_400 };
    expect(kept(tags, policy([within], { minKeep: 2 }))).toEqual({ a: ['min-keep 1 of 2'], b: ['min-keep 2 of 2'] });
  });

  test('signatures and referrers tags never count, and follow what they are about, or stay', () => {
    const tags = [tag('sha256-a.sig', 1, { isReferrer: true }), tag('v1', 2), tag('v2', 3)];
    const [signature] = decide(tags, policy([last(1)]), { now: NOW, trustTimes: false });
    expect(signature).toEqual({ fate: 'follows', reasons: [] });
    expect(kept(tags, policy([last(1)]))).toEqual({ v1: ['last 1 of 1'] });
    expect(Object.keys(kept(tags, policy([last(1)], { deleteReferrers: false })))).toEqual(['sha256-a.sig', 'v1']);
  });
});

describe('times that are none', () => {
  const tags = [
    tag('new', 1),
    ...['1970-01-01', '1980-01-01'].map((day) => tag(day, 0, { pushedAt: Date.parse(day) })),
  ];

  test('keep a tag, where times decide: before the layout was made nobody pushed', () => {
    expect(kept(tags, policy([last(1)]))).toEqual({
      new: ['last 1 of 1'],
      '1970-01-01': ['its push time is lost: 1970-01-01'],
      '1980-01-01': ['its push time is lost: 1980-01-01'],
    });
  });

  test('keep nothing where they decide nothing, or are trusted', () => {
    expect(Object.keys(kept(tags, policy([last(1)], { orderBy: 'name' })))).toEqual(['new']);
    expect(Object.keys(kept(tags, policy([last(1)]), true))).toEqual(['new']);
  });

  test('of images play no part in an order by push times', () => {
    const built = [tag('new', 1, { createdAt: 0 }), tag('old', 9, { createdAt: NOW })];
    expect(Object.keys(kept(built, policy([last(1)])))).toEqual(['new']);
  });
});

describe('an order by when images were created', () => {
  const byCreated = (keepers: readonly Keeper[], more: Partial<Policy> = {}): Policy =>
    policy(keepers, { orderBy: 'created', ...more });
  /** Pushed now; its image was created so many days ago. */
  const created = (name: string, days: number, more: Partial<JudgedTag> = {}): JudgedTag =>
    tag(name, 0.5, { createdAt: NOW - days * DAY, ...more });

  test('takes neither when it was pushed nor what it is called', () => {
    const tags = [created('z', 30, { pushedAt: NOW }), created('a', 10), created('b', 20)];
    expect(kept(tags, byCreated([last(2)]))).toEqual({ a: ['last 1 of 2'], b: ['last 2 of 2'] });
    expect(kept(tags, byCreated([{ kind: 'calendar', calendar: 'yearly', count: 1 }]))).toEqual({
      a: ['yearly 1 of 1: 2026'],
    });
    expect(kept(tags, byCreated([], { minKeep: 1 }))).toEqual({ a: ['min-keep 1 of 1'] });
  });

  test('leaves images of 1970 and 1980 (reproducible builds), of the future, and without a date alone: they do not count', () => {
    const undated = [
      created('epoch', 0, { createdAt: 0 }),
      created('zip', 0, { createdAt: Date.UTC(1980, 0, 1) }),
      created('go', 0, { createdAt: Date.parse('0001-01-01T00:00:00Z') }),
      created('before', 0, { createdAt: Date.UTC(2013, 2, 20) - 1 }),
      created('future', -1),
      created('silent', 0, { createdAt: NaN }),
    ];
    const tags = [
      ...undated,
      created('first', 0, { createdAt: Date.UTC(2013, 2, 20) }),
      created('new', 1),
      tag('none', 1),
    ];
    const stays = {
      epoch: ['no image is as old as it says: 1970-01-01'],
      zip: ['no image is as old as it says: 1980-01-01'],
      go: ['no image is as old as it says: 0001-01-01'],
      before: ['no image is as old as it says: 2013-03-19'],
      future: ['created in the future: 2026-11-21'],
      silent: ['nothing says when it was created'],
      none: ['nothing says when it was created'],
    };
    expect(kept(tags, byCreated([last(1)]))).toEqual({ ...stays, new: ['last 1 of 1'] });
    expect(kept(tags, byCreated([], { minKeep: 2 }))).toEqual({
      ...stays,
      new: ['min-keep 1 of 2'],
      first: ['min-keep 2 of 2'],
    });
    // Times are trusted or not: this is not about push times.
    expect(kept(tags, byCreated([last(1)]), true)).toEqual({ ...stays, new: ['last 1 of 1'] });
  });

  test('keeps none for its date where no rule asks for one', () => {
    expect(kept([tag('v1', 9), tag('v1.0.0', 9)], byCreated([{ kind: 'semver', count: 1 }]))).toEqual({
      'v1.0.0': ['semver 1 of 1'],
    });
  });

  test('leaves what was pushed within some time as it is: an old image may have been promoted just now', () => {
    const tags = [created('promoted', 300), created('old', 200, { pushedAt: NOW - 20 * DAY }), created('new', 100)];
    expect(kept(tags, byCreated([last(1), { kind: 'within', seconds: 86_400 }]))).toEqual({
      promoted: ['within 1d'],
      new: ['last 1 of 1', 'within 1d'],
    });
    // The push time of this one is lost.
    expect(kept([created('lost', 1, { pushedAt: 0 })], byCreated([{ kind: 'within', seconds: 60 }]))).toEqual({
      lost: ['its push time is lost: 1970-01-01'],
    });
  });

  test('has signatures follow, whatever their date is', () => {
    const signature = created('sha256-1.sig', 0, { createdAt: 0, isReferrer: true });
    const [decision] = decide([signature], byCreated([last(1)]), { now: NOW, trustTimes: false });
    expect(decision).toEqual({ fate: 'follows', reasons: [] });
  });
});
