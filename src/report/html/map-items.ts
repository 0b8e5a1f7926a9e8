/** The rectangles that a map of the volume is drawn of: parts in parts, and in each the bytes of every class. */
import { BYTE_CLASSES, bytesOf, NO_BYTES, type ByteClass } from './classes.ts';
import type { ClassBytes, VolumeNode } from '../model-tree.ts';

export interface MapItem {
  /** The last part of the name, or the class. */
  readonly name: string;
  readonly value: number;
  /** The whole name of the part of the volume that it belongs to; null where that is none, but many small ones. */
  readonly path: string | null;
  readonly below: ClassBytes;
  /** Of a rectangle without others in it. */
  readonly class?: ByteClass;
  /** Of the largest rectangle of a part without a frame: the part that it names. */
  readonly names?: { readonly name: string; readonly value: number };
  readonly children?: readonly MapItem[];
  /** Whether it has a frame with its name. Else its rectangles only stand together. */
  readonly isFramed?: boolean;
}

/** A frame costs room: only a part that is at least so much of the map has one. */
const LEAST_FRAMED = 0.015;

/** What is drawn of a part of the volume: what is in it, the larger ones of that in frames with what is in them. */
export function mapItems(node: VolumeNode): readonly MapItem[] {
  const whole = bytesOf(node.below);
  const parts = node.children.map((child) => {
    const isFramed = child.children.length > 0 && bytesOf(child.below) >= LEAST_FRAMED * whole;
    return isFramed ? framed(child) : cluster(child);
  });
  return [...parts, ...classItems(node, node.own)].filter(({ value }) => value > 0);
}

function framed(node: VolumeNode): MapItem {
  const children = [...node.children.map(cluster), ...classItems(node, node.own)].filter(({ value }) => value > 0);
  return { ...itemOf(node), isFramed: true, children };
}

function cluster(node: VolumeNode): MapItem {
  const [largest, ...others] = classItems(node, node.below).sort((a, b) => b.value - a.value);
  const item = itemOf(node);
  if (largest === undefined) return item;
  const named = { ...largest, names: { name: item.name, value: item.value } };
  return { ...item, children: [named, ...others.filter(({ value }) => value > 0)] };
}

function itemOf(node: VolumeNode): MapItem {
  return { name: node.name, value: bytesOf(node.below), path: pathOf(node), below: node.below };
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
