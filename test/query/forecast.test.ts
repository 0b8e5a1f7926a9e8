/** Growth as a straight line: known lines come out again, and no clock makes it say what cannot be. */
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { forecastOf, type Measured } from '../../src/query/forecast.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);

/** A scan so many days after the first. */
function at(day: number, bytes: number, freeBytes: number | null = null): Measured {
  return { scannedAt: START + day * DAY, bytes, freeBytes };
}

describe('a forecast', () => {
  it('takes two scans', () => {
    expect(forecastOf([])).toBeNull();
    expect(forecastOf([at(0, 100)])).toBeNull();
    expect(forecastOf([at(3, 100), at(3, 200)])).toBeNull();
  });

  it('of two scans has no spread', () => {
    expect(forecastOf([at(0, 1000, 90), at(4, 1400, 250)])).toEqual({
      scans: 2,
      days: 4,
      bytesPerDay: 100,
      bytesPerDayLow: null,
      bytesPerDayHigh: null,
      freeBytes: 250,
      daysUntilFull: 2.5,
      daysUntilFullLow: null,
      daysUntilFullHigh: null,
    });
  });

  it('of a straight line is that line', () => {
    const scans = [0, 1, 2, 7, 30].map((day) => at(day, 5000 + 20 * day, 400));
    expect(forecastOf(scans)).toMatchObject({
      scans: 5,
      days: 30,
      bytesPerDay: 20,
      bytesPerDayLow: 20,
      bytesPerDayHigh: 20,
      daysUntilFull: 20,
      daysUntilFullLow: 20,
      daysUntilFullHigh: 20,
    });
  });

  it('has the standard error of the slope to both sides, twice', () => {
    // By hand: the slope is 54 / 5, what the line leaves 68.8, and so the error the root of 68.8 / 2 / 5, which is 2.62.
    const scans = [at(0, 0), at(1, 20), at(2, 20), at(3, 36, 330)];
    const { bytesPerDay, bytesPerDayLow, bytesPerDayHigh } = forecastOf(scans) ?? never();
    expect(bytesPerDay).toBe(11);
    expect([bytesPerDayLow, bytesPerDayHigh]).toEqual([6, 16]);
  });

  it.each([
    ['shrinks', [at(0, 900), at(1, 500), at(2, 100, 50)]],
    ['stays as it is', [at(0, 900), at(1, 900), at(2, 900, 50)]],
  ])('of a volume that %s is never full', (_, scans) => {
    const { daysUntilFull, daysUntilFullLow, daysUntilFullHigh } = forecastOf(scans) ?? never();
    expect([daysUntilFull, daysUntilFullLow, daysUntilFullHigh]).toEqual([null, null, null]);
  });

  it('of a volume that perhaps grows is full at the earliest, and not for sure', () => {
    const forecast = forecastOf([at(0, 0), at(1, 100), at(2, 0), at(3, 100, 1000)]) ?? never();
    expect(forecast.daysUntilFull).toBe(50);
    expect(forecast.daysUntilFullLow).toBeLessThan(50);
    expect(forecast.daysUntilFullHigh).toBeNull();
  });

  it('of a volume that is full is zero days', () => {
    expect(forecastOf([at(0, 100), at(1, 200, 0)])?.daysUntilFull).toBe(0);
  });

  it.each([
    ['in the past', -20_000],
    ['in the future', 20_000],
  ])('leaves out a scan whose clock was %s', (_, wrong) => {
    const scans = [at(0, 0), at(1, 10), at(wrong, 999), at(2, 20), at(3, 30, 60)];
    expect(forecastOf(scans)).toMatchObject({ scans: 4, days: 3, bytesPerDay: 10, bytesPerDayHigh: 10 });
  });

  it('has nothing to go by where the newest scan is the first by its clock', () => {
    expect(forecastOf([at(5, 0), at(6, 10), at(0, 20)])).toBeNull();
  });
});

function never(): never {
  throw new Error('there is no forecast');
}

const bytes = fc.integer({ min: 0, max: 2 ** 50 });
const scans = fc.array(
  fc.record({
    scannedAt: fc.oneof(
      fc.integer({ min: START, max: START + 100 * DAY }),
      fc.constantFrom(START, 0, 8.64e15, -8.64e15, START + 1),
    ),
    bytes,
    freeBytes: fc.option(bytes),
  }),
  { maxLength: 12 },
);

test('whatever the scans say, figures are finite, and the spread holds the rate', () => {
  fc.assert(
    fc.property(scans, (given) => {
      const forecast = forecastOf(given);
      if (forecast === null) return;
      for (const value of Object.values(forecast)) {
        if (value !== null) expect(Number.isFinite(value) && !Object.is(value, -0)).toBe(true);
      }
      const { bytesPerDay, bytesPerDayLow, bytesPerDayHigh, daysUntilFull, daysUntilFullLow } = forecast;
      expect(bytesPerDayLow ?? bytesPerDay).toBeLessThanOrEqual(bytesPerDay);
      expect(bytesPerDayHigh ?? bytesPerDay).toBeGreaterThanOrEqual(bytesPerDay);
      if (daysUntilFull !== null) expect(bytesPerDay).toBeGreaterThan(0);
      if (daysUntilFullLow !== null && daysUntilFull !== null) {
        expect(daysUntilFullLow).toBeLessThanOrEqual(daysUntilFull);
      }
    }),
    { numRuns: 2000 },
  );
});

test('what is added to every size, or to every time, changes nothing', () => {
  const days = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 2, maxLength: 10 });
  fc.assert(
    fc.property(days, fc.array(fc.nat(1e9), { minLength: 10, maxLength: 10 }), fc.nat(1e12), (on, sizes, more) => {
      const given = on.toSorted((a, b) => a - b).map((day, place) => at(day, sizes[place] ?? 0, 5));
      const shifted = given.map((scan) => ({
        ...scan,
        scannedAt: scan.scannedAt + 77 * DAY,
        bytes: scan.bytes + more,
      }));
      const [one, other] = [forecastOf(given) ?? never(), forecastOf(shifted) ?? never()];
      expect(Math.abs(one.bytesPerDay - other.bytesPerDay)).toBeLessThanOrEqual(1);
      expect(one.days).toBe(other.days);
    }),
  );
});
