import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseClockTime } from '../../src/cli/times.ts';

/** The wall clock of a place: Node reads its own zone once, at its start. */
function clockOf(timeZone: string): (epochMilliseconds: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (moment) => {
    const [hours = '', minutes = ''] = format.format(moment).split(':');
    return Number(hours) * 60 + Number(minutes);
  };
}

function until(text: string, now: string, timeZone = 'UTC'): string {
  return new Date(parseClockTime('until', text, Date.parse(now), clockOf(timeZone))).toISOString();
}

test('the next time the clock shows it is meant', () => {
  expect(until('06:00', '2024-05-01T01:30:10Z')).toBe('2024-05-01T06:00:00.000Z');
  expect(until('00:15', '2024-05-01T23:30:00Z')).toBe('2024-05-02T00:15:00.000Z');
  expect(until('12:00', '2024-05-01T00:00:00Z')).toBe('2024-05-01T12:00:00.000Z');
  expect(until('06:00', '2024-04-30T20:00:10Z', 'Asia/Kolkata')).toBe('2024-05-01T00:30:00.000Z');
});

test.each(['12:01', '23:59', '00:00'])('%s is more than 12 h after midnight, and refused', (text) => {
  expect(() => until(text, '2024-05-01T00:00:00Z')).toThrow(
    expect.objectContaining({ code: 'usage', message: `--until ${text} is more than 12 h ahead` }),
  );
});

test('a time that has just gone by is refused', () => {
  expect(() => until('06:00', '2024-05-01T06:00:30Z')).toThrow(expect.objectContaining({ code: 'usage' }));
});

describe('where clocks change', () => {
  // Berlin, 31 March 2024: at 01:00 UTC the clock went from 02:00 to 03:00.
  test('a time that the clock skips is the moment of the skip', () => {
    expect(until('02:30', '2024-03-31T00:10:00Z', 'Europe/Berlin')).toBe('2024-03-31T01:00:00.000Z');
    expect(until('03:00', '2024-03-31T00:10:00Z', 'Europe/Berlin')).toBe('2024-03-31T01:00:00.000Z');
    expect(until('06:00', '2024-03-31T00:10:00Z', 'Europe/Berlin')).toBe('2024-03-31T04:00:00.000Z');
  });

  // Berlin, 27 October 2024: at 01:00 UTC the clock went from 03:00 back to 02:00.
  test('a time that comes twice is the next of the two', () => {
    expect(until('02:30', '2024-10-27T00:10:00Z', 'Europe/Berlin')).toBe('2024-10-27T00:30:00.000Z');
    expect(until('02:30', '2024-10-27T00:40:00Z', 'Europe/Berlin')).toBe('2024-10-27T01:30:00.000Z');
    expect(until('06:00', '2024-10-27T00:40:00Z', 'Europe/Berlin')).toBe('2024-10-27T05:00:00.000Z');
  });
});

test.each(['6:00', '24:00', '06:60', '06', '06:00:00', '6am', '', ' 06:00', '06:00Z', '-1:00'])(
  '%j is no time',
  (text) => {
    expect(() => until(text, '2024-05-01T00:00:00Z')).toThrow(
      expect.objectContaining({ code: 'usage', message: `--until: "${text}" is not a time of day` }),
    );
  },
);

test('by the clock of this machine, any time within 12 h is found, to the minute', () => {
  const ahead = fc.integer({ min: 1, max: 719 });
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('2037-01-01'), noInvalidDate: true }),
      ahead,
      (start, minutes) => {
        const now = start.getTime();
        const moment = new Date(Math.floor(now / 60_000 + minutes) * 60_000);
        const shown = `${String(moment.getHours()).padStart(2, '0')}:${String(moment.getMinutes()).padStart(2, '0')}`;
        const found = parseClockTime('until', shown, now);
        expect(found).toBeGreaterThan(now);
        expect(found).toBeLessThanOrEqual(moment.getTime());
        expect(new Date(found).getMinutes()).toBe(moment.getMinutes());
      },
    ),
    { numRuns: 50 },
  );
});
