import { AppError } from '../shared/errors.ts';

const HINT = 'scan again with --full; where that is refused, too, move the index away, or name another file with --db';

/** An index that does not hold together: nobody wrote it like this. */
export function damaged(what: string, cause?: unknown): AppError {
  return new AppError('index-foreign', `the index is damaged: ${what}`, HINT, { cause });
}
