/** Repositories as bars: what each alone keeps, what it shares, and beside that what it would give back. */
import { escapeTerminal } from '../../report/escape.ts';
import { formatBytes } from '../../report/format.ts';
import type { RepositoryRow } from '../../report/model.ts';
import type { ByteClass } from '../../report/html/classes.ts';
import { decalOf } from './decals.ts';
import type { Palette } from './palette.ts';
import { tooltipOf, tooltipStyle } from './tooltip.ts';

interface Part {
  readonly name: string;
  readonly value: (row: RepositoryRow) => number;
  /** Of whose colour and pattern it is. */
  readonly like: ByteClass;
  readonly stack: string;
}

const PARTS: readonly Part[] = [
  { name: 'exclusive', value: ({ exclusiveBytes }) => exclusiveBytes, like: 'kept', stack: 'referenced' },
  { name: 'shared', value: ({ sharedBytes }) => sharedBytes, like: 'shared', stack: 'referenced' },
  { name: 'reclaimable', value: ({ reclaimableBytes }) => reclaimableBytes, like: 'orphaned', stack: 'reclaimable' },
];

/** Pixels of a repository, and of what stands around them. */
const ROW_HEIGHT = 30;
const FRAME_HEIGHT = 64;

/** How high the chart of so many repositories is, in pixels. */
export function rankedHeight(count: number): number {
  return FRAME_HEIGHT + count * ROW_HEIGHT;
}

/** The chart of these rows, the first on top. `width`: pixels. */
export function rankedOption(
  rows: readonly RepositoryRow[],
  palette: Palette,
  width: number,
): Readonly<Record<string, unknown>> {
  // A bar that is none for all would still keep its place, and push the other away from the name.
  const parts = PARTS.filter(({ value }) => rows.some((row) => value(row) > 0));
  return {
    animation: false,
    textStyle: { fontFamily: palette.font },
    grid: { top: 32, right: 16, bottom: 4, left: 4, outerBoundsMode: 'same' },
    legend: {
      top: 0,
      left: 0,
      itemGap: 18,
      textStyle: { color: palette.text, fontSize: 13 },
      inactiveColor: palette.faint,
    },
    tooltip: {
      ...tooltipStyle(palette),
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      formatter: (bars: readonly { readonly dataIndex: number }[]) => describe(rows[bars[0]?.dataIndex ?? -1]),
    },
    xAxis: {
      type: 'value',
      splitNumber: width < 600 ? 2 : 5,
      axisLabel: { color: palette.faint, formatter: formatBytes, hideOverlap: true },
      splitLine: { lineStyle: { color: palette.line } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ name }) => escapeTerminal(name)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.text, interval: 0, width: Math.round(width * 0.32), overflow: 'truncate' },
    },
    series: parts.map(({ name, value, like, stack }) => ({
      type: 'bar',
      name,
      stack,
      data: rows.map(value),
      barMaxWidth: 11,
      barGap: '10%',
      itemStyle: { color: palette.classes[like].fill, decal: decalOf(like, palette.classes[like]) },
    })),
  };
}

function describe(row: RepositoryRow | undefined): string {
  if (row === undefined) return '';
  return tooltipOf(row.name, [
    ['references', formatBytes(row.bytes)],
    ...PARTS.map(({ name, value }) => [name, formatBytes(value(row))] as const),
  ]);
}
