/** Puts the small parts of a volume together, so that a picture of ten thousand repositories is no larger than it can show. */
import type { ClassBytes, VolumeNode } from '../report/model-tree.ts';
import { totalOf } from './volume-tree.ts';

/**
 * The tree with no more than its `most` largest nodes. What is left of a node's children stands last among them as one, named
 * `N more`, without a path: its bytes are those that are counted at or below it, for what they reach as a whole is not told.
 */
export function withoutSmallParts(tree: VolumeNode, most: number): VolumeNode {
  const nodes: VolumeNode[] = [];
  const open = [tree];
  // A node comes before those below it, and has at least as much: so where it is left out, they are.
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    nodes.push(node);
    open.push(...node.children);
  }
  if (nodes.length <= most) return tree;
  const largest = nodes.map((node) => ({ node, bytes: totalOf(node.below) })).sort((a, b) => b.bytes - a.bytes);
  return cut(tree, new Set(largest.slice(0, most).map(({ node }) => node)));
}

function cut(node: VolumeNode, shown: ReadonlySet<VolumeNode>): VolumeNode {
  const kept = node.children.filter((child) => shown.has(child)).map((child) => cut(child, shown));
  const small = node.children.filter((child) => !shown.has(child));
  const [only] = small;
  if (only === undefined) return { ...node, children: kept };
  const rest = small.length === 1 ? { ...only, own: only.below, children: [] } : together(small);
  return { ...node, children: [...kept, rest] };
}

function together(nodes: readonly VolumeNode[]): VolumeNode {
  const sum = (value: (node: VolumeNode) => number): number => nodes.reduce((all, node) => all + value(node), 0);
  const below: ClassBytes = {
    kept: sum((node) => node.below.kept),
    shared: sum((node) => node.below.shared),
    untagged: sum((node) => node.below.untagged),
    orphaned: sum((node) => node.below.orphaned),
    held: sum((node) => node.below.held),
  };
  const bytes = below.kept + below.shared + below.untagged;
  return {
    name: `${nodes.length} more`,
    path: '',
    isRepository: false,
    repositories: sum(({ repositories }) => repositories),
    tags: sum(({ tags }) => tags),
    bytes,
    exclusiveBytes: bytes,
    sharedBytes: 0,
    reclaimableBytes: below.orphaned,
    own: below,
    below,
    children: [],
  };
}
