/**
 * What points to what, over digest ids: every descriptor of every manifest, every link whose path and content
 * disagree, and what signs a schema 1 manifest. Reachability runs over blobs, not over links: an index keeps its
 * children wherever they lie.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import { NONE, type Inventory } from '../inventory/inventory.ts';
import { at, Column, flagAt, groupRows, startsOf } from '../shared/columns.ts';

/** Edges of node `n`: target[start[n]] … target[start[n + 1] - 1]. */
export interface Edges {
  readonly start: Uint32Array;
  readonly target: Uint32Array;
}

export interface Graph {
  readonly nodes: number;
  /** A node keeps these. */
  readonly references: Edges;
  /**
   * A node that is kept keeps these too, in the repositories where they are revisions: the manifests whose `subject` it
   * is (OCI image-spec, manifest.md, "subject").
   */
  readonly referrers: Edges;
}

/** The graph of an inventory. Linear in its references. */
export function buildGraph(inventory: Inventory): Graph {
  const nodes = inventory.digests.size;
  return { nodes, references: buildReferences(inventory, nodes), referrers: buildReferrers(inventory, nodes) };
}

/** The graph with more referrers: of each pair the subject, and what stays with it. */
export function withReferrers(graph: Graph, pairs: readonly (readonly [DigestId, DigestId])[]): Graph {
  if (pairs.length === 0) return graph;
  const { target } = graph.referrers;
  const known = target.length;
  const from = new Uint32Array(known + pairs.length);
  const to = new Uint32Array(known + pairs.length);
  from.set(sourcesOf(graph.referrers, graph.nodes));
  to.set(target);
  for (const [index, [subject, referrer]] of pairs.entries()) {
    from[known + index] = subject;
    to[known + index] = referrer;
  }
  return { ...graph, referrers: asEdges(from, to, graph.nodes) };
}

/** What a manifest names, and what a link that disagrees with its path leads to. */
export function* namedBy({ references: { start, target } }: Graph, id: DigestId): Iterable<DigestId> {
  for (let edge = at(start, id); edge < at(start, id + 1); edge++) {
    if (at(target, edge) !== id) yield at(target, edge);
  }
}

/** Backwards: of each digest the manifests that refer to it in one of these ways (`CHILD`, …). */
export function holdersOf({ manifests, digests }: Inventory, kinds: readonly number[]): Edges {
  const { digest, referenceStart, referenceTarget, referenceKind } = manifests;
  const from: DigestId[] = [];
  const to: DigestId[] = [];
  for (let m = 0; m < digest.length; m++) {
    for (let edge = at(referenceStart, m); edge < at(referenceStart, m + 1); edge++) {
      if (!kinds.includes(flagAt(referenceKind, edge))) continue;
      from.push(at(referenceTarget, edge));
      to.push(at(digest, m));
    }
  }
  return asEdges(Uint32Array.from(from), Uint32Array.from(to), digests.size);
}

function buildReferences(inventory: Inventory, nodes: number): Edges {
  const { digest, referenceStart, referenceTarget } = inventory.manifests;
  const { signatureLinks, revisions, aliases } = inventory;
  const count = new Uint32Array(nodes);
  const add = (id: DigestId, edges: number): void => void (count[id] = at(count, id) + edges);
  for (let m = 0; m < digest.length; m++) add(at(digest, m), at(referenceStart, m + 1) - at(referenceStart, m));
  for (const { from } of aliases) add(from, 1);
  for (const revision of signatureLinks.revision) add(at(revisions.digest, revision), 1);
  const start = startsOf(count);
  const target = new Uint32Array(at(start, nodes));
  // From here on it counts what is yet to come of each node.
  const place = (id: DigestId, edges: number): number => {
    const left = at(count, id);
    count[id] = left - edges;
    return at(start, id + 1) - left;
  };
  for (let m = 0; m < digest.length; m++) {
    const [from, until] = [at(referenceStart, m), at(referenceStart, m + 1)];
    let to = place(at(digest, m), until - from);
    for (let edge = from; edge < until; edge++) target[to++] = at(referenceTarget, edge);
  }
  for (const { from, to } of aliases) target[place(from, 1)] = to;
  // What signs a manifest is kept for as long as that is.
  for (let row = 0; row < signatureLinks.digest.length; row++) {
    const signed = at(revisions.digest, at(signatureLinks.revision, row));
    target[place(signed, 1)] = at(signatureLinks.digest, row);
  }
  return { start, target };
}

function buildReferrers(inventory: Inventory, nodes: number): Edges {
  const isRevision = new Uint8Array(nodes);
  for (const id of inventory.revisions.digest) isRevision[id] = 1;
  const from: DigestId[] = [];
  const to: DigestId[] = [];
  const { digest, subject } = inventory.manifests;
  for (let m = 0; m < digest.length; m++) {
    const about = at(subject, m);
    const referrer = at(digest, m);
    if (about === NONE || isRevision[referrer] !== 1) continue;
    from.push(about);
    to.push(referrer);
  }
  return asEdges(Uint32Array.from(from), Uint32Array.from(to), nodes);
}

/** Of pairs, row by row: edges that lead from the first to the second. */
export function asEdges(from: Uint32Array, to: Uint32Array, nodes: number): Edges {
  const groups = groupRows(from, nodes);
  return { start: groups.start, target: groups.order.map((row) => at(to, row)) };
}

/** The same edges from their ends to their beginnings. */
export function reversed(edges: Edges, nodes: number): Edges {
  return asEdges(edges.target, sourcesOf(edges, nodes), nodes);
}

/** Of each edge the node that it leads from. */
function sourcesOf({ start, target }: Edges, nodes: number): Uint32Array {
  const from = new Uint32Array(target.length);
  for (let node = 0; node < nodes; node++) from.fill(node, at(start, node), at(start, node + 1));
  return from;
}

/** The edges but for those that lead to a node with a flag. */
export function edgesWithout({ start, target }: Edges, nodes: number, flags: Uint8Array): Edges {
  const from = new Column(Uint32Array);
  const to = new Column(Uint32Array);
  for (let node = 0; node < nodes; node++) {
    for (let edge = at(start, node); edge < at(start, node + 1); edge++) {
      if (flagAt(flags, at(target, edge)) === 1) continue;
      from.push(node);
      to.push(at(target, edge));
    }
  }
  return asEdges(from.view(), to.view(), nodes);
}
