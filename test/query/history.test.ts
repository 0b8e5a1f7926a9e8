import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { buildHistory, type Kept, type KeptRepository, type KeptTotals, type Since } from '../../src/query/history.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);

interface Scan {
  readonly day: number;
  readonly repositories: Readonly<Record<string, Partial<KeptRepository>>>;
  readonly bytes?: number;
}

/** What an index keeps of these scans; a repository has a tag and a revision unless told. */
function kept(...scans: readonly Scan[]): Kept {
  const rows = scans.map(({ repositories }) =>
    Object.entries(repositories).map(([name, given]) => {
      const referencedBytes = given.referencedBytes ?? 0;
      return { name, tags: 1, revisions: 1, taggedBytes: referencedBytes, orphanedBytes: 0, ...given, referencedBytes };
    }),
  );
  const totals = scans.map(({ day, bytes }, place): KeptTotals => {
    const of = rows[place] ?? [];
    const sum = (pick: (row: KeptRepository) => number): number => of.reduce((all, row) => all + pick(row), 0);
    const referencedBytes = sum((row) => row.referencedBytes);
    return {
      scannedAt: START + day * DAY,
      repositories: of.length,
      tags: sum(({ tags }) => tags),
      revisions: sum(({ revisions }) => revisions),
      blobs: 3,
      bytes: bytes ?? referencedBytes,
      referencedBytes,
      taggedBytes: sum(({ taggedBytes }) => taggedBytes),
      freeBytes: null,
      capacityBytes: null,
    };
  });
  return {
    scans: totals,
    repositoriesOf: (place) => rows[place] ?? [],
    referencedBytesOf: (name) => rows.map((of) => of.find((row) => row.name === name)?.referencedBytes ?? null),
  };
}

const onDays = (...days: readonly number[]): Kept =>
  kept(...days.map((day) => ({ day, repositories: { a: { referencedBytes: 10 * day } } })));

function comparedDay(of: Kept, since?: Since): number | undefined {
  const { comparison } = buildHistory('/registry', of, since);
  return comparison === null ? undefined : (Date.parse(comparison.from) - START) / DAY;
}

describe('the newest scan is compared', () => {
  const scans = onDays(0, 1, 5, 9, 10);

  it('with the one before it, unless told', () => {
    expect(comparedDay(scans)).toBe(9);
    expect(buildHistory('/registry', scans).comparison?.to).toBe(new Date(START + 10 * DAY).toISOString());
  });

  it.each([
    [1, 9],
    [3, 1],
    [4, 0],
    [99, 0],
    [0, 9],
  ])('with the one %d scans ago, or the oldest', (count, day) => {
    expect(comparedDay(scans, { kind: 'scans', count })).toBe(day);
  });

  it.each([
    [1, 9],
    [2, 5],
    [5, 5],
    [5.5, 1],
    [400, 0],
  ])('with the last one that is %d days older, or the oldest', (days, day) => {
    expect(comparedDay(scans, { kind: 'age', seconds: days * 86_400 })).toBe(day);
  });

  it.each([
    [4.9, 1],
    [5, 5],
    [50, 9],
    [-1, 0],
  ])('with the last one by day %d, or the oldest, and never with itself', (at, day) => {
    expect(comparedDay(scans, { kind: 'time', time: START + at * DAY })).toBe(day);
  });

  it('with nothing where it is the only one', () => {
    const { comparison, trends, forecast } = buildHistory('/registry', onDays(3));
    expect([comparison, trends, forecast]).toEqual([null, [], null]);
  });

  it('with one that the clock says is later, if that is the one before', () => {
    expect(comparedDay(onDays(7, 2))).toBe(7);
  });
});

describe('a comparison', () => {
  const { comparison, trends } = buildHistory(
    '/registry',
    kept(
      {
        day: 0,
        bytes: 1000,
        repositories: {
          gone: { referencedBytes: 40, tags: 3 },
          grew: { referencedBytes: 100 },
          same: { referencedBytes: 70 },
          'lost/its/tags': { referencedBytes: 90, taggedBytes: 90, tags: 2 },
          orphans: { referencedBytes: 5, orphanedBytes: 1 },
        },
      },
      {
        day: 1,
        bytes: 1500,
        repositories: {
          appeared: { referencedBytes: 20 },
          grew: { referencedBytes: 250, revisions: 4 },
          same: { referencedBytes: 70 },
          'lost/its/tags': { referencedBytes: 90, taggedBytes: 10, tags: 1 },
          orphans: { referencedBytes: 3, orphanedBytes: 61 },
        },
      },
    ),
  );

  it('says of the volume how it grew, and what became unreachable', () => {
    expect(comparison).toMatchObject({
      growthBytes: 500,
      referencedGrowthBytes: 433 - 305,
      unreferencedGrowthBytes: 1500 - 433 - (1000 - 305),
      untaggedGrowthBytes: 80,
    });
  });

  it('lists all that changed, the largest change of any kind first', () => {
    expect(comparison?.repositories.map(({ name, change, growthBytes }) => [name, change, growthBytes])).toEqual([
      ['grew', 'grew', 150],
      ['lost/its/tags', 'same-size', 0],
      ['orphans', 'shrank', -2],
      ['gone', 'gone', -40],
      ['appeared', 'appeared', 20],
    ]);
  });

  it('says of each what it has now, and how much more that is', () => {
    const of = (name: string) => comparison?.repositories.find((one) => one.name === name);
    expect(of('grew')).toMatchObject({ revisions: 4, revisionsAdded: 3, tagsAdded: 0, referencedBytes: 250 });
    expect(of('gone')).toMatchObject({ tags: null, referencedBytes: null, orphanedBytes: null, tagsAdded: -3 });
    expect(of('lost/its/tags')).toMatchObject({ tagsAdded: -1, untaggedGrowthBytes: 80 });
    expect(of('orphans')).toMatchObject({ orphanedBytes: 61, orphanedGrowthBytes: 60 });
  });

  it('has the sizes of these at all scans', () => {
    expect(trends.find(({ name }) => name === 'appeared')?.referencedBytes).toEqual([null, 20]);
    expect(trends.map(({ name }) => name)).toEqual(comparison?.repositories.map(({ name }) => name));
  });
});

test('what repositories grew by is what the volume grew by, where they share nothing', () => {
  const repositories = fc.dictionary(
    fc.constantFrom('a', 'a/b', '__proto__', 'c', 'constructor'),
    fc.record({ referencedBytes: fc.nat(1000), tags: fc.nat(5), orphanedBytes: fc.nat(50) }),
  );
  fc.assert(
    fc.property(fc.array(repositories, { minLength: 2, maxLength: 5 }), fc.nat(6), (given, count) => {
      const { comparison } = buildHistory('/registry', kept(...given.map((of, day) => ({ day, repositories: of }))), {
        kind: 'scans',
        count,
      });
      const changes = comparison?.repositories ?? [];
      const grown = changes.reduce((sum, { growthBytes }) => sum + growthBytes, 0);
      expect(grown).toBe(comparison?.referencedGrowthBytes);
      const sizes = changes.map((one) => Math.max(Math.abs(one.growthBytes), Math.abs(one.orphanedGrowthBytes)));
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      expect(new Set(changes.map(({ name }) => name)).size).toBe(changes.length);
    }),
  );
});
