import parseDuration from 'parse-duration';
import { AppError } from '../shared/errors.ts';

/**
 * `parse-duration` alone takes `30` for milliseconds and `1M` for a minute: only what can be read in one way gets to
 * it. Months and years are left out, for they have no fixed length.
 */
const DURATION = /^(?:\d+(?:\.\d+)?[smhdw])+$/;

/** A hundred years: what is longer is a slip of the hand. */
const GREATEST_SECONDS = 100 * 365 * 86_400;

/**
 * The seconds of a duration as `90s`, `45m`, `1h30m`, `7d`, `2w`; a bare `0` needs no unit. A fraction of a second is
 * rounded up, because an age holds things back. Throws `usage`, naming `option`.
 */
export function parseSeconds(option: string, text: string): number {
  if (text === '0') return 0;
  const seconds = DURATION.test(text) ? parseDuration(text, 's') : null;
  if (seconds === null || !(seconds <= GREATEST_SECONDS)) {
    throw new AppError(
      'usage',
      `--${option}: "${text}" is not a duration`,
      'a number with a unit: s, m (minutes), h, d or w, as 90s, 1h30m or 7d; 0 needs none',
    );
  }
  return Math.ceil(seconds);
}

/** Like `parseSeconds`, and `undefined` for `never`. */
export function parseSecondsOrNever(option: string, text: string): number | undefined {
  return text === 'never' ? undefined : parseSeconds(option, text);
}
