import { AppError, SeveralErrors } from '../../shared/errors.ts';
import type { Messages } from '../messages.ts';

/** So many are said one by one; all of them are in the result. */
const SAID = 20;

/** Says on stderr at what path something failed, and why: the status alone says only that something did. */
export function sayFailures(
  failed: readonly { readonly path: string; readonly errno: string; readonly message: string }[],
  messages: Messages,
): void {
  if (failed.length === 0) return;
  const said = failed.slice(0, SAID).map(({ path, errno }) => `${path} could not be changed (${errno})`);
  if (failed.length > SAID) said.push(`and ${failed.length - SAID} more`);
  const errors = said.map((message) => new AppError('sweep-failed', message));
  messages.fail(new SeveralErrors('sweep-failed', errors));
}
