import { AppError } from '../../shared/errors.ts';
import type { Messages } from '../messages.ts';

/** So many are said one by one; all of them are in the result. */
const SAID = 20;

/** Says on stderr at what path something failed, and why: the status alone says only that something did. */
export function sayFailures(
  failed: readonly { readonly path: string; readonly errno: string; readonly message: string }[],
  messages: Messages,
): void {
  for (const { path, errno } of failed.slice(0, SAID)) {
    messages.fail(new AppError('sweep-failed', `${path} could not be changed (${errno})`));
  }
  if (failed.length > SAID) messages.fail(new AppError('sweep-failed', `and ${failed.length - SAID} more`));
}
