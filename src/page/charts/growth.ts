/** The volume from scan to scan, and where it goes at this rate. */
import { formatBytes, formatTime } from '../../report/format.ts';
import type { History, ScanTotals } from '../../report/model-history.ts';
import type { Palette } from './palette.ts';
import { tooltipOf, tooltipStyle } from './tooltip.ts';

const DAY = 24 * 3600 * 1000;

type Point = readonly [time: string | number, bytes: number];

interface Line {
  readonly name: string;
  readonly value: (scan: ScanTotals) => number;
  readonly symbol: string;
  readonly dash: string | readonly number[];
}

/** Told apart by their marks and dashes, too. */
const LINES: readonly Line[] = [
  { name: 'all blobs', value: ({ bytes }) => bytes, symbol: 'circle', dash: 'solid' },
  { name: 'referenced', value: ({ referencedBytes }) => referencedBytes, symbol: 'rect', dash: [7, 4] },
  { name: 'reached by tags', value: ({ taggedBytes }) => taggedBytes, symbol: 'triangle', dash: [2, 3] },
];

const FORECAST = 'at this rate';

/** The chart of the scans that are kept; two at least. */
export function growthOption(history: History, palette: Palette): Readonly<Record<string, unknown>> {
  const colours = [palette.text, palette.accent, palette.classes.orphaned.fill];
  const forecast = forecastPoints(history);
  return {
    animation: false,
    useUTC: true,
    textStyle: { fontFamily: palette.font },
    grid: { top: 40, right: 24, bottom: 8, left: 8, outerBoundsMode: 'same' },
    legend: {
      top: 0,
      left: 0,
      itemWidth: 34,
      textStyle: { color: palette.text, fontSize: 13 },
      inactiveColor: palette.faint,
    },
    tooltip: {
      ...tooltipStyle(palette),
      trigger: 'axis',
      axisPointer: { lineStyle: { color: palette.faint } },
      formatter: (points: readonly Pointed[]) => describe(points),
    },
    xAxis: {
      type: 'time',
      axisLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.faint, hideOverlap: true },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      scale: true,
      splitNumber: 4,
      axisLabel: { color: palette.faint, formatter: formatBytes },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: [
      ...LINES.map(({ name, value, symbol, dash }, at) => ({
        type: 'line',
        name,
        data: history.scans.map((scan): Point => [scan.scannedAt, value(scan)]),
        symbol,
        symbolSize: 7,
        showSymbol: history.scans.length <= 60,
        color: colours[at],
        lineStyle: { width: 2, type: dash },
      })),
      ...(forecast.length === 0 ? [] : [forecastSeries(forecast, palette)]),
    ],
  };
}

function forecastSeries(data: readonly Point[], palette: Palette): Readonly<Record<string, unknown>> {
  return {
    type: 'line',
    name: FORECAST,
    data,
    symbol: 'none',
    color: palette.faint,
    lineStyle: { width: 2, type: [1, 4], cap: 'round' },
  };
}

/** From the newest scan on, half as long as the scans go back, or until the volume is full. */
function forecastPoints({ scans, forecast }: History): readonly Point[] {
  const newest = scans.at(-1);
  if (forecast === null || newest === undefined || forecast.days <= 0) return [];
  const days = Math.min(forecast.days / 2, forecast.daysUntilFull ?? Infinity);
  const then = Date.parse(newest.scannedAt) + days * DAY;
  return [
    [newest.scannedAt, newest.bytes],
    [then, Math.max(0, newest.bytes + days * forecast.bytesPerDay)],
  ];
}

interface Pointed {
  readonly seriesName: string;
  readonly data: Point;
}

function describe(points: readonly Pointed[]): string {
  const [first] = points;
  if (first === undefined) return '';
  const time = new Date(first.data[0]).toISOString();
  return tooltipOf(
    formatTime(time),
    points.map(({ seriesName, data }) => [seriesName, formatBytes(data[1])]),
  );
}
