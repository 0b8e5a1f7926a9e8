import type { Appearance } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import { formatBytesOrUnknown, formatCount, formatElapsed, formatTime } from './format.ts';
import { drawGrid } from './grid.ts';
import type { ScanSummary } from './model.ts';
import { drawProblems } from './table-problems.ts';

/** What a scan found, in counts, and where the index is. */
export function renderScanTable(summary: ScanSummary, appearance: Appearance): string {
  const style = styleFor(appearance);
  const { totals, registry } = summary;
  const counts = drawGrid(
    [{ head: '' }, { head: '', align: 'right' }],
    [
      ['repositories', formatCount(totals.repositories)],
      ['tags', formatCount(totals.tags)],
      ['tag index entries', formatCount(totals.tagIndexEntries)],
      ['revisions', formatCount(totals.revisions)],
      ['layer links', formatCount(totals.layerLinks)],
      ['uploads', formatCount(totals.uploads)],
      ['manifests', formatCount(totals.manifests)],
      ['blobs', formatCount(totals.blobs)],
      ['bytes', formatBytesOrUnknown(totals.bytes)],
      ['bytes on disk', formatBytesOrUnknown(totals.diskBytes)],
    ],
    style,
  );
  const lines = [
    `${style.title('Registry')}  ${escapeTerminal(registry.root)}`,
    `  scanned ${formatTime(registry.scannedAt)} in ${formatElapsed(summary.durationSeconds)}`,
    ...(summary.complete ? [] : [style.error('! The scan is incomplete: something could not be read')]),
    '',
    ...counts,
    '',
    ...drawProblems(summary.problems, style),
    '',
    `${style.title('Index')}  ${escapeTerminal(summary.database)}`,
  ];
  return `${lines.join('\n')}\n`;
}
