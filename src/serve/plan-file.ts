/** A planned selection as the lines of a plan file, which `sweep --plan` takes. */
import { actionsOf } from '../gc/actions.ts';
import { tagReasons } from '../gc/explain.ts';
import { planLines } from '../gc/plan-file.ts';
import { planHeader } from '../gc/plan-header.ts';
import type { PlannedSelection, PlanShape, Unplannable } from '../query/planned-selection.ts';
import { AppError } from '../shared/errors.ts';

/** Characters. */
const PIECE_LENGTH = 64 * 1024;

/** `createdAt`: epoch milliseconds. Throws `usage` where nothing can be planned. */
export function planFileOf(
  planned: PlannedSelection | Unplannable,
  { minAgeSeconds }: PlanShape,
  createdAt: number,
): Iterable<string> {
  if (!('plan' in planned)) throw new AppError('usage', planned.refusals.join('\n'));
  const { mode, analysis, plan, options, policy } = planned;
  const { inventory } = analysis;
  const facts = { mode, minAgeSeconds, createdAt, options };
  const header = planHeader(inventory, plan, policy === undefined ? facts : { ...facts, policy });
  return planLines(header, actionsOf(inventory, plan, { mode, batch: 1, ...tagReasons(analysis) }));
}

/** Lines in pieces that are worth sending. */
export function* piecesOf(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
