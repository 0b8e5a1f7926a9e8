/** What the registry's own collector would do, for a terminal: how it ends, what goes, which tags break, what it would leave. */
import type { Appearance, Style } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import { formatBytes, formatCount, formatDuration, formatQuantity, formatTime } from './format.ts';
import { drawGrid, type GridRow } from './grid.ts';
import type { CountedSize, OnlyOne, PredictedBrokenTag, PredictedLoss, ReportAs } from './model-as.ts';
import { wrapBehind, wrapParts } from './text.ts';

/** So many broken tags are shown; all of them are in the JSON. */
const LISTED = 10;

/** The result of `report --as` for a terminal. */
export function renderReportAsTable(result: ReportAs, appearance: Appearance): string {
  const style = styleFor(appearance);
  const sections = [
    drawHead(result, style),
    drawEnding(result, style),
    drawDeletes(result, style),
    drawBroken(result, style),
    drawBeside(result, style),
  ];
  const drawn = sections.filter((section) => section.length > 0).map((section) => section.join('\n'));
  return `${drawn.join('\n\n')}\n`;
}

function commandOf({ deleteUntagged }: ReportAs): string {
  return deleteUntagged ? 'garbage-collect -m' : 'garbage-collect';
}

function drawHead(result: ReportAs, style: Style): string[] {
  const facts = [
    `scanned ${formatTime(result.registry.scannedAt)}`,
    `as ${result.as}, ${commandOf(result)}`,
    'a prediction: nothing was changed',
  ];
  return [`${style.title('Registry')}  ${escapeTerminal(result.registry.root)}`, ...wrapParts('  ', facts, style)];
}

function drawEnding({ ending }: ReportAs, style: Style): string[] {
  if (ending.kind === 'done') return [];
  const title =
    ending.exitStatus === null ? 'It would not end' : `It would ${ending.kind} with exit status ${ending.exitStatus}`;
  return [
    style.error(title),
    ...(ending.path === null ? [] : wrapBehind('  ', `at ${escapeTerminal(ending.path)}`, style)),
    ...(ending.message === null ? [] : wrapBehind('  ', escapeTerminal(ending.message), style)),
  ];
}

function drawDeletes(result: ReportAs, style: Style): string[] {
  const { deletes, ending, certain } = result;
  const rows = rowsOf(deletes);
  const isDone = ending.kind === 'done';
  if (rows.length === 0) return [`${style.title(isDone ? 'It would delete' : 'Before that')}  nothing`];
  const title = isDone ? `${commandOf(result)} would delete` : 'Before that it would delete';
  const note = certain
    ? []
    : wrapBehind('  ', 'It deletes in another order each time: some of the last class may still stand.', style);
  return [style.title(title), ...draw(rows, style), ...note];
}

function drawBroken({ brokenTags, damagedTagsThatLoseMore }: ReportAs, style: Style): string[] {
  const more =
    damagedTagsThatLoseMore === 0
      ? []
      : wrapBehind(
          '  ',
          `${formatQuantity(damagedTagsThatLoseMore, 'tag that is damaged already loses', 'tags that are damaged already lose')} more`,
          style,
        );
  if (brokenTags.length === 0) return [`${style.title('Tags that it would break')}  ${style.good('none')}`, ...more];
  const rest = brokenTags.length - LISTED;
  return [
    `${style.title('Tags that it would break')}  ${style.error(formatCount(brokenTags.length))}`,
    ...drawGrid(
      [{ head: 'tag', cut: 'middle' }, { head: 'loses' }],
      brokenTags.slice(0, LISTED).map((tag) => [escapeTerminal(`${tag.repository}:${tag.tag}`), lossesOf(tag)]),
      style,
    ),
    ...(rest > 0 ? [style.faint(`  and ${formatQuantity(rest, 'tag')} more, with --json`)] : []),
    ...more,
  ];
}

const LOSS_NAMES: Readonly<Record<PredictedLoss['kind'], readonly [string, string]>> = {
  revision: ['revision', 'revisions'],
  manifest: ['manifest', 'manifests'],
  config: ['config', 'configs'],
  layer: ['layer', 'layers'],
  'layer-link': ['layer link', 'layer links'],
};

function lossesOf({ losses }: PredictedBrokenTag): string {
  const kinds = [...new Set(losses.map(({ kind }) => kind))];
  const count = (wanted: PredictedLoss['kind']): number => losses.filter(({ kind }) => kind === wanted).length;
  return kinds.map((kind) => formatQuantity(count(kind), ...LOSS_NAMES[kind])).join(', ');
}

function drawBeside({ sweep }: ReportAs, style: Style): string[] {
  const { onlySweep, onlyCollector } = sweep;
  const words = sweep.mode === 'untagged' ? 'regsweep sweep --untagged' : 'regsweep sweep';
  const age = formatDuration(sweep.minAgeSeconds);
  const left = [
    ...rowsOf(onlySweep),
    ...sizedRow('uploads', onlySweep.uploads),
    ...sizedRow('stray temporary files', onlySweep.strayFiles),
    ...countedRow('empty folders', onlySweep.emptyDirectories.count),
  ];
  const taken = rowsOf(onlyCollector);
  return [
    ...(left.length > 0
      ? [style.title(`It would leave what ${words} --min-age ${age} takes`), ...draw(left, style)]
      : []),
    ...(taken.length > 0
      ? [style.title(`It would take what ${words} --min-age ${age} keeps`), ...draw(taken, style)]
      : []),
  ];
}

function rowsOf({ blobs, revisions, tagIndexEntries, layerLinks }: OnlyOne): readonly GridRow[] {
  return [
    ...countedRow('tag index entries', tagIndexEntries.count),
    ...countedRow('revisions', revisions.count),
    ...countedRow('layer links', layerLinks.count),
    ...sizedRow('blobs', blobs),
  ];
}

function countedRow(name: string, count: number): readonly GridRow[] {
  return count === 0 ? [] : [[name, formatCount(count), '', '']];
}

function sizedRow(name: string, { count, bytes, diskBytes }: CountedSize): readonly GridRow[] {
  return count === 0 ? [] : [[name, formatCount(count), formatBytes(bytes), formatBytes(diskBytes)]];
}

function draw(rows: readonly GridRow[], style: Style): string[] {
  const columns = [
    { head: '' },
    { head: 'count', align: 'right' },
    { head: 'bytes', align: 'right', drop: 1 },
    { head: 'on disk', align: 'right' },
  ] as const;
  return drawGrid(columns, rows, style);
}
