import { AppError } from '../shared/errors.ts';

const CLOCK_TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;
const MINUTE_MS = 60_000;
const MINUTES_OF_DAY = 24 * 60;
/** What lies further ahead is a slip of the hand, or a time that has just gone by. */
const FURTHEST_MINUTES = 12 * 60;

/**
 * The next moment at which the local clock shows `HH:MM` or passes over it (clocks that are put forward skip an hour), in
 * epoch milliseconds. Throws `usage`, naming `option`, for what is no such time and for one more than 12 h ahead.
 * `minuteOfDay` reads the local clock.
 */
export function parseClockTime(
  option: string,
  text: string,
  now: number,
  minuteOfDay: (epochMilliseconds: number) => number = localMinuteOfDay,
): number {
  const match = CLOCK_TIME.exec(text);
  if (match === null) {
    throw new AppError('usage', `--${option}: "${text}" is not a time of day`, 'hours and minutes, as 06:00 or 23:30');
  }
  const wanted = Number(match[1]) * 60 + Number(match[2]);
  let before = minuteOfDay(now);
  // Minute by minute: only the clock itself knows when it is put forward or back.
  for (let ahead = 1; ahead <= FURTHEST_MINUTES; ahead++) {
    const moment = Math.floor(now / MINUTE_MS + ahead) * MINUTE_MS;
    const shown = minuteOfDay(moment);
    const step = (shown - before + MINUTES_OF_DAY) % MINUTES_OF_DAY;
    const toWanted = (wanted - before + MINUTES_OF_DAY) % MINUTES_OF_DAY;
    // A step of most of a day is a clock that was put back.
    if (toWanted > 0 && toWanted <= step && step < FURTHEST_MINUTES) return moment;
    if (shown === wanted) return moment;
    before = shown;
  }
  throw new AppError(
    'usage',
    `--${option} ${text} is more than 12 h ahead`,
    'it is local time, and the next one is meant: has it just gone by?',
  );
}

function localMinuteOfDay(epochMilliseconds: number): number {
  const date = new Date(epochMilliseconds);
  return date.getHours() * 60 + date.getMinutes();
}
