/** How old what tags keep is: bytes and tags by when they were last pushed. */
import { formatBytes, formatQuantity } from '../../report/format.ts';
import type { AgeBand } from '../../report/model-serve.ts';
import type { Palette } from './palette.ts';
import { tooltipOf, tooltipStyle } from './tooltip.ts';

/** Pixels that the longest text behind a bar needs. */
const TEXT = 150;

/** The chart of the bands, the youngest first. */
export function agesOption(ages: readonly AgeBand[], palette: Palette): Readonly<Record<string, unknown>> {
  return {
    animation: false,
    textStyle: { fontFamily: palette.font },
    grid: { top: 4, right: TEXT, bottom: 4, left: 4, outerBoundsMode: 'same' },
    tooltip: {
      ...tooltipStyle(palette),
      formatter: ({ dataIndex }: { readonly dataIndex: number }) => describe(ages[dataIndex]),
    },
    xAxis: { type: 'value', show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: ages.map(({ label }) => label),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.text, fontSize: 13, interval: 0 },
    },
    series: [
      {
        type: 'bar',
        data: ages.map(({ bytes }) => bytes),
        barMaxWidth: 20,
        itemStyle: { color: palette.accent, borderRadius: [0, 3, 3, 0] },
        label: {
          show: true,
          position: 'right',
          color: palette.text,
          fontSize: 13,
          formatter: ({ dataIndex }: { readonly dataIndex: number }) => valueOf(ages[dataIndex]),
        },
      },
    ],
  };
}

function valueOf(band: AgeBand | undefined): string {
  return band === undefined ? '' : `${formatBytes(band.bytes)}, ${formatQuantity(band.tags, 'tag')}`;
}

function describe(band: AgeBand | undefined): string {
  if (band === undefined) return '';
  return tooltipOf(band.label, [
    ['tags', formatQuantity(band.tags, 'tag')],
    ['reached by no newer ones', formatBytes(band.bytes)],
  ]);
}
