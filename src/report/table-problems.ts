import { severitiesOf } from '../shared/problem.ts';
import type { Problem, ProblemCode } from '../shared/problem.ts';
import type { Style } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import { formatCount, formatQuantity } from './format.ts';
import { drawGrid } from './grid.ts';
import { classify, countBySeverity } from './problem-classes.ts';
import { wrapBehind } from './text.ts';

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
