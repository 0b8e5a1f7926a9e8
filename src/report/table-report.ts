/** The report as one screen: for somebody tired, who wants to know what would go, why, and what to type next. */
import type { Appearance, Style } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { drawBar } from './bars.ts';
import { escapeTerminal } from './escape.ts';
import { formatBytes, formatCount, formatDuration, formatPercent, formatQuantity, formatTime } from './format.ts';
import type { Rank, Report } from './model.ts';
import { drawSparkline } from './sparkline.ts';
import { drawComparison } from './table-comparison.ts';
import { drawFreed } from './table-freed.ts';
import { drawHeld } from './table-held.ts';
import { drawNextCommands } from './table-next.ts';
import { drawProblems } from './table-problems.ts';
import { drawRetention } from './table-retention.ts';
import { drawRules } from './table-rules.ts';
import { drawWorstRepositories } from './table-rank.ts';
import { drawTarget } from './table-target.ts';
import { wrapBehind, wrapParts } from './text.ts';

const BAR_WIDTH = 16;
/** Two sizes are no picture. */
const LEAST_SIZES = 3;

/** What a terminal is shown that is not in the report. */
export interface ShownBeside {
  /** The repositories to show, already ranked. */
  readonly worst: Rank;
  /** The options that shaped the report, as words: the commands that it offers have them, too. */
  readonly shapedBy: readonly string[];
  /** Stored bytes at each scan that is kept, the oldest first. */
  readonly sizes?: readonly number[];
}

/** The report for a terminal. */
export function renderReportTable(report: Report, shown: ShownBeside, appearance: Appearance): string {
  const style = styleFor(appearance);
  const head = [drawHead(report, style), drawNotices(report, style)];
  const sections =
    report.comparison === undefined
      ? [...head, ...drawFigures(report, shown, style)]
      : [...head, ...drawComparison(report.comparison, style), drawRetention(report.retention, style)];
  const lines = sections.filter((section) => section.length > 0).map((section) => section.join('\n'));
  return `${lines.join('\n\n')}\n`;
}

function drawFigures(report: Report, { worst, shapedBy, sizes }: ShownBeside, style: Style): string[][] {
  return [
    [...drawTotals(report, style), ...drawSizes(sizes ?? [], style)],
    drawFreed(report, style),
    drawTarget(report, style),
    drawRules(report.policy, style),
    drawHeld(report, style),
    worst.repositories.length > 0 ? drawWorstRepositories(worst, style) : [],
    drawRetention(report.retention, style),
    drawProblems(report.problems, style),
    drawNextCommands(report, shapedBy, style),
  ];
}

function drawHead(report: Report, style: Style): string[] {
  const facts = [
    `scanned ${formatTime(report.registry.scannedAt)}`,
    `mode ${report.mode}`,
    `min-age ${formatDuration(report.minAgeSeconds)}`,
  ];
  return [`${style.title('Registry')}  ${escapeTerminal(report.registry.root)}`, ...wrapParts('  ', facts, style)];
}

function drawNotices(report: Report, style: Style): string[] {
  return report.notices.flatMap((notice) =>
    wrapBehind('! ', escapeTerminal(notice.message), style).map((line) => style.error(line)),
  );
}

function drawTotals(report: Report, style: Style): string[] {
  const { totals, referenced, unreferenced } = report;
  const title = style.title('What is there');
  if (totals.repositories === 0 && totals.blobs === 0) {
    const words = 'No repositories and no blobs: an empty registry, or nothing was pushed yet.';
    return [title, ...wrapBehind('  ', words, style)];
  }
  const counts = [
    formatQuantity(totals.repositories, 'repository', 'repositories'),
    formatQuantity(totals.tags, 'tag'),
    formatQuantity(totals.revisions, 'revision'),
    formatQuantity(totals.layerLinks, 'layer link'),
    formatQuantity(totals.uploads, 'upload'),
  ];
  const onDisk = totals.diskBytes === null ? '' : ` (${formatBytes(totals.diskBytes)} on disk)`;
  const blobs = `${formatQuantity(totals.blobs, 'blob')}, ${formatCount(totals.manifests)} of them manifests: ${formatBytes(totals.bytes)}${onDisk}`;
  const share = `referenced ${formatBytes(referenced.bytes)} (${formatPercent(referenced.bytes, totals.bytes)}), unreferenced ${formatBytes(unreferenced.bytes)}`;
  const bar = style.good(drawBar(referenced.bytes, totals.bytes, BAR_WIDTH, style));
  return [
    title,
    ...wrapParts('  ', counts, style),
    ...wrapBehind('  ', blobs, style),
    ...wrapBehind(`  ${bar}  `, share, style),
  ];
}

/** How the stored bytes went from scan to scan. */
function drawSizes(sizes: readonly number[], style: Style): string[] {
  const [first, last] = [sizes[0], sizes.at(-1)];
  if (first === undefined || last === undefined || sizes.length < LEAST_SIZES) return [];
  const line = drawSparkline(sizes, BAR_WIDTH, style);
  const words = `${formatBytes(first)} to ${formatBytes(last)} in ${formatQuantity(sizes.length, 'scan')}`;
  return wrapBehind(`  ${line.padEnd(BAR_WIDTH)}  `, words, style);
}
