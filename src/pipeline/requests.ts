/** What a program may ask for, and no option of the command line can: it is refused, for nobody means what it would do. */
import { AppError } from '../shared/errors.ts';

/** Throws `usage` for what is no number of seconds, bytes or milliseconds; 0 is one. */
export function refuseNoNumber(given: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || (Number.isFinite(value) && value >= 0)) continue;
    throw new AppError('usage', `${name} is ${String(value)}: it must be a number from 0 up`);
  }
}

/** Throws `usage` for what is no whole number from 1 up: nothing at a time would take for ever. */
export function refuseNoCount(given: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || (Number.isInteger(value) && value >= 1)) continue;
    throw new AppError('usage', `${name} is ${String(value)}: it must be a whole number from 1 up`);
  }
}

/** Throws `usage` for an empty list: whoever has found no repository for it does not mean all of them. */
export function refuseNoRepository(repositories: readonly string[] | undefined): void {
  if (repositories?.length !== 0) return;
  throw new AppError('usage', 'repositories names none', 'leave it out where all are meant');
}
