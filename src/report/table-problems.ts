import { compareText, severitiesOf } from '../shared/problem.ts';
import type { Problem, ProblemCode, Severities, Severity } from '../shared/problem.ts';
import type { Style } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import { formatCount, formatQuantity } from './format.ts';
import { drawGrid } from './grid.ts';
import { wrapBehind } from './text.ts';

/** All problems of one code and severity. */
interface ProblemClass {
  readonly code: ProblemCode;
  readonly severity: Severity;
  readonly count: number;
  readonly example: Problem;
}

/** Classes that one screen has room for. */
const CLASSES_SHOWN = 7;

/** Codes whose message says what the operator may do about it: it is worth a line of its own. */
const WITH_ADVICE: ReadonlySet<ProblemCode> = new Set(['tag-not-linked']);

/** A line per class of damage: severity, code, how often, one path. Errors first, then the most frequent. */
export function drawProblems(problems: readonly Problem[], style: Style): string[] {
  if (problems.length === 0) return [`${style.title('Damage')}  ${style.good('none found')}`];
  const classes = classify(problems);
  const shown = classes.slice(0, CLASSES_SHOWN);
  const lines = [`${style.title('Damage')}  ${countBySeverity(severitiesOf(problems), style)}`];
  const grid = drawGrid(
    [{ head: '', drop: 1 }, { head: '' }, { head: '', align: 'right' }, { head: '', cut: 'middle', drop: 2 }],
    shown.map(({ severity, code, count, example }) => [
      severity === 'error' ? style.error('error') : style.warning('warning'),
      code,
      formatCount(count),
      escapeTerminal(example.path),
    ]),
    style,
  );
  for (const [at, line] of grid.entries()) {
    lines.push(line);
    const problem = shown[at]?.example;
    if (problem !== undefined && WITH_ADVICE.has(problem.code)) {
      lines.push(...wrapBehind('      ', escapeTerminal(problem.message), style));
    }
  }
  const rest = classes.length - shown.length;
  if (rest > 0) lines.push(style.faint(`  and ${formatQuantity(rest, 'class', 'classes')} more, in the JSON report`));
  return lines;
}

/** `3 problems: 1 error, 2 warnings`, in words that stand alone in a message. */
export function countBySeverity({ errors, warnings }: Severities, style?: Style): string {
  const parts: string[] = [];
  if (errors > 0) parts.push((style?.error ?? String)(formatQuantity(errors, 'error')));
  if (warnings > 0) parts.push((style?.warning ?? String)(formatQuantity(warnings, 'warning')));
  return parts.join(', ');
}

function classify(problems: readonly Problem[]): ProblemClass[] {
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
