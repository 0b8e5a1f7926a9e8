/** Numbers for human eyes, always in English forms: the same value gives the same text on every machine. */
import prettyBytes from 'pretty-bytes';

const COUNT = new Intl.NumberFormat('en');

const SECONDS_OF_UNIT: readonly (readonly [string, number])[] = [
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
];

/** Bytes in SI units (`G` is 10^9), three digits. */
export function formatBytes(bytes: number): string {
  return prettyBytes(bytes);
}

/** A difference of bytes, with its sign unless it is 0. */
export function formatSignedBytes(bytes: number): string {
  return prettyBytes(bytes, { signed: true }).trimStart();
}

/** Bytes, or `-` where they were not measured. */
export function formatBytesOrUnknown(bytes: number | null): string {
  return bytes === null ? '-' : formatBytes(bytes);
}

/** A whole number with thousands separators. */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** A difference of whole numbers, with its sign. */
export function formatSignedCount(difference: number): string {
  return difference > 0 ? `+${formatCount(difference)}` : formatCount(difference);
}

/** `3 tags`, `1 tag`: the count with its noun, in the plural unless it is one. */
export function formatQuantity(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** `part` of `whole` in percent. Never `0%` for something nor `100%` for less than all. */
export function formatPercent(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0%';
  if (part >= whole) return '100%';
  const percent = (part / whole) * 100;
  if (percent < 1) return '<1%';
  return percent > 99 ? '>99%' : `${Math.round(percent)}%`;
}

/** Seconds as a duration that the options take too: the largest unit that leaves no rest, as `7d`, `90m`, `45s`. */
export function formatDuration(seconds: number): string {
  if (seconds === 0) return '0';
  for (const [unit, length] of SECONDS_OF_UNIT) {
    if (seconds % length === 0) return `${seconds / length}${unit}`;
  }
  return `${seconds}s`;
}

/** How long something took, in seconds, as `0.24 s`, `12.3 s` or `3m 05s`. */
export function formatElapsed(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, '0')}s`;
}

/** Days as `2.5 days`, `40 days`, or `6 years` where they are many. */
export function formatDays(days: number): string {
  if (days < 1) return 'less than a day';
  const years = days / 365.25;
  if (years >= 2) return `${formatCount(Math.round(years))} years`;
  return days < 10 ? formatQuantity(Math.round(days * 10) / 10, 'day') : formatQuantity(Math.round(days), 'day');
}

/** An ISO 8601 time in UTC as `2024-05-01 12:00:03 UTC`; `-` for none. */
export function formatTime(iso: string | null): string {
  if (iso === null) return '-';
  return iso.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC');
}

/** The day of an ISO 8601 time; `-` for none. */
export function formatDay(iso: string | null): string {
  return iso === null ? '-' : iso.slice(0, 10);
}
