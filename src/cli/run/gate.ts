/** `--fail-if`: ends with 3 where the figures of a report are such as somebody wants to hear of. */
import { judge, type Condition, type Held } from '../../gate/condition.ts';
import { kindOf, type FigureKind } from '../../gate/words.ts';
import { gateFigures } from '../../query/gate-figures.ts';
import { formatBytes, formatCount, formatDuration, formatPercent } from '../../report/format.ts';
import type { Report } from '../../report/model.ts';
import { AppError, SeveralErrors } from '../../shared/errors.ts';
import { listReadableRuns } from '../../sweep/runs.ts';

/**
 * Throws `condition-holds`, with each comparison that made it hold and its figure; `usage` where a figure is not known. `state`:
 * the folder of runs, where the report looked into it.
 */
export function failIf(condition: Condition, report: Report, state: string | undefined): void {
  const knowsTrash = state === undefined || listReadableRuns(state) !== undefined;
  const figures = gateFigures(report, knowsTrash);
  const { holds, held, unknown } = judge(condition, figures);
  if (holds) {
    const errors = held.map((one) => describe(one, figures.storedBytes));
    throw new SeveralErrors('condition-holds', errors);
  }
  const [word] = unknown;
  if (word === undefined) return;
  throw word.startsWith('trash')
    ? new AppError(
        'usage',
        `--fail-if: ${word} is not known, for ${state} cannot be read`,
        'run it as whoever sweeps, or as root',
      )
    : new AppError(
        'usage',
        `--fail-if: ${word} is not known, for the scan did not stat all of it`,
        'leave out --no-scan, or scan once with --disk-usage',
      );
}

function describe({ comparison: { word, text }, figure }: Held, storedBytes: number): AppError {
  return new AppError(
    'condition-holds',
    `--fail-if: ${text} holds: it is ${showFigure(kindOf(word), figure, storedBytes)}`,
  );
}

function showFigure(kind: FigureKind, figure: number, storedBytes: number): string {
  switch (kind) {
    case 'bytes':
      return `${exactBytes(figure)}, ${showShare(figure, storedBytes)}`;
    case 'disk-bytes':
      return `${exactBytes(figure)} on disk`;
    case 'count':
      return formatCount(figure);
    case 'age':
      return formatDuration(Math.floor(figure));
  }
}

/** Uploads and the trash are no part of what is stored. */
function showShare(figure: number, storedBytes: number): string {
  return figure > storedBytes
    ? 'more than what is stored'
    : `${formatPercent(figure, storedBytes)} of the stored bytes`;
}

function exactBytes(figure: number): string {
  return figure < 1000 ? formatBytes(figure) : `${formatBytes(figure)} (${formatCount(figure)} bytes)`;
}
