import type { Refusal } from '../shared/refusal.ts';
import type { Style } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import { formatQuantity } from './format.ts';
import { wrapBehind } from './text.ts';

/** Every reason not to go on, with what would make it go away; then what to know all the same. */
export function drawRefusals(refusals: readonly Refusal[], warnings: readonly string[], style: Style): string[] {
  const lines = refusals.flatMap(({ code, message, hint }) => [
    ...wrapBehind('  ! ', `${escapeTerminal(message)} (${code})`, style).map((line) => style.error(line)),
    ...(hint === undefined ? [] : wrapBehind('      ', escapeTerminal(hint), style)),
  ]);
  const title = `${style.title('Refused')}  ${formatQuantity(refusals.length, 'reason')}`;
  return [
    ...(refusals.length === 0 ? [] : [title, ...lines]),
    ...warnings.flatMap((warning) =>
      wrapBehind('! ', escapeTerminal(warning), style).map((line) => style.warning(line)),
    ),
  ];
}
