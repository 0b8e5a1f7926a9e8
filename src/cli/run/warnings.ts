import { countBySeverity } from '../../report/table-problems.ts';
import type { Problem } from '../../shared/problem.ts';
import type { Messages } from '../messages.ts';

/** Says on stderr that there is damage, or that not everything could be read: the exit status does not. */
export function warnOfProblems(problems: readonly Problem[], complete: boolean, messages: Messages): void {
  if (problems.length > 0) messages.warn(`damage was found: ${countBySeverity(problems)}`);
  if (!complete) messages.warn('the scan is incomplete: something could not be read');
}
