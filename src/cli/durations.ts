import { DURATION_HINT, durationSeconds } from '../shared/durations.ts';
import { AppError } from '../shared/errors.ts';

/** The seconds of a duration (`shared/durations.ts`). Throws `usage`, naming `option`. */
export function parseSeconds(option: string, text: string): number {
  const seconds = durationSeconds(text);
  if (seconds === undefined) {
    throw new AppError('usage', `--${option}: "${text}" is not a duration`, DURATION_HINT);
  }
  return seconds;
}

/** Like `parseSeconds`, and `undefined` for `never`. */
export function parseSecondsOrNever(option: string, text: string): number | undefined {
  return text === 'never' ? undefined : parseSeconds(option, text);
}
