/** The volume as a map: areas are bytes, colours and patterns say what becomes of them. */
import { BYTE_CLASSES, bytesOf } from '../../report/html/classes.ts';
import { escapeTerminal } from '../../report/escape.ts';
import { formatBytes, formatPercent } from '../../report/format.ts';
import { mapItems, type MapItem } from '../../report/html/map-items.ts';
import type { VolumeNode } from '../../report/model-tree.ts';
import { decalOf } from './decals.ts';
import type { Palette } from './palette.ts';
import { tooltipOf, tooltipStyle } from './tooltip.ts';

export type { MapItem };

/** The chart of a part of the volume. What is clicked is a `MapItem`. */
export function treemapOption(root: VolumeNode, palette: Palette): Readonly<Record<string, unknown>> {
  const whole = bytesOf(root.below);
  const label = { fontFamily: palette.font, fontSize: 12, overflow: 'truncate' };
  return {
    animation: false,
    tooltip: {
      ...tooltipStyle(palette),
      formatter: ({ data }: { readonly data?: MapItem }) => (data === undefined ? '' : describe(data, whole)),
    },
    series: [
      {
        type: 'treemap',
        data: mapItems(root).map((item) => styled(item, palette)),
        top: 0,
        bottom: 0,
        left: 0,
        right: 0,
        roam: false,
        nodeClick: false,
        breadcrumb: { show: false },
        visibleMin: 30,
        childrenVisibleMin: 600,
        itemStyle: { borderColor: palette.ground, borderWidth: 0, gapWidth: 1 },
        label: {
          ...label,
          padding: [3, 4],
          position: 'insideTopLeft',
          formatter: ({ data }: { readonly data: MapItem }) =>
            `${escapeTerminal(data.name)}\n${formatBytes(data.value)}`,
        },
        upperLabel: {
          ...label,
          show: true,
          height: 20,
          color: palette.text,
          padding: [0, 4],
          formatter: ({ data }: { readonly data: MapItem }) =>
            `${escapeTerminal(data.name)}  ${formatBytes(data.value)}`,
        },
        levels: [{ upperLabel: { show: false }, itemStyle: { gapWidth: 3 } }],
      },
    ],
  };
}

type Styled = Omit<MapItem, 'children'> & Readonly<Record<string, unknown>>;

function styled(item: MapItem, palette: Palette): Styled {
  const { children, ...shown } = item;
  if (item.class === undefined) {
    return {
      ...shown,
      itemStyle: { color: palette.raised, borderColor: palette.raised, borderWidth: 3, gapWidth: 1 },
      ...(children === undefined ? {} : { children: children.map((child) => styled(child, palette)) }),
    };
  }
  const colour = palette.classes[item.class];
  return {
    ...shown,
    itemStyle: { color: colour.fill, decal: decalOf(item.class, colour) },
    label: { color: colour.text, textBorderColor: colour.fill, textBorderWidth: 3 },
  };
}

function describe({ name, value, path, class: ofClass, below }: MapItem, whole: number): string {
  const title = path === null || path === '' ? name : path;
  const share: readonly [string, string] = ['share', formatPercent(value, whole)];
  if (ofClass !== undefined && name === ofClass) {
    return tooltipOf(title, [[ofClass, formatBytes(value)], share]);
  }
  const classes = BYTE_CLASSES.filter(({ key }) => below[key] > 0).map(
    ({ key }) => [key, formatBytes(below[key])] as const,
  );
  return tooltipOf(title, [['in all', formatBytes(value)], share, ...classes]);
}
