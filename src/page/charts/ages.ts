/** How old what tags keep is: bytes and tags by when they were last pushed. */
import { formatBytes, formatQuantity } from '../../report/format.ts';
import type { AgeBand } from '../../report/model-serve.ts';
import type { Palette } from './palette.ts';
import { tooltipOf, tooltipStyle } from './tooltip.ts';

/** The chart of the bands, the youngest first. */
export function agesOption(ages: readonly AgeBand[], palette: Palette): Readonly<Record<string, unknown>> {
  return {
    animation: false,
    textStyle: { fontFamily: palette.font },
    grid: { top: 28, right: 8, bottom: 8, left: 8, outerBoundsMode: 'same' },
    tooltip: {
      ...tooltipStyle(palette),
      formatter: ({ dataIndex }: { readonly dataIndex: number }) => describe(ages[dataIndex]),
    },
    xAxis: {
      type: 'category',
      data: ages.map(({ label }) => label),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.text, interval: 0, width: 72, overflow: 'break' },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      axisLabel: { color: palette.faint, formatter: formatBytes },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: [
      {
        type: 'bar',
        data: ages.map(({ bytes }) => bytes),
        barMaxWidth: 72,
        barMinHeight: 2,
        itemStyle: { color: palette.accent, borderRadius: [3, 3, 0, 0] },
        label: {
          show: true,
          position: 'top',
          color: palette.text,
          formatter: ({ dataIndex }: { readonly dataIndex: number }) =>
            formatQuantity(ages[dataIndex]?.tags ?? 0, 'tag'),
        },
      },
    ],
  };
}

function describe(band: AgeBand | undefined): string {
  if (band === undefined) return '';
  return tooltipOf(band.label, [
    ['tags', formatQuantity(band.tags, 'tag')],
    ['reached by no newer ones', formatBytes(band.bytes)],
  ]);
}
