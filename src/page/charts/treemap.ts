/** The volume as a map: areas are bytes, colours and patterns say what becomes of them. */
import { BYTE_CLASSES, bytesOf, type ByteClass } from '../../report/html/classes.ts';
import { escapeTerminal } from '../../report/escape.ts';
import { formatBytes, formatPercent } from '../../report/format.ts';
import { mapItems, type MapItem } from '../../report/html/map-items.ts';
import type { VolumeNode } from '../../report/model-tree.ts';
import { decalOf } from './decals.ts';
import type { Palette } from './palette.ts';
import { tooltipOf, tooltipStyle } from './tooltip.ts';

export type { MapItem };

type Option = Readonly<Record<string, unknown>>;

/** Pixels of the line that names a frame. */
const HEAD = 20;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where a rectangle is too small for its label, that would be a letter or two. */
const LEAST_LABELLED: Size = { width: 46, height: 22 };

/** There is no other way to leave a single label out. */
const OUTSIDE = { x: -10_000 };

function hasRoom({ width, height }: Size): boolean {
  return width >= LEAST_LABELLED.width && height >= LEAST_LABELLED.height;
}

/** The chart of a part of the volume. What is clicked is a `MapItem`. */
export function treemapOption(root: VolumeNode, palette: Palette): Option {
  const whole = bytesOf(root.below);
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
        visibleMin: 1,
        childrenVisibleMin: 1,
        labelLayout: ({ rect }: { readonly rect: Size }) => (hasRoom(rect) ? {} : OUTSIDE),
        levels: [{ itemStyle: { borderColor: palette.ground, borderWidth: 0, gapWidth: 3 } }],
      },
    ],
  };
}

function styled(item: MapItem, palette: Palette): Option {
  const { children = [], ...shown } = item;
  if (item.class !== undefined) return { ...shown, ...styledClass(item, item.class, palette) };
  const inside = children.map((child) => styled(child, palette));
  if (item.isFramed === true) return { ...shown, children: inside, ...styledFrame(palette) };
  return { ...shown, children: inside, itemStyle: { borderColor: palette.ground, borderWidth: 0, gapWidth: 0 } };
}

function styledFrame({ raised, text, font }: Palette): Option {
  return {
    itemStyle: { color: raised, borderColor: raised, borderWidth: 3, gapWidth: 2 },
    upperLabel: {
      show: true,
      height: HEAD,
      color: text,
      padding: [0, 4],
      overflow: 'truncate',
      fontFamily: font,
      fontSize: 12,
      fontWeight: 600,
      formatter: ({ data }: { readonly data: MapItem }) => `${escapeTerminal(data.name)}  ${formatBytes(data.value)}`,
    },
  };
}

function styledClass({ names }: MapItem, key: ByteClass, palette: Palette): Option {
  const colour = palette.classes[key];
  return {
    itemStyle: { color: colour.fill, decal: decalOf(key, colour), borderWidth: 0 },
    label: {
      position: [5, 4],
      // What it is moved by, at the other sides: it is cut before the edge.
      padding: [0, 9, 7, 0],
      overflow: 'truncate',
      fontFamily: palette.font,
      fontSize: 12,
      lineHeight: 16,
      color: colour.text,
      textBorderColor: colour.fill,
      textBorderWidth: 3,
      formatter: ({ data }: { readonly data: MapItem }) => {
        const { name, value } = names ?? data;
        return `${escapeTerminal(name)}\n${formatBytes(value)}`;
      },
    },
  };
}

function describe({ value, path, name, class: key, names, below, isFramed }: MapItem, whole: number): string {
  const title = path ?? names?.name ?? name;
  const share = formatPercent(value, whole);
  if (key !== undefined && isFramed !== true) {
    return tooltipOf(title === '' ? 'used by several of these' : title, [
      [key, formatBytes(value)],
      ['share of the map', share],
    ]);
  }
  const classes = BYTE_CLASSES.filter(({ key: one }) => below[one] > 0).map(
    ({ key: one }) => [one, formatBytes(below[one])] as const,
  );
  return tooltipOf(title, [['in all', formatBytes(value)], ['share of the map', share], ...classes]);
}
