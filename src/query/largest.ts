import type { VolumeNode } from '../report/model-tree.ts';
import { compareText } from '../shared/problem.ts';

export interface Largest {
  readonly volume: VolumeNode;
  /** How many nodes were left out. */
  readonly left: number;
}

/**
 * A tree with only the `top` largest of all nodes below the volume, each with those above it; siblings the largest first, equals
 * by name. A node is as large as what it reaches and what would go of it, so never larger than the one above.
 */
export function largestNodes(volume: VolumeNode, top: number): Largest {
  const all: Placed[] = [];
  const open: Placed[] = [{ node: volume, depth: 0 }];
  for (let placed = open.pop(); placed !== undefined; placed = open.pop()) {
    const depth = placed.depth + 1;
    for (const node of placed.node.children) {
      all.push({ node, depth });
      open.push({ node, depth });
    }
  }
  // Of those that are as large as the one above them that one comes first.
  const sorted = all.sort((a, b) => largestFirst(a.node, b.node) || a.depth - b.depth || byName(a.node, b.node));
  const chosen = new Set(sorted.slice(0, top).map(({ node }) => node));
  return { volume: onlyChosen(volume, chosen), left: all.length - chosen.size };
}

interface Placed {
  readonly node: VolumeNode;
  readonly depth: number;
}

function onlyChosen(node: VolumeNode, chosen: ReadonlySet<VolumeNode>): VolumeNode {
  const children = node.children.filter((child) => chosen.has(child)).map((child) => onlyChosen(child, chosen));
  return { ...node, children: children.sort((a, b) => largestFirst(a, b) || byName(a, b)) };
}

function largestFirst(a: VolumeNode, b: VolumeNode): number {
  return b.bytes + b.reclaimableBytes - (a.bytes + a.reclaimableBytes);
}

function byName(a: VolumeNode, b: VolumeNode): number {
  return compareText(a.path, b.path);
}
