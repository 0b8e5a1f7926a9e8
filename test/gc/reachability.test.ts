import { expect, test } from 'vitest';
import type { Edges } from '../../src/gc/graph.ts';
import { asEdges } from '../../src/gc/graph.ts';
import { Closure, reach } from '../../src/gc/reachability.ts';

const NODES = 5000;

/** Each node leads to the next, the last to none. */
function chain(): Edges {
  const from = Uint32Array.from({ length: NODES - 1 }, (_, node) => node);
  return asEdges(
    from,
    from.map((node) => node + 1),
    NODES,
  );
}

test('a group begun anew knows nothing of the one before', () => {
  const closure = new Closure(NODES, [chain()]);
  closure.begin();
  closure.add([0]);
  expect([closure.size, closure.has(0), closure.has(NODES - 1)]).toEqual([NODES, true, true]);
  closure.begin();
  closure.add([NODES - 2]);
  expect([...closure.reached]).toEqual([NODES - 2, NODES - 1]);
  expect([closure.has(0), closure.has(NODES - 3), closure.has(NODES - 2)]).toEqual([false, false, true]);
});

test('a root that was added is followed once it is asked for', () => {
  const closure = new Closure(NODES, [chain()]);
  closure.begin();
  closure.addRoot(NODES - 3);
  expect(closure.size).toBe(1);
  closure.expand();
  expect([...closure.reached]).toEqual([NODES - 3, NODES - 2, NODES - 1]);
});

test('what was reached before keeps its level, and is not followed again', () => {
  const level = new Uint8Array(NODES);
  reach(level, [NODES - 2], 1, [chain()]);
  reach(level, [0], 2, [chain()]);
  expect([level[0], level[NODES - 3], level[NODES - 2], level[NODES - 1]]).toEqual([2, 2, 1, 1]);
});
