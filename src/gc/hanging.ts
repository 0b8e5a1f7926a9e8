/**
 * What hangs on things that are to go, each repository by itself: what their manifests name, and the referrers of those.
 * Whether something else keeps it is another question (`taking.ts`). Damage hangs nothing on anything: a manifest that is
 * not what its digest says may name whatever it likes, and a link whose path and content disagree leads nowhere.
 */
import { standInsOf } from '../inventory/aliases.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import { NONE, ROW_UNTOUCHABLE, SOUND, type Inventory } from '../inventory/inventory.ts';
import { at, Column, flagAt, groupRows, rowsOf } from '../shared/columns.ts';
import type { Edges, Graph } from './graph.ts';
import { isKeptTag } from './mark.ts';
import { Closure } from './reachability.ts';
import type { Removal } from './removal-names.ts';

/** Rows that go, one flag each. */
export interface Going {
  readonly tags: Uint8Array;
  readonly revisions: Uint8Array;
}

/** One flag a row, or a digest. */
export interface Hanging {
  /** Revisions that go unless something that stays needs them. */
  readonly revisions: Uint8Array;
  readonly layerLinks: Uint8Array;
  /** History, in tags that stay. */
  readonly tagIndexEntries: Uint8Array;
  /** All that is reached from any repository that loses something, what goes itself among it. */
  readonly digests: Uint8Array;
}

/** What is wanted, once the repositories are known that must lose nothing beside the very thing that is named. */
export interface Wanted extends Removal {
  /** One flag a repository: it is in doubt, and only a revision that dangles goes. */
  readonly alone: Uint8Array;
}

/** The repositories that lose something, by row. */
export function losers(inventory: Inventory, wanted: Removal): readonly number[] {
  const loses = wanted.repositories.slice();
  const { tags, revisions } = inventory;
  for (let row = 0; row < wanted.tags.length; row++) {
    if (wanted.tags[row] === 1) loses[at(tags.repository, row)] = 1;
  }
  for (let row = 0; row < wanted.revisions.length; row++) {
    if (wanted.revisions[row] === 1) loses[at(revisions.repository, row)] = 1;
  }
  const found: number[] = [];
  for (let repository = 0; repository < loses.length; repository++) if (loses[repository] === 1) found.push(repository);
  return found;
}

export function hangingOn(inventory: Inventory, graph: Graph, wanted: Wanted, going: Going): Hanging {
  const { revisions, layerLinks, tagIndexEntries: entries, tags } = inventory;
  const hanging: Hanging = {
    revisions: new Uint8Array(revisions.digest.length),
    layerLinks: new Uint8Array(layerLinks.digest.length),
    tagIndexEntries: new Uint8Array(entries.digest.length),
    digests: new Uint8Array(graph.nodes),
  };
  const closure = new Closure(graph.nodes, [soundReferences(inventory, graph), standIns(inventory), graph.referrers]);
  for (const repository of losers(inventory, wanted)) {
    // Nothing is known of what a missing manifest needs, so nothing hangs on it.
    if (wanted.alone[repository] === 1) continue;
    closure.begin();
    closure.add(seedsOf(inventory, repository, wanted.repositories[repository] === 1, going));
    for (const id of closure.reached) hanging.digests[id] = 1;
    for (const row of rowsOf(revisions.byRepository, repository)) {
      const mayGo = going.revisions[row] === 0 && (flagAt(revisions.flags, row) & ROW_UNTOUCHABLE) === 0;
      if (mayGo && closure.has(at(revisions.digest, row))) hanging.revisions[row] = 1;
    }
    for (const row of rowsOf(layerLinks.byRepository, repository)) {
      if (closure.has(at(layerLinks.digest, row))) hanging.layerLinks[row] = 1;
    }
    for (const tag of rowsOf(tags.byRepository, repository)) {
      if (going.tags[tag] === 1 || isKeptTag(flagAt(tags.flags, tag))) continue;
      for (const row of rowsOf(entries.byTag, tag)) {
        if (closure.has(at(entries.digest, row))) hanging.tagIndexEntries[row] = 1;
      }
    }
  }
  return hanging;
}

/** What goes in a repository; all that it names where it goes whole. */
function* seedsOf(inventory: Inventory, repository: number, whole: boolean, going: Going): Iterable<DigestId> {
  const { revisions, layerLinks, tagIndexEntries: entries, tags } = inventory;
  for (const tag of rowsOf(tags.byRepository, repository)) {
    if (going.tags[tag] !== 1) continue;
    const current = at(tags.current, tag);
    if (current !== NONE) yield current;
    if (!whole) continue;
    for (const row of rowsOf(entries.byTag, tag)) yield at(entries.digest, row);
  }
  for (const row of rowsOf(revisions.byRepository, repository)) {
    if (going.revisions[row] === 1) yield at(revisions.digest, row);
  }
  if (!whole) return;
  for (const row of rowsOf(layerLinks.byRepository, repository)) yield at(layerLinks.digest, row);
}

/** The references of the graph, without those that damage made. */
function soundReferences(inventory: Inventory, { nodes, references }: Graph): Edges {
  const unsound = new Uint8Array(nodes);
  const { digest, health } = inventory.manifests;
  let isSound = true;
  for (let m = 0; m < digest.length; m++) {
    if (flagAt(health, m) === SOUND) continue;
    unsound[at(digest, m)] = 1;
    isSound = false;
  }
  const disagreeing = new Set<string>();
  for (const { from, to } of inventory.aliases) {
    if (inventory.digests.isSha256(from)) disagreeing.add(`${from} ${to}`);
  }
  if (isSound && disagreeing.size === 0) return references;
  const from = new Column(Uint32Array);
  const to = new Column(Uint32Array);
  for (let node = 0; node < nodes; node++) {
    if (unsound[node] === 1) continue;
    for (let edge = at(references.start, node); edge < at(references.start, node + 1); edge++) {
      const target = at(references.target, edge);
      if (disagreeing.size > 0 && disagreeing.has(`${node} ${target}`)) continue;
      from.push(node);
      to.push(target);
    }
  }
  return edgesOf(from, to, nodes);
}

/** From a blob to the digests that stand for it: a stand-in is of no use without it. */
export function standIns(inventory: Inventory): Edges {
  const from = new Column(Uint32Array);
  const to = new Column(Uint32Array);
  for (const [standIn, blob] of standInsOf(inventory)) {
    from.push(blob);
    to.push(standIn);
  }
  return edgesOf(from, to, inventory.digests.size);
}

function edgesOf(from: Column<Uint32Array>, to: Column<Uint32Array>, nodes: number): Edges {
  const { start, order } = groupRows(from.view(), nodes);
  const target = to.view();
  return { start, target: order.map((row) => at(target, row)) };
}
