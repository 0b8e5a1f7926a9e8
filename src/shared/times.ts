/** The latest time that a `Date` can hold (ECMAScript, "Time Values and Time Range"). Epoch milliseconds. */
const GREATEST_TIME = 8.64e15;

/** ISO 8601, UTC, in whole milliseconds, what is less cut off; null where there is no time, or none that can be written. */
export function isoTime(epochMilliseconds: number): string | null {
  return Math.abs(epochMilliseconds) <= GREATEST_TIME ? new Date(epochMilliseconds).toISOString() : null;
}
