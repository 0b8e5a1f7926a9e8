/** Calendar periods, in UTC. */
import type { Calendar } from './model.ts';

const DAY = 86_400_000;

/** The period that a time (epoch milliseconds) lies in: `2026-11-20T13`, `2026-11-20`, `2026-W47`, `2026-11`, `2026`. */
export function periodOf(calendar: Calendar, time: number): string {
  const iso = new Date(time).toISOString();
  const year = iso.slice(0, iso.indexOf('-', 1));
  const from = year.length;
  switch (calendar) {
    case 'hourly':
      return iso.slice(0, from + 9);
    case 'daily':
      return iso.slice(0, from + 6);
    case 'weekly':
      return weekOf(time);
    case 'monthly':
      return iso.slice(0, from + 3);
    case 'yearly':
      return year;
  }
}

/** ISO 8601: weeks begin on Monday, and belong to the year that their Thursday lies in. */
function weekOf(time: number): string {
  const day = Math.floor(time / DAY) * DAY;
  const thursday = new Date(day + (3 - ((new Date(day).getUTCDay() + 6) % 7)) * DAY);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY / 7);
  return `${year}-W${String(week).padStart(2, '0')}`;
}
