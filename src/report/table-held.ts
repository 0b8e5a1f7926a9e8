import type { Style } from './appearance.ts';
import { formatBytes, formatDuration, formatQuantity } from './format.ts';
import type { Amount, Report } from './model.ts';
import { wrapBehind } from './text.ts';

/** What is unreferenced but kept back, why, and how to change it; then the trash. Nothing of either: no lines. */
export function drawHeld(report: Report, style: Style): string[] {
  const { held, trash } = report;
  const age = formatDuration(report.minAgeSeconds);
  const lines = [
    ...heldLines('excluded', held.excluded, 'linked by a repository outside --repo: name that one, too', style),
    ...heldLines(
      'damaged',
      held.damaged,
      'a repository in doubt loses nothing: mend what is listed under Damage',
      style,
    ),
    ...heldLines('young', held.young, `younger than --min-age ${age}: wait, or give a shorter one`, style),
  ];
  const sections = lines.length > 0 ? [style.title('Held back'), ...lines] : [];
  if (trash.runs > 0) {
    const amount = `${formatQuantity(trash.runs, 'run')}, ${formatBytes(trash.diskBytes)} on disk until purged`;
    sections.push(...wrapBehind(`${style.title('Trash')}  `, amount, style));
  }
  return sections;
}

function heldLines(name: string, amount: Amount, why: string, style: Style): string[] {
  if (amount.blobs === 0) return [];
  const size = `${formatQuantity(amount.blobs, 'blob')}, ${formatBytes(amount.bytes)}`;
  return wrapBehind(`  ${name.padEnd(10)}`, `${size}${style.separator}${why}`, style);
}
