import type { VolumeNode } from '../report/model-tree.ts';

/** From the volume down to the part of that name, or as far as the tree goes. */
export function wayTo(tree: VolumeNode, path: string): readonly VolumeNode[] {
  const way = [tree];
  for (;;) {
    const next: VolumeNode | undefined = way
      .at(-1)
      ?.children.find((child) => child.path !== '' && (path === child.path || path.startsWith(`${child.path}/`)));
    if (next === undefined) return way;
    way.push(next);
  }
}
