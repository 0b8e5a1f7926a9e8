/**
 * Roots that stay for their own sake. Where every revision is a root, so are the platforms of an index and what a tag names:
 * they keep nothing that the tag does not keep, and `rm` of the tag takes them with it. What is left here reaches the same.
 */
import { NONE, type Inventory } from '../inventory/inventory.ts';
import { at, rowsOf } from '../shared/columns.ts';
import { walkDepthFirst } from './depth-first.ts';
import type { Graph } from './graph.ts';
import { Closure } from './reachability.ts';
import type { Roots } from './roots.ts';

/** The roots without revisions that another root of the same repository reaches. In a cycle one is left. */
export function ownRoots(inventory: Inventory, graph: Graph, roots: Roots): Roots {
  const { revisions, tags, repositories } = inventory;
  const own = new Uint8Array(revisions.digest.length);
  if (!roots.revisions.includes(1)) return { ...roots, revisions: own };
  const edges = [graph.references, graph.referrers];
  const { ended } = walkDepthFirst(graph.nodes, revisions.digest, edges);
  const closure = new Closure(graph.nodes, edges);
  for (let repository = 0; repository < repositories.length; repository++) {
    const rows = rowsOf(revisions.byRepository, repository).filter((row) => roots.revisions[row] === 1);
    if (rows.length === 0) continue;
    closure.begin();
    for (const tag of rowsOf(tags.byRepository, repository)) {
      if (roots.tags[tag] === 1 && at(tags.current, tag) !== NONE) closure.addRoot(at(tags.current, tag));
    }
    closure.expand();
    // What ended last is reached by none of the others, so whatever is not reached yet when its turn comes is a root.
    rows.sort((a, b) => at(ended, at(revisions.digest, b)) - at(ended, at(revisions.digest, a)));
    for (const row of rows) {
      const id = at(revisions.digest, row);
      if (closure.has(id)) continue;
      own[row] = 1;
      closure.add([id]);
    }
  }
  return { ...roots, revisions: own };
}
