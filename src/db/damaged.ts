import { AppError } from '../shared/errors.ts';

/** An index that does not hold together: nobody wrote it like this. */
export function damaged(what: string): AppError {
  return new AppError('index-foreign', `the index is damaged: ${what}`, 'scan again with --full');
}
