/** What the kept scans say: how the volume grew, when it is full, and who made it grow. */
import type { Appearance, Style } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { drawBar } from './bars.ts';
import { escapeTerminal } from './escape.ts';
import {
  formatBytes,
  formatCount,
  formatDays,
  formatQuantity,
  formatSignedBytes,
  formatSignedCount,
  formatTime,
} from './format.ts';
import { drawGrid, type Column, type GridRow } from './grid.ts';
import type { Forecast, History, RepositoryChange, ScanComparison, ScanTotals } from './model-history.ts';
import { drawSparkline } from './sparkline.ts';
import { drawHeading, wrapBehind, wrapParts } from './text.ts';

const SPARKLINE_WIDTH = 30;
const NARROW_SPARKLINE_WIDTH = 10;
const TREND_WIDTH = 12;
const BAR_WIDTH = 10;
const NARROW = 72;
const LISTED = 20;
/** What is longer ahead than a hundred years nobody plans for. */
const LONG_DAYS = 36_525;

/** `history` as a table: totals over time, the forecast, and what changed most. */
export function renderHistoryTable(history: History, appearance: Appearance): string {
  const style = styleFor(appearance);
  const [first, last] = [history.scans[0], history.scans.at(-1)];
  const title = drawHeading(style.title('History'), escapeTerminal(history.registry.root), style);
  if (first === undefined || last === undefined) return `${title.join('\n')}\n  The index keeps no scan.\n`;
  const times = [formatTime(first.scannedAt), ...(first === last ? [] : [`to ${formatTime(last.scannedAt)}`])];
  const facts = wrapParts('  ', [formatQuantity(history.scans.length, 'scan'), times.join(' ')], style);
  const sections = [
    [...title, ...facts],
    drawTotals(history.scans, first, last, style),
    drawForecast(history.forecast, last, style),
    ...(history.comparison === null ? [ONLY_ONE] : drawComparison(history, history.comparison, style)),
  ];
  const drawn = sections.filter((section) => section.length > 0).map((section) => section.join('\n'));
  return `${drawn.join('\n\n')}\n`;
}

const ONLY_ONE = ['There is nothing to compare yet: each scan of the same index adds one, up to a hundred.'];

interface Total {
  readonly name: string;
  readonly value: (scan: ScanTotals) => number | null;
  readonly isCount?: boolean;
}

const TOTALS: readonly Total[] = [
  { name: 'stored', value: ({ bytes }) => bytes },
  { name: 'referenced', value: ({ referencedBytes }) => referencedBytes },
  { name: 'unreferenced', value: ({ bytes, referencedBytes }) => bytes - referencedBytes },
  { name: 'untagged', value: ({ referencedBytes, taggedBytes }) => referencedBytes - taggedBytes },
  { name: 'repositories', value: ({ repositories }) => repositories, isCount: true },
  { name: 'tags', value: ({ tags }) => tags, isCount: true },
  { name: 'revisions', value: ({ revisions }) => revisions, isCount: true },
  { name: 'blobs', value: ({ blobs }) => blobs, isCount: true },
  { name: 'free', value: ({ freeBytes }) => freeBytes },
];

function drawTotals(scans: readonly ScanTotals[], first: ScanTotals, last: ScanTotals, style: Style): string[] {
  const width = style.width < NARROW ? NARROW_SPARKLINE_WIDTH : SPARKLINE_WIDTH;
  const columns: Column[] = [
    { head: '' },
    { head: '', drop: 1 },
    { head: 'first', align: 'right', drop: 2 },
    { head: 'now', align: 'right' },
    { head: 'growth', align: 'right' },
  ];
  const shown = TOTALS.filter(({ value }) => value(last) !== null);
  const rows = shown.map(({ name, value, isCount }): GridRow => {
    const [then, now] = [value(first), value(last)];
    const growth = then === null || now === null ? null : now - then;
    const format = isCount === true ? formatCount : formatBytes;
    return [
      name,
      scans.length > 1 ? drawSparkline(scans.map(value), width, style) : '',
      then === null ? '-' : format(then),
      now === null ? '-' : format(now),
      growth === null ? '-' : isCount === true ? formatSignedCount(growth) : formatSignedBytes(growth),
    ];
  });
  return [style.title('What was there'), ...drawGrid(columns, rows, style)];
}

function drawForecast(forecast: Forecast | null, last: ScanTotals, style: Style): string[] {
  if (forecast === null) return [];
  const { bytesPerDay, bytesPerDayLow: low, bytesPerDayHigh: high } = forecast;
  const spread =
    low === null || high === null ? '' : `, between ${formatSignedBytes(low)} and ${formatSignedBytes(high)}`;
  const basis = `by ${formatQuantity(forecast.scans, 'scan')} over ${formatDays(forecast.days)}`;
  return [
    style.title('At this rate'),
    ...wrapBehind('  ', `${formatSignedBytes(bytesPerDay)} a day${spread} (${basis})`, style),
    ...wrapBehind('  ', fullWords(forecast, last), style),
  ];
}

function fullWords(forecast: Forecast, { capacityBytes }: ScanTotals): string {
  const { freeBytes, bytesPerDay, daysUntilFull: days, daysUntilFullLow: low, daysUntilFullHigh: high } = forecast;
  if (freeBytes === null) return 'The file system did not say how much of it is free.';
  const free = `${formatBytes(freeBytes)}${capacityBytes === null ? '' : ` of ${formatBytes(capacityBytes)}`} is free`;
  if (days === null) return `It ${bytesPerDay < 0 ? 'shrinks' : 'does not grow'}: ${free}.`;
  if ((low ?? days) > LONG_DAYS) return `Not full within a hundred years: ${free}.`;
  const earliest = low === null ? '' : `, at the earliest in ${formatDays(low)}`;
  const latest = low === null ? '' : high === null ? ', perhaps never' : `, at the latest in ${formatDays(high)}`;
  return `Full in ${formatDays(days)}${earliest}${latest}: ${free}.`;
}

function drawComparison(history: History, comparison: ScanComparison, style: Style): string[][] {
  const about = `from ${formatTime(comparison.from)} to ${formatTime(comparison.to)}`;
  const words = [
    `stored ${formatSignedBytes(comparison.growthBytes)}`,
    `referenced ${formatSignedBytes(comparison.referencedGrowthBytes)}`,
    `unreferenced ${formatSignedBytes(comparison.unreferencedGrowthBytes)}`,
    `untagged ${formatSignedBytes(comparison.untaggedGrowthBytes)}`,
  ];
  const head = [...drawHeading(style.title('What changed'), about, style), ...wrapParts('  ', words, style)];
  return [head, drawChanges(history, comparison.repositories, style)];
}

function drawChanges(history: History, changes: readonly RepositoryChange[], style: Style): string[] {
  if (changes.length === 0) return ['No repository changed.'];
  const shown = changes.slice(0, LISTED);
  const greatest = shown.reduce((most, { growthBytes }) => Math.max(most, Math.abs(growthBytes)), 0);
  const trends = new Map(history.trends.map(({ name, referencedBytes }) => [name, referencedBytes]));
  const columns: Column[] = [
    { head: 'repository', cut: 'end' },
    { head: 'over time', drop: 3 },
    { head: '', drop: 2 },
    { head: 'growth', align: 'right' },
    { head: 'referenced', align: 'right', drop: 5 },
    { head: 'untagged', align: 'right', drop: 6 },
    { head: 'orphaned', align: 'right', drop: 4 },
    { head: 'tags', align: 'right', drop: 7 },
    { head: 'revisions', align: 'right', drop: 8 },
    { head: '', drop: 1 },
  ];
  const rows = shown.map((change): GridRow => [
    escapeTerminal(change.name),
    drawSparkline(trends.get(change.name) ?? [], TREND_WIDTH, style),
    style.warning(drawBar(Math.abs(change.growthBytes), greatest, BAR_WIDTH, style)),
    formatSignedBytes(change.growthBytes),
    change.referencedBytes === null ? '-' : formatBytes(change.referencedBytes),
    formatSignedBytes(change.untaggedGrowthBytes),
    formatSignedBytes(change.orphanedGrowthBytes),
    formatSignedCount(change.tagsAdded),
    formatSignedCount(change.revisionsAdded),
    change.change === 'appeared' || change.change === 'gone' ? change.change : '',
  ]);
  const more = changes.length - shown.length;
  const rest = more > 0 ? [`  ${formatQuantity(more, 'more', 'more')}: --format json has all of them`] : [];
  return [...drawGrid(columns, rows, style), ...rest];
}
