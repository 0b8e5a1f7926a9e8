/** Namespaces and repositories by their names: `team/app` lies below `team`, whether that is a repository or not. */
import type { Inventory } from '../inventory/inventory.ts';
import { NONE } from '../inventory/inventory.ts';
import { at } from '../shared/columns.ts';
import { compareText } from '../shared/problem.ts';

/** Nodes are numbered so that each comes right before all below it; 0 is the volume. */
export interface NameTree {
  /** The whole name of each; empty for the volume. */
  readonly path: readonly string[];
  /** `NONE` of the volume. */
  readonly parent: Int32Array;
  /** How many parts the name has. */
  readonly depth: Uint32Array;
  /** The repository of that name, or `NONE`. */
  readonly repository: Int32Array;
}

/** The tree of these repositories. Linear in the parts of their names, but for sorting them. */
export function nameTree(repositories: Inventory['repositories']): NameTree {
  // No file name holds NUL, and nothing sorts before it: so all below a name come right after it.
  const sorted = repositories
    .map(({ name }, repository) => ({ repository, name, key: name.replaceAll('/', '\0') }))
    .sort((a, b) => compareText(a.key, b.key));
  const path = [''];
  const parent = [NONE];
  const depth = [0];
  const own = [NONE];
  /** The nodes from the volume down to the last one. */
  let way: readonly number[] = [0];
  for (const { repository, name } of sorted) {
    const open = [0];
    for (const [place, end] of endsOfParts(name).entries()) {
      const prefix = name.slice(0, end);
      const known = way[place + 1];
      if (known !== undefined && path[known] === prefix) {
        open.push(known);
        continue;
      }
      parent.push(open[place] ?? 0);
      depth.push(place + 1);
      own.push(NONE);
      open.push(path.push(prefix) - 1);
    }
    own[open.at(-1) ?? 0] = repository;
    way = open;
  }
  return { path, parent: Int32Array.from(parent), depth: Uint32Array.from(depth), repository: Int32Array.from(own) };
}

/** Where each part of a name ends. */
function endsOfParts(name: string): readonly number[] {
  if (name === '') return [];
  const ends: number[] = [];
  for (let slash = name.indexOf('/'); slash !== -1; slash = name.indexOf('/', slash + 1)) ends.push(slash);
  return [...ends, name.length];
}

/** The lowest node that has both below it, or is one of them. `earlier` is no greater than `later`. */
export function lowestCommon(parent: Int32Array, earlier: number, later: number): number {
  let node = later;
  // Whatever comes before a node, and not before one above it, lies below that one.
  while (node > earlier) node = at(parent, node);
  return node;
}

/** Adds to what each node has by itself what all below it have. */
export function addUpwards(parent: Int32Array, own: Float64Array): Float64Array {
  const sums = own.slice();
  for (let node = sums.length - 1; node > 0; node--) {
    const above = at(parent, node);
    sums[above] = (sums[above] ?? 0) + (sums[node] ?? 0);
  }
  return sums;
}
