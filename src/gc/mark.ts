/**
 * Marking: what is kept, and by what. Roots come in an order that the report counts in: what the mode keeps, then what
 * lies outside `--repo`, then what a doubt holds, then what is young. Whatever a plan does not delete is a root with all
 * that it reaches, so each of these spreads over the whole graph before the next begins.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import {
  BLOB_STORED,
  BLOB_UNTOUCHABLE,
  NONE,
  ROW_UNTOUCHABLE,
  TAG_NAME_ILLEGAL,
  type Inventory,
} from '../inventory/inventory.ts';
import { at, flagAt, type Groups, numberAt } from '../shared/columns.ts';
import type { Edges, Graph } from './graph.ts';
import { Closure, newReachability, reach, type Reachability } from './reachability.ts';

/** Levels, in the order of counting. */
export const UNREFERENCED = 0;
export const REFERENCED = 1;
export const EXCLUDED = 2;
export const DAMAGED = 3;
export const YOUNG = 4;
/** How many there are. */
export const LEVELS = 5;

export interface MarkOptions {
  /** What keeps an image: every revision (and what a tag names now), or only what a tag names now. */
  readonly mode: 'revisions' | 'untagged';
  /** Whether things may be deleted in this repository (`--repo`). */
  readonly isIncluded: (repository: string) => boolean;
  /** One flag a repository: in doubt (`findDoubts`). */
  readonly doubts: Uint8Array;
  /** Epoch milliseconds: what is from then or later is young. `Infinity`: nothing is. */
  readonly youngSince: number;
  /** Called once a repository with the digest ids that its roots of level `REFERENCED` reach. */
  readonly observe?: (repository: number, reached: readonly DigestId[]) => void;
}

export interface Marking extends Reachability {
  /** Of each repository: 0, or the level at which all of it is held (`EXCLUDED`, `DAMAGED`). */
  readonly held: Uint8Array;
  /** Of each revision row: 0 (it goes), or the level at which it is kept. */
  readonly revision: Uint8Array;
  /** Of each layer link row: 0 (nothing in this repository needs it), or the level at which it is kept. */
  readonly layerLink: Uint8Array;
  /**
   * Of each digest the newest time of the blob and of the links to it, epoch milliseconds; NaN where none is known. What a
   * young document names, or a young alias stands for, is as young as that.
   */
  readonly newest: Float64Array;
}

/** Marks an inventory. Linear in its rows and references. */
export function mark(inventory: Inventory, graph: Graph, options: MarkOptions): Marking {
  const held = heldRepositories(inventory, options);
  const newest = newestTimes(inventory);
  spreadYouth(newest, options.youngSince, graph.references);
  const reached = newReachability(graph.nodes);
  const edges = [graph.references, graph.referrers];
  reach(reached, modeRoots(inventory, options.mode), REFERENCED, edges);
  for (const level of [EXCLUDED, DAMAGED]) reach(reached, heldRoots(inventory, held, level), level, edges);
  reach(reached, untouchableRoots(inventory, reached.level), DAMAGED, edges);
  reach(reached, youngRoots(inventory, reached.level, newest, options.youngSince), YOUNG, edges);
  const marking: Marking = {
    ...reached,
    held,
    newest,
    revision: new Uint8Array(inventory.revisions.digest.length),
    layerLink: new Uint8Array(inventory.layerLinks.digest.length),
  };
  markRepositories(inventory, graph, options, marking);
  return marking;
}

function heldRepositories(inventory: Inventory, options: MarkOptions): Uint8Array {
  const held = new Uint8Array(inventory.repositories.length);
  for (const [id, repository] of inventory.repositories.entries()) {
    if (!options.isIncluded(repository.name)) held[id] = EXCLUDED;
    else if (options.doubts[id] === 1 || !repository.deletable) held[id] = DAMAGED;
  }
  return held;
}

function newestTimes(inventory: Inventory): Float64Array {
  const newest = inventory.blobs.time.slice();
  const take = (digest: Uint32Array, time: Float64Array): void => {
    for (let row = 0; row < digest.length; row++) {
      const id = at(digest, row);
      const known = numberAt(newest, id);
      const linked = numberAt(time, row);
      if (Number.isNaN(known) || linked > known) newest[id] = linked;
    }
  };
  take(inventory.revisions.digest, inventory.revisions.time);
  take(inventory.layerLinks.digest, inventory.layerLinks.time);
  take(inventory.tagIndexEntries.digest, inventory.tagIndexEntries.time);
  take(inventory.signatureLinks.digest, inventory.signatureLinks.time);
  return newest;
}

/** From the newest on, so that each node is reached once, with the newest time that it can get. */
function spreadYouth(newest: Float64Array, since: number, { start, target }: Edges): void {
  const queue: number[] = [];
  for (let id = 0; id < newest.length; id++) if (numberAt(newest, id) >= since) queue.push(id);
  queue.sort((a, b) => numberAt(newest, b) - numberAt(newest, a));
  const seen = new Uint8Array(newest.length);
  for (const root of queue) {
    const time = numberAt(newest, root);
    const stack = [root];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (seen[node] === 1) continue;
      seen[node] = 1;
      newest[node] = time;
      for (let edge = at(start, node); edge < at(start, node + 1); edge++) stack.push(at(target, edge));
    }
  }
}

function modeRoots({ tags, revisions }: Inventory, mode: MarkOptions['mode']): readonly DigestId[] {
  const roots: DigestId[] = [];
  for (let tag = 0; tag < tags.current.length; tag++) {
    if (at(tags.current, tag) !== NONE) roots.push(at(tags.current, tag));
  }
  if (mode !== 'revisions') return roots;
  for (let row = 0; row < revisions.digest.length; row++) roots.push(at(revisions.digest, row));
  return roots;
}

/** All that the repositories held at `level` name in any way. */
function heldRoots(inventory: Inventory, held: Uint8Array, level: number): readonly DigestId[] {
  const roots: DigestId[] = [];
  if (!held.includes(level)) return roots;
  const { revisions, layerLinks, tagIndexEntries: entries, tags } = inventory;
  for (let row = 0; row < revisions.digest.length; row++) {
    if (held[at(revisions.repository, row)] === level) roots.push(at(revisions.digest, row));
  }
  for (let row = 0; row < layerLinks.digest.length; row++) {
    if (held[at(layerLinks.repository, row)] === level) roots.push(at(layerLinks.digest, row));
  }
  for (let row = 0; row < entries.digest.length; row++) {
    if (held[at(tags.repository, at(entries.tag, row))] === level) roots.push(at(entries.digest, row));
  }
  return roots;
}

/** What is never deleted because of where it lies: behind a symbolic link, under a name that the layout does not know. */
function untouchableRoots(inventory: Inventory, level: Uint8Array): readonly DigestId[] {
  const { revisions, layerLinks, blobs, tags } = inventory;
  const roots: DigestId[] = [];
  for (let row = 0; row < revisions.digest.length; row++) {
    if ((flagAt(revisions.flags, row) & ROW_UNTOUCHABLE) !== 0) roots.push(at(revisions.digest, row));
  }
  for (let row = 0; row < layerLinks.digest.length; row++) {
    if ((flagAt(layerLinks.flags, row) & ROW_UNTOUCHABLE) !== 0) roots.push(at(layerLinks.digest, row));
  }
  for (let tag = 0; tag < tags.flags.length; tag++) addEntriesOfKeptTag(inventory, tag, roots);
  const both = BLOB_STORED | BLOB_UNTOUCHABLE;
  for (let id = 0; id < level.length; id++) {
    if (flagAt(level, id) === UNREFERENCED && (flagAt(blobs.flags, id) & both) === both) roots.push(id);
  }
  return roots;
}

/** The history of those among the tags that are never deleted. */
function entriesOfTags(inventory: Inventory, tags: Uint32Array): readonly DigestId[] {
  const roots: DigestId[] = [];
  for (const tag of tags) addEntriesOfKeptTag(inventory, tag, roots);
  return roots;
}

function addEntriesOfKeptTag({ tags, tagIndexEntries }: Inventory, tag: number, roots: DigestId[]): void {
  if (!isKeptTag(flagAt(tags.flags, tag))) return;
  for (const row of rowsOf(tagIndexEntries.byTag, tag)) roots.push(at(tagIndexEntries.digest, row));
}

/** Whether a tag with these flags is never deleted, nor anything in it: because of where it lies, or of its name. */
export function isKeptTag(flags: number): boolean {
  return (flags & (ROW_UNTOUCHABLE | TAG_NAME_ILLEGAL)) !== 0;
}

function youngRoots(inventory: Inventory, level: Uint8Array, newest: Float64Array, since: number): readonly DigestId[] {
  const roots: DigestId[] = [];
  for (let id = 0; id < level.length; id++) {
    const stored = (flagAt(inventory.blobs.flags, id) & BLOB_STORED) !== 0;
    if (stored && flagAt(level, id) === UNREFERENCED && numberAt(newest, id) >= since) roots.push(id);
  }
  return roots;
}

/** Which revisions and layer links of each repository are kept. A revision may go where its blob stays, never the reverse. */
function markRepositories(inventory: Inventory, graph: Graph, options: MarkOptions, marking: Marking): void {
  const closure = new Closure(graph.nodes, [graph.references]);
  const subjects = subjectOf(inventory);
  const aliased = aliasTargets(inventory);
  for (let id = 0; id < inventory.repositories.length; id++) {
    const revisions = rowsOf(inventory.revisions.byRepository, id);
    const links = rowsOf(inventory.layerLinks.byRepository, id);
    const keep = (level: number): void => keepRows(inventory, marking, closure, { revisions, links, aliased }, level);
    closure.begin();
    addModeRoots(closure, inventory, id, options.mode, subjects, marking);
    options.observe?.(id, closure.reached);
    keep(REFERENCED);
    const held = flagAt(marking.held, id);
    if (held !== 0) {
      for (const row of revisions) if (marking.revision[row] === 0) marking.revision[row] = held;
      for (const row of links) if (marking.layerLink[row] === 0) marking.layerLink[row] = held;
      continue;
    }
    closure.add(untouchableRows(inventory, revisions));
    closure.add(entriesOfTags(inventory, rowsOf(inventory.tags.byRepository, id)));
    closure.add(referrersOf(inventory, revisions, subjects, marking, (level) => level !== UNREFERENCED));
    keep(DAMAGED);
    closure.add(youngRows(inventory, revisions, marking.newest, options.youngSince));
    keep(YOUNG);
    keepLinksByThemselves(inventory, marking, links, options.youngSince);
  }
}

/** Adds what the mode keeps in a repository: its roots, and the referrers of what is kept anywhere. */
export function addModeRoots(
  closure: Closure,
  inventory: Inventory,
  repository: number,
  mode: MarkOptions['mode'],
  subjects: ReadonlyMap<DigestId, DigestId>,
  marking: Reachability,
): void {
  closure.add(modeRootsOf(inventory, repository, mode));
  const revisions = rowsOf(inventory.revisions.byRepository, repository);
  closure.add(referrersOf(inventory, revisions, subjects, marking, (level) => level === REFERENCED));
}

interface RepositoryRows {
  readonly revisions: Uint32Array;
  readonly links: Uint32Array;
  readonly aliased: ReadonlyMap<DigestId, readonly DigestId[]>;
}

function keepRows(inventory: Inventory, marking: Marking, closure: Closure, rows: RepositoryRows, level: number): void {
  for (const row of rows.revisions) {
    if (marking.revision[row] === 0 && closure.has(at(inventory.revisions.digest, row))) marking.revision[row] = level;
  }
  for (const row of rows.links) {
    if (marking.layerLink[row] !== 0) continue;
    const id = at(inventory.layerLinks.digest, row);
    // An alias stays with the blob that it stands for: the registry reads the one through the other.
    const twin = rows.aliased.get(id)?.some((target) => closure.has(target)) ?? false;
    if (twin || closure.has(id)) marking.layerLink[row] = level;
  }
}

function keepLinksByThemselves(inventory: Inventory, marking: Marking, links: Uint32Array, since: number): void {
  for (const row of links) {
    if (marking.layerLink[row] !== 0) continue;
    if ((flagAt(inventory.layerLinks.flags, row) & ROW_UNTOUCHABLE) !== 0) marking.layerLink[row] = DAMAGED;
    else if (numberAt(marking.newest, at(inventory.layerLinks.digest, row)) >= since) marking.layerLink[row] = YOUNG;
  }
}

function modeRootsOf(inventory: Inventory, repository: number, mode: MarkOptions['mode']): readonly DigestId[] {
  const roots: DigestId[] = [];
  for (const row of rowsOf(inventory.tags.byRepository, repository)) {
    const current = at(inventory.tags.current, row);
    if (current !== NONE) roots.push(current);
  }
  if (mode !== 'revisions') return roots;
  for (const row of rowsOf(inventory.revisions.byRepository, repository)) {
    roots.push(at(inventory.revisions.digest, row));
  }
  return roots;
}

/** Revisions of a repository whose subject is kept at a level that `counts`, here or in any other repository. */
function referrersOf(
  inventory: Inventory,
  revisions: Uint32Array,
  subjects: ReadonlyMap<DigestId, DigestId>,
  marking: Reachability,
  counts: (level: number) => boolean,
): readonly DigestId[] {
  const roots: DigestId[] = [];
  if (subjects.size === 0) return roots;
  for (const row of revisions) {
    const id = at(inventory.revisions.digest, row);
    const subject = subjects.get(id);
    if (subject !== undefined && counts(flagAt(marking.level, subject))) roots.push(id);
  }
  return roots;
}

function untouchableRows(inventory: Inventory, revisions: Uint32Array): readonly DigestId[] {
  const roots: DigestId[] = [];
  for (const row of revisions) {
    if ((flagAt(inventory.revisions.flags, row) & ROW_UNTOUCHABLE) !== 0)
      roots.push(at(inventory.revisions.digest, row));
  }
  return roots;
}

function youngRows(
  inventory: Inventory,
  revisions: Uint32Array,
  newest: Float64Array,
  since: number,
): readonly DigestId[] {
  const roots: DigestId[] = [];
  for (const row of revisions) {
    const id = at(inventory.revisions.digest, row);
    if (numberAt(newest, id) >= since) roots.push(id);
  }
  return roots;
}

/** Of each manifest with a `subject`: what that is. */
export function subjectOf(inventory: Inventory): ReadonlyMap<DigestId, DigestId> {
  const subjects = new Map<DigestId, DigestId>();
  const { digest, subject } = inventory.manifests;
  for (let m = 0; m < digest.length; m++) {
    if (at(subject, m) !== NONE) subjects.set(at(digest, m), at(subject, m));
  }
  return subjects;
}

/** Of each digest that stands for another: what it stands for. */
function aliasTargets(inventory: Inventory): ReadonlyMap<DigestId, readonly DigestId[]> {
  const targets = new Map<DigestId, DigestId[]>();
  for (const { from, to } of inventory.aliases) {
    const known = targets.get(from);
    if (known === undefined) targets.set(from, [to]);
    else known.push(to);
  }
  return targets;
}

/** The rows of one owner: a view. */
export function rowsOf(groups: Groups, owner: number): Uint32Array {
  return groups.order.subarray(at(groups.start, owner), at(groups.start, owner + 1));
}
