/** The rectangles that a map of the volume is drawn of: parts within parts, and in each the bytes of every class. */
import { BYTE_CLASSES, bytesOf, NO_BYTES, type ByteClass } from './classes.ts';
import type { ClassBytes, VolumeNode } from '../model-tree.ts';

export interface MapItem {
  /** The last part of the name, or the class. */
  readonly name: string;
  readonly value: number;
  /** The whole name of the part of the volume that it belongs to; null where that is none, but many small ones. */
  readonly path: string | null;
  /** Absent where it has several, which stand in it. */
  readonly class?: ByteClass;
  readonly below: ClassBytes;
  readonly children?: readonly MapItem[];
}

/** Parts within parts that are drawn at once. */
const LEVELS_SHOWN = 3;

/** What is drawn of a part of the volume: the parts in it, and what belongs to none of them. */
export function mapItems(node: VolumeNode, levels = LEVELS_SHOWN): readonly MapItem[] {
  const parts = levels > 1 ? node.children.map((child) => itemOf(child, levels - 1)) : [];
  const own = levels > 1 ? node.own : node.below;
  return [...parts, ...classItems(node, own)].filter(({ value }) => value > 0);
}

function itemOf(node: VolumeNode, levels: number): MapItem {
  const shown = { name: node.name, value: bytesOf(node.below), path: pathOf(node), below: node.below };
  const children = mapItems(node, levels);
  const [only] = children;
  // A frame around one rectangle says nothing.
  if (children.length === 1 && only?.class !== undefined) return { ...shown, class: only.class };
  return { ...shown, children };
}

function pathOf({ path, isRepository, children }: VolumeNode): string | null {
  return path === '' && !isRepository && children.length === 0 ? null : path;
}

function classItems(node: VolumeNode, classes: ClassBytes): MapItem[] {
  return BYTE_CLASSES.map(({ key }) => ({
    name: key,
    value: classes[key],
    path: pathOf(node),
    class: key,
    below: { ...NO_BYTES, [key]: classes[key] },
  }));
}
