import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { largestNodes } from '../../src/query/largest.ts';
import type { VolumeNode } from '../../src/report/model-tree.ts';

const NOTHING = { kept: 0, shared: 0, untagged: 0, orphaned: 0, held: 0 };

function node(path: string, bytes: number, children: readonly VolumeNode[] = []): VolumeNode {
  const figures = { repositories: 1, tags: 0, bytes, exclusiveBytes: bytes, sharedBytes: 0, reclaimableBytes: 0 };
  const name = path.split('/').at(-1) ?? '';
  return { name, path, isRepository: true, ...figures, own: NOTHING, below: NOTHING, children };
}

const VOLUME = node('', 100, [
  node('a', 40, [node('a/x', 9), node('a/y', 31, [node('a/y/z', 31)])]),
  node('b', 50, [node('b/c', 10)]),
  node('c', 30),
]);

function pathsOf({ path, children }: VolumeNode): readonly string[] {
  return [path, ...children.flatMap(pathsOf)];
}

test('the largest names stay, with those above them, the largest first', () => {
  const at = (top: number) => pathsOf(largestNodes(VOLUME, top).volume);
  expect(at(1)).toEqual(['', 'b']);
  expect(at(3)).toEqual(['', 'b', 'a', 'a/y']);
  expect(at(5)).toEqual(['', 'b', 'a', 'a/y', 'a/y/z', 'c']);
  expect(largestNodes(VOLUME, 5).left).toBe(2);
  expect(at(99)).toEqual(['', 'b', 'b/c', 'a', 'a/y', 'a/y/z', 'a/x', 'c']);
  expect(largestNodes(VOLUME, 99).left).toBe(0);
});

test('no name is without the one above it, and none that was left out is larger than one that stays', () => {
  const { tree } = fc.letrec<{ tree: VolumeNode; children: VolumeNode[] }>((tie) => ({
    children: fc.oneof({ maxDepth: 3 }, fc.constant<VolumeNode[]>([]), fc.array(tie('tree'), { maxLength: 3 })),
    tree: fc.tuple(fc.nat(5), fc.stringMatching(/^[a-c]$/), tie('children')).map(([more, path, children]) => {
      return node(path, more + children.reduce((most, { bytes }) => Math.max(most, bytes), 0), children);
    }),
  }));
  fc.assert(
    fc.property(tree, fc.nat(12), (volume, top) => {
      const { volume: cut, left } = largestNodes(volume, top);
      const sizes = (of: VolumeNode): readonly number[] => of.children.flatMap((one) => [one.bytes, ...sizes(one)]);
      const [all, shown] = [sizes(volume), sizes(cut)];
      expect(shown).toHaveLength(Math.min(top, all.length));
      expect(left).toBe(all.length - shown.length);
      expect(shown.toSorted((a, b) => b - a)).toEqual(all.toSorted((a, b) => b - a).slice(0, shown.length));
    }),
  );
});
