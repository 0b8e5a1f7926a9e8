/** The latest time that a `Date` can hold (ECMAScript, "Time Values and Time Range"). Epoch milliseconds. */
const GREATEST_TIME = 8.64e15;

/** ISO 8601, UTC, in whole milliseconds, what is less cut off; null where there is no time, or none that can be written. */
export function isoTime(epochMilliseconds: number): string | null {
  return Math.abs(epochMilliseconds) <= GREATEST_TIME ? new Date(epochMilliseconds).toISOString() : null;
}

const ISO_TIME = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** Whether `text` is a time as `isoTime` writes it, or one with more or fewer digits behind the point. */
export function isIsoTime(text: string): boolean {
  return ISO_TIME.test(text) && !Number.isNaN(Date.parse(text));
}
