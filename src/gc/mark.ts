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
import { at, flagAt, numberAt, rowsOf } from '../shared/columns.ts';
import { addTo } from '../shared/lists.ts';
import { newestTimes } from './ages.ts';
import type { Graph } from './graph.ts';
import { Closure, newReachability, reach, type Reachability } from './reachability.ts';
import { allRoots, followersOf, rootsOf, type Roots } from './roots.ts';

/** Levels, in the order of counting. */
export const UNREFERENCED = 0;
export const REFERENCED = 1;
export const EXCLUDED = 2;
export const DAMAGED = 3;
export const YOUNG = 4;
/** How many there are. */
export const LEVELS = 5;

export interface MarkOptions {
  /** What keeps an image, repository by repository. */
  readonly roots: Roots;
  /** Whether things may be deleted in this repository (`--repo`). */
  readonly isIncluded: (repository: string) => boolean;
  /** One flag a repository: in doubt (`findDoubts`). */
  readonly doubts: Uint8Array;
  /** Epoch milliseconds: what is from then or later is young. `Infinity`: nothing is. */
  readonly youngSince: number;
  /** As `newestTimes` gives them, where they are at hand. */
  readonly newest?: Float64Array;
  /** Called once a repository with the digest ids that its roots of level `REFERENCED` reach. */
  readonly observe?: (repository: number, reached: readonly DigestId[]) => void;
}

/** What is kept of blobs and tags. */
export interface MarkedBlobs extends Reachability {
  /** Of each repository: 0, or the level at which all of it is held (`EXCLUDED`, `DAMAGED`). */
  readonly held: Uint8Array;
  /** Of each tag row: 0 (it goes), or the level at which it is kept. In the standard modes none goes. */
  readonly tag: Uint8Array;
  /** As `newestTimes` gives them. */
  readonly newest: Float64Array;
}

export interface Marking extends MarkedBlobs {
  /** Of each revision row: 0 (it goes), or the level at which it is kept. */
  readonly revision: Uint8Array;
  /** Of each layer link row: 0 (nothing in this repository needs it), or the level at which it is kept. */
  readonly layerLink: Uint8Array;
}

/** Marks an inventory. Linear in its rows and references. */
export function mark(inventory: Inventory, graph: Graph, options: MarkOptions): Marking {
  const marking: Marking = {
    ...markBlobs(inventory, graph, options),
    revision: new Uint8Array(inventory.revisions.digest.length),
    layerLink: new Uint8Array(inventory.layerLinks.digest.length),
  };
  markRepositories(inventory, graph, options, marking);
  return marking;
}

/** The part of `mark` that needs no look at each repository: which revisions and links go with the blobs is left open. */
export function markBlobs(inventory: Inventory, graph: Graph, options: MarkOptions): MarkedBlobs {
  const held = heldRepositories(inventory, options);
  const newest = options.newest ?? newestTimes(inventory, graph, options.youngSince);
  const reached = newReachability(graph.nodes);
  const edges = [graph.references, graph.referrers];
  reach(reached, allRoots(inventory, options.roots), REFERENCED, edges);
  for (const level of [EXCLUDED, DAMAGED]) reach(reached, heldRoots(inventory, held, level), level, edges);
  reach(reached, untouchableRoots(inventory, reached.level), DAMAGED, edges);
  reach(reached, youngRoots(inventory, reached.level, newest, options.youngSince), YOUNG, edges);
  return { ...reached, held, newest, tag: keptTags(inventory, options.roots, reached.level, held) };
}

function heldRepositories(inventory: Inventory, options: MarkOptions): Uint8Array {
  const held = new Uint8Array(inventory.repositories.length);
  for (const [id, repository] of inventory.repositories.entries()) {
    if (!options.isIncluded(repository.name)) held[id] = EXCLUDED;
    else if (options.doubts[id] === 1 || !repository.deletable) held[id] = DAMAGED;
  }
  return held;
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
  for (let tag = 0; tag < tags.current.length; tag++) {
    const named = at(tags.current, tag);
    if (named !== NONE && held[at(tags.repository, tag)] === level) roots.push(named);
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
    addModeRoots(closure, inventory, id, options.roots, subjects, marking);
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
    const isKept = (level: number): boolean => level !== UNREFERENCED;
    closure.add(referrersOf(inventory, revisions, subjects, marking, isKept));
    closure.add(followersOf(inventory, options.roots, id, marking, isKept));
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
  roots: Roots,
  subjects: ReadonlyMap<DigestId, DigestId>,
  marking: Reachability,
): void {
  closure.add(rootsOf(inventory, roots, repository));
  const revisions = rowsOf(inventory.revisions.byRepository, repository);
  const counts = (level: number): boolean => level === REFERENCED;
  closure.add(referrersOf(inventory, revisions, subjects, marking, counts));
  closure.add(followersOf(inventory, roots, repository, marking, counts));
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

/** A tag that is no root stays where the manifest that it is about does, and in a repository that is held. */
function keptTags({ tags }: Inventory, roots: Roots, level: Uint8Array, held: Uint8Array): Uint8Array {
  const kept = new Uint8Array(tags.current.length);
  for (let tag = 0; tag < kept.length; tag++) {
    const subject = at(roots.subjects, tag);
    if (roots.tags[tag] === 1) kept[tag] = REFERENCED;
    else if (subject !== NONE) kept[tag] = flagAt(level, subject);
    if (kept[tag] === 0) kept[tag] = flagAt(held, at(tags.repository, tag));
  }
  return kept;
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
export function aliasTargets(inventory: Inventory): ReadonlyMap<DigestId, readonly DigestId[]> {
  const targets = new Map<DigestId, DigestId[]>();
  for (const { from, to } of inventory.aliases) addTo(targets, from, to);
  return targets;
}
