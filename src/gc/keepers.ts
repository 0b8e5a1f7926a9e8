/**
 * What alone keeps things: dominators over namespaces, repositories, tags, revisions and all that these reach. What hangs
 * below one in the tree goes with it, so its retained size is the sum over that.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STORED, NONE, type Inventory } from '../inventory/inventory.ts';
import { at, Column, flagAt, numberAt, rowsOf } from '../shared/columns.ts';
import { addTo } from '../shared/lists.ts';
import { dominatorTree, sumsBelow, type DominatorTree } from './dominators.ts';
import { known } from './figures.ts';
import { asEdges, edgesWithout, type Edges, type Graph } from './graph.ts';
import type { Roots } from './roots.ts';

export interface Keeper {
  readonly kind: 'namespace' | 'repository' | 'revision' | 'tag' | 'digest';
  /** In the table of its kind; of a namespace its place in `Keepers.namespaces`. */
  readonly row: number;
  /** Apparent bytes of what would go with it. */
  readonly bytes: number;
}

export class Keepers {
  /** Names that repositories lie below, by name. */
  readonly namespaces: readonly string[];
  private readonly tree: DominatorTree;
  private readonly bytes: Float64Array;
  /** Where each kind begins in the numbers of the tree, which begin with the digests. */
  private readonly starts: readonly (readonly [Keeper['kind'], number])[];

  /** `roots`: as `ownRoots` gives them. Linear in the references, nearly. */
  constructor(inventory: Inventory, graph: Graph, roots: Roots) {
    this.namespaces = namespacesOf(inventory);
    const kinds = [
      ['digest', graph.nodes],
      ['tag', inventory.tags.current.length],
      ['revision', inventory.revisions.digest.length],
      ['repository', inventory.repositories.length],
      ['namespace', this.namespaces.length],
    ] as const;
    let nodes = 0;
    this.starts = kinds.map(([kind, count]) => {
      const start = nodes;
      nodes += count;
      return [kind, start] as const;
    });
    const links = new LinkEdges((kind, row) => this.nodeOf(kind, row));
    const tops = links.addNamespaces(inventory, this.namespaces);
    for (let repository = 0; repository < inventory.repositories.length; repository++) {
      links.addRepository(inventory, roots, repository);
    }
    const referrers = withoutOwn(inventory, graph, roots);
    const edges = [links.edges(nodes), padded(graph.references, nodes), padded(referrers, nodes)];
    this.tree = dominatorTree(nodes, tops, edges);
    const { flags, bytes } = inventory.blobs;
    this.bytes = sumsBelow(this.tree, (node) => {
      if (node >= graph.nodes || (flagAt(flags, node) & BLOB_STORED) === 0) return 0;
      return known(numberAt(bytes, node));
    });
  }

  /** Apparent bytes of what would go if just that went. */
  bytesOf(kind: Keeper['kind'], row: number): number {
    return numberAt(this.bytes, this.nodeOf(kind, row));
  }

  /** All that alone keep a digest, itself left out: from the repository, or a namespace of it, to the nearest. */
  of(id: DigestId): readonly Keeper[] {
    const keepers: Keeper[] = [];
    for (let node = at(this.tree.parent, id); node >= 0; node = at(this.tree.parent, node)) {
      const [kind, start] = this.starts.findLast(([, first]) => first <= node) ?? (['digest', 0] as const);
      keepers.push({ kind, row: node - start, bytes: numberAt(this.bytes, node) });
    }
    return keepers.reverse();
  }

  private nodeOf(kind: Keeper['kind'], row: number): number {
    const start = this.starts.find(([one]) => one === kind)?.[1] ?? 0;
    return start + row;
  }
}

function namespacesOf({ repositories }: Inventory): readonly string[] {
  const names = new Set<string>();
  for (const { name } of repositories) {
    for (let slash = name.indexOf('/'); slash !== -1; slash = name.indexOf('/', slash + 1)) {
      names.add(name.slice(0, slash));
    }
  }
  return [...names].sort();
}

/** The edges above the digests. */
class LinkEdges {
  private readonly from = new Column(Uint32Array);
  private readonly to = new Column(Uint32Array);

  constructor(private readonly nodeOf: (kind: Keeper['kind'], row: number) => number) {}

  /** Returns the nodes that lie in no namespace. */
  addNamespaces({ repositories }: Inventory, namespaces: readonly string[]): readonly number[] {
    const places = new Map(namespaces.map((name, place) => [name, place]));
    const tops: number[] = [];
    const add = (node: number, name: string): void => {
      const parent = places.get(name.slice(0, Math.max(0, name.lastIndexOf('/'))));
      if (parent === undefined) tops.push(node);
      else this.add(this.nodeOf('namespace', parent), node);
    };
    for (const [place, name] of namespaces.entries()) add(this.nodeOf('namespace', place), name);
    // A repository that others lie below goes with them where the namespace of its name goes.
    for (const [row, { name }] of repositories.entries()) {
      const place = places.get(name);
      const node = this.nodeOf('repository', row);
      if (place === undefined) add(node, name);
      else this.add(this.nodeOf('namespace', place), node);
    }
    return tops;
  }

  /**
   * A tag by itself leads to what it names; where several of a repository name a revision of it, that is above them, for it
   * goes with the last of them.
   */
  addRepository(inventory: Inventory, roots: Roots, repository: number): void {
    const { tags, revisions } = inventory;
    const above = this.nodeOf('repository', repository);
    const tagsOf = new Map<DigestId, number[]>();
    for (const tag of rowsOf(tags.byRepository, repository)) {
      if (roots.tags[tag] === 1 && at(tags.current, tag) !== NONE) addTo(tagsOf, at(tags.current, tag), tag);
    }
    for (const row of rowsOf(revisions.byRepository, repository)) {
      const id = at(revisions.digest, row);
      const naming = tagsOf.get(id) ?? [];
      const isShared = naming.length > 1;
      if (roots.revisions[row] !== 1 && !isShared) continue;
      const node = this.nodeOf('revision', row);
      this.add(above, node);
      if (isShared) for (const tag of naming) this.addTag(node, tag, id);
      else this.add(node, id);
      if (isShared) tagsOf.delete(id);
    }
    for (const [id, naming] of tagsOf) for (const tag of naming) this.addTag(above, tag, id);
  }

  edges(nodes: number): Edges {
    return asEdges(this.from.view(), this.to.view(), nodes);
  }

  private addTag(above: number, tag: number, id: DigestId): void {
    const node = this.nodeOf('tag', tag);
    this.add(above, node);
    this.add(node, id);
  }

  private add(from: number, to: number): void {
    this.from.push(from);
    this.to.push(to);
  }
}

/** A referrer that is a root by itself wherever it is a revision needs no subject, and would not go with it. */
function withoutOwn({ revisions }: Inventory, { nodes, referrers }: Graph, roots: Roots): Edges {
  if (referrers.target.length === 0) return referrers;
  const isOwn = new Uint8Array(nodes);
  for (let row = 0; row < revisions.digest.length; row++) {
    if (roots.revisions[row] === 1) isOwn[at(revisions.digest, row)] = 1;
  }
  for (let row = 0; row < revisions.digest.length; row++) {
    if (roots.revisions[row] === 0) isOwn[at(revisions.digest, row)] = 0;
  }
  return edgesWithout(referrers, nodes, isOwn);
}

/** The same edges among more nodes, from which none leads. */
function padded({ start, target }: Edges, nodes: number): Edges {
  const longer = new Uint32Array(nodes + 1).fill(target.length);
  longer.set(start);
  return { start: longer, target };
}
