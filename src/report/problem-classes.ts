/** Problems by class, and how many there are, in words. */
import { compareText } from '../shared/problem.ts';
import type { Problem, ProblemCode, Severities, Severity } from '../shared/problem.ts';
import type { Style } from './appearance.ts';
import { formatQuantity } from './format.ts';

/** All problems of one code and severity. */
export interface ProblemClass {
  readonly code: ProblemCode;
  readonly severity: Severity;
  readonly count: number;
  readonly example: Problem;
}

/** `3 problems: 1 error, 2 warnings`, in words that stand alone in a message. */
export function countBySeverity({ errors, warnings }: Severities, style?: Style): string {
  const parts: string[] = [];
  if (errors > 0) parts.push((style?.error ?? String)(formatQuantity(errors, 'error')));
  if (warnings > 0) parts.push((style?.warning ?? String)(formatQuantity(warnings, 'warning')));
  return parts.join(', ');
}

/** A class for each code and severity: errors first, then the most frequent. */
export function classify(problems: readonly Problem[]): ProblemClass[] {
  const classes = new Map<string, ProblemClass>();
  for (const problem of problems) {
    const key = `${problem.severity} ${problem.code}`;
    const known = classes.get(key);
    classes.set(
      key,
      known === undefined
        ? { code: problem.code, severity: problem.severity, count: 1, example: problem }
        : { ...known, count: known.count + 1 },
    );
  }
  return [...classes.values()].sort(
    (a, b) => compareText(a.severity, b.severity) || b.count - a.count || compareText(a.code, b.code),
  );
}
