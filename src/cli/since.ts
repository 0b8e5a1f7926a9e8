import type { Since } from '../query/history.ts';
import { DURATION_HINT, durationSeconds } from '../shared/durations.ts';
import { AppError } from '../shared/errors.ts';
import { isIsoTime } from '../shared/times.ts';

const SCANS = /^([1-9]\d{0,5})(?: ?scans?)?$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** So many scans back, so long ago, or a time in UTC. Throws `usage` for what is none of these. */
export function parseSince(text: string): Since {
  const scans = SCANS.exec(text);
  if (scans !== null) return { kind: 'scans', count: Number(scans[1]) };
  const seconds = durationSeconds(text);
  if (seconds !== undefined) return { kind: 'age', seconds };
  const time = DAY.test(text) ? `${text}T00:00:00Z` : text;
  if (isIsoTime(time) && isOnCalendar(time)) return { kind: 'time', time: Date.parse(time) };
  throw new AppError(
    'usage',
    `--since: "${text}" is neither a duration nor a day nor a number of scans`,
    `${DURATION_HINT}; 2026-11-01 or 2026-11-01T12:00:00Z, in UTC; or 3 for three scans back`,
  );
}

/** A day that its month has not is read as one of the next. */
function isOnCalendar(time: string): boolean {
  const day = time.slice(0, time.indexOf('T'));
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
