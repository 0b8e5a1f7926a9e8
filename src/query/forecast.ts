/** How fast a volume grows, and when it is full at that rate. */
import type { Forecast } from '../report/model-history.ts';
import { itemAt } from '../shared/columns.ts';

export interface Measured {
  /** Epoch milliseconds. */
  readonly scannedAt: number;
  readonly bytes: number;
  readonly freeBytes: number | null;
}

const DAY = 86_400_000;
/** So many standard errors to each side hold the true slope nineteen times in twenty. */
const SPREAD = 2;

/**
 * A straight line through the stored bytes of these scans, which come in the order in which they were made, the newest last.
 * `null` where fewer than two of them can be gone by. Whatever the clock did, no figure is other than finite.
 */
export function forecastOf(scans: readonly Measured[]): Forecast | null {
  const used = withRisingTimes(scans);
  const [first, last] = [used[0], used.at(-1)];
  if (first === undefined || last === undefined || used.length < 2) return null;
  const { slope, error } = fit(used);
  const { freeBytes } = last;
  const low = error === null ? null : whole(slope - SPREAD * error);
  const high = error === null ? null : whole(slope + SPREAD * error);
  return {
    scans: used.length,
    days: twoDigits((last.scannedAt - first.scannedAt) / DAY),
    bytesPerDay: whole(slope),
    bytesPerDayLow: low,
    bytesPerDayHigh: high,
    freeBytes,
    daysUntilFull: daysUntilFull(freeBytes, whole(slope)),
    daysUntilFullLow: daysUntilFull(freeBytes, high),
    daysUntilFullHigh: daysUntilFull(freeBytes, low),
  };
}

/**
 * As many scans as can be up to the newest with a time that rises from each to the next: a clock that was wrong for a while
 * costs the scans of that while. Quadratic in a number that is never large.
 */
function withRisingTimes<T extends Measured>(scans: readonly T[]): readonly T[] {
  const longest: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [place, { scannedAt }] of scans.entries()) {
    let best: number | undefined;
    for (let earlier = 0; earlier < place; earlier++) {
      const rises = (scans[earlier]?.scannedAt ?? NaN) < scannedAt;
      if (rises && (best === undefined || itemAt(longest, earlier) >= itemAt(longest, best))) best = earlier;
    }
    longest.push(best === undefined ? 1 : itemAt(longest, best) + 1);
    before.push(best);
  }
  const rising: T[] = [];
  for (let place: number | undefined = scans.length - 1; place !== undefined; place = before[place]) {
    const scan = scans[place];
    if (scan !== undefined) rising.unshift(scan);
  }
  return rising;
}

/** Bytes a day, and the standard error of that; `null`: two points lie on any line. */
function fit(scans: readonly Measured[]): { readonly slope: number; readonly error: number | null } {
  const start = scans[0]?.scannedAt ?? 0;
  const points = scans.map(({ scannedAt, bytes }) => ({ x: (scannedAt - start) / DAY, y: bytes }));
  const mean = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [middle, level] = [mean(({ x }) => x), mean(({ y }) => y)];
  const sum = (of: (dx: number, dy: number) => number): number =>
    points.reduce((total, { x, y }) => total + of(x - middle, y - level), 0);
  const width = sum((dx) => dx * dx);
  if (!(width > 0)) return { slope: 0, error: null };
  const slope = sum((dx, dy) => dx * dy) / width;
  if (points.length === 2) return { slope, error: null };
  const rest = sum((dx, dy) => (dy - slope * dx) ** 2);
  return { slope, error: Math.sqrt(rest / (points.length - 2) / width) };
}

function daysUntilFull(freeBytes: number | null, bytesPerDay: number | null): number | null {
  if (freeBytes === null || bytesPerDay === null || bytesPerDay <= 0) return null;
  return twoDigits(freeBytes / bytesPerDay);
}

/** JSON and people know no negative zero. */
function whole(value: number): number {
  return Math.round(value) + 0;
}

function twoDigits(value: number): number {
  return Math.round(value * 100) / 100;
}
