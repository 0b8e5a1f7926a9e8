import { countBySeverity } from '../../report/problem-classes.ts';
import type { Severities } from '../../shared/problem.ts';
import type { Messages } from '../messages.ts';

/** Says on stderr that there is damage, or that not everything could be read: the exit status does not. */
export function warnOfProblems(damage: Severities, complete: boolean, messages: Messages): void {
  if (damage.errors + damage.warnings > 0) messages.warn(`damage was found: ${countBySeverity(damage)}`);
  if (!complete) messages.warn('the scan is incomplete: something could not be read');
}
