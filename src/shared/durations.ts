/** How long something lasts, as people write it: for options and for policy files. */
import parseDuration from 'parse-duration';

/**
 * `parse-duration` alone takes `30` for milliseconds and `1M` for a minute: only what can be read in one way gets to
 * it. Months and years are left out, for they have no fixed length.
 */
export const DURATION = /^(?:0|(?:\d+(?:\.\d+)?[smhdw])+)$/;

/** What a duration looks like, for whoever wrote one that is none. */
export const DURATION_HINT = 'a number with a unit: s, m (minutes), h, d or w, as 90s, 1h30m or 7d; 0 needs none';

/** A hundred years: what is longer is a slip of the hand. */
const GREATEST_SECONDS = 100 * 365 * 86_400;

/**
 * The seconds of a duration as `90s`, `45m`, `1h30m`, `7d`, `2w`; a bare `0` needs no unit. A fraction of a second is
 * rounded up, because an age holds things back. `undefined` for what is no duration.
 */
export function durationSeconds(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  const seconds = text === '0' ? 0 : parseDuration(text, 's');
  return seconds !== null && seconds <= GREATEST_SECONDS ? Math.ceil(seconds) : undefined;
}
