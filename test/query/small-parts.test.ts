import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutSmallParts } from '../../src/query/small-parts.ts';
import type { VolumeNode } from '../../src/report/model-tree.ts';
import { htmlSample } from '../report/html-sample.ts';

function nodesOf(node: VolumeNode): VolumeNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}

test('a tree that is small enough is left as it is', () => {
  const { tree } = htmlSample(20).overview;
  expect(withoutSmallParts(tree, 100)).toBe(tree);
});

test('what is put together keeps its bytes, and the largest parts stay', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 400 }), fc.integer({ min: 1, max: 120 }), (count, most) => {
      const { tree } = htmlSample(count).overview;
      const small = withoutSmallParts(tree, most);
      const nodes = nodesOf(small);
      for (const { own, below, children } of nodes) {
        const sum = children.reduce((all, child) => all + child.below.kept, own.kept);
        expect(sum).toBe(below.kept);
      }
      expect(small.below).toEqual(tree.below);
      expect(small.repositories).toBe(tree.repositories);
      // Each node that stays has at most one more, of what is left of those below it.
      expect(nodes.length).toBeLessThanOrEqual(2 * most + 1);
    }),
    { numRuns: 50 },
  );
});

test('what is left of many stands last, without a name that could be opened', () => {
  const { tree } = htmlSample(500).overview;
  const rest = withoutSmallParts(tree, 40).children[0]?.children.at(-1);
  expect(rest).toMatchObject({ path: '', isRepository: false, children: [] });
  expect(rest?.name).toMatch(/^\d+ more$/);
});
