/** Dominators against their definition: without the one the other is not reached. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { dominatorTree, sumsBelow, UNREACHED, VIRTUAL_ROOT } from '../../src/gc/dominators.ts';
import { asEdges, type Edges } from '../../src/gc/graph.ts';

const MOST = 12;
type Pairs = readonly (readonly [number, number])[];

interface Web {
  readonly nodes: number;
  readonly roots: readonly number[];
  readonly lists: readonly Pairs[];
}

/** Any graph: with cycles, edges to itself, the same edge twice, roots that others lead to and that come twice. */
const webs: fc.Arbitrary<Web> = fc.integer({ min: 1, max: MOST }).chain((nodes) => {
  const node = fc.nat(nodes - 1);
  const pairs = fc.array(fc.tuple(node, node), { maxLength: 2 * nodes });
  return fc.record({
    nodes: fc.constant(nodes),
    roots: fc.array(node, { maxLength: 3 }),
    lists: fc.array(pairs, { minLength: 1, maxLength: 3 }),
  });
});

function edgesOf({ nodes, lists }: Web): readonly Edges[] {
  return lists.map((pairs) =>
    asEdges(
      Uint32Array.from(pairs, ([from]) => from),
      Uint32Array.from(pairs, ([, to]) => to),
      nodes,
    ),
  );
}

function reachedWithout({ roots, lists }: Web, without: number): ReadonlySet<number> {
  const reached = new Set(roots.filter((root) => root !== without));
  for (let before = -1; before !== reached.size;) {
    before = reached.size;
    for (const [from, to] of lists.flat()) if (reached.has(from) && to !== without) reached.add(to);
  }
  return reached;
}

/** Of a node all that dominate it, itself left out. */
function dominatorsOf(web: Web, node: number): readonly number[] {
  const all = Array.from({ length: web.nodes }, (_, other) => other);
  return all.filter((other) => other !== node && !reachedWithout(web, other).has(node));
}

test('a node is above another in the tree where the other is not reached without it, and nowhere else', () => {
  fc.assert(
    fc.property(webs, (web) => {
      const { parent, order } = dominatorTree(web.nodes, web.roots, edgesOf(web));
      const reached = reachedWithout(web, -1);
      expect([...order].sort((a, b) => a - b)).toEqual([...reached].sort((a, b) => a - b));
      const seen = new Set<number>();
      for (const node of order) {
        const above: number[] = [];
        for (let up = parent[node] ?? UNREACHED; up !== VIRTUAL_ROOT; up = parent[up] ?? UNREACHED) above.push(up);
        expect(above.toSorted((a, b) => a - b)).toEqual(dominatorsOf(web, node));
        expect(above.every((one) => seen.has(one))).toBe(true);
        seen.add(node);
      }
      for (let node = 0; node < web.nodes; node++) if (!reached.has(node)) expect(parent[node]).toBe(UNREACHED);
    }),
    { numRuns: 2000 },
  );
});

test('a node weighs what is lost with it', () => {
  fc.assert(
    fc.property(webs, (web) => {
      const tree = dominatorTree(web.nodes, web.roots, edgesOf(web));
      const sums = sumsBelow(tree, (node) => 2 ** node);
      const weight = (nodes: Iterable<number>): number => [...nodes].reduce((sum, node) => sum + 2 ** node, 0);
      for (const node of tree.order) {
        expect(sums[node]).toBe(weight(reachedWithout(web, -1)) - weight(reachedWithout(web, node)));
      }
    }),
    { numRuns: 1000 },
  );
});

test('a line of a million nodes, and a million that lead to one, take no stack and little time', () => {
  const nodes = 1_000_000;
  const line = asEdges(
    Uint32Array.from({ length: nodes - 1 }, (_, node) => node),
    Uint32Array.from({ length: nodes - 1 }, (_, node) => node + 1),
    nodes,
  );
  const back = asEdges(
    Uint32Array.from({ length: nodes }, (_, node) => node),
    new Uint32Array(nodes),
    nodes,
  );
  const tree = dominatorTree(nodes, [0], [line, back]);
  expect(tree.parent[nodes - 1]).toBe(nodes - 2);
  expect(sumsBelow(tree, () => 1)[0]).toBe(nodes);
});
