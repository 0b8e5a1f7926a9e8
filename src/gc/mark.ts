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
import { markRows } from './mark-rows.ts';
import { reach } from './reachability.ts';
import { allRoots, type Roots } from './roots.ts';

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
  /**
   * Called once a repository with the digest ids that its roots of level `REFERENCED` reach, a view that is good for the call;
   * the first `known` of them are what those of the mode before reach, where two are marked at once.
   */
  readonly observe?: (repository: number, reached: Uint32Array, known: number) => void;
}

/** What is kept of blobs and tags. */
export interface MarkedBlobs {
  /** Of each digest the level at which it is kept; `UNREFERENCED`: it is not. */
  readonly level: Uint8Array;
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
  const marking = withRows(inventory, markBlobs(inventory, graph, options));
  markRows(inventory, graph, [{ options, marking }]);
  return marking;
}

/**
 * Marks in two modes at once. What is a root in the first is one in the second, too, so what it reaches is followed once for
 * both. Tags that are no roots have the same subjects in both.
 */
export function markBoth(
  inventory: Inventory,
  graph: Graph,
  [fewer, more]: readonly [MarkOptions, MarkOptions],
): readonly [Marking, Marking] {
  const first = withRows(inventory, markBlobs(inventory, graph, fewer));
  const second = withRows(inventory, markBlobs(inventory, graph, more, first));
  markRows(inventory, graph, [
    { options: fewer, marking: first },
    { options: more, marking: second },
  ]);
  return [first, second];
}

function withRows({ revisions, layerLinks }: Inventory, blobs: MarkedBlobs): Marking {
  const revision = new Uint8Array(revisions.digest.length);
  return { ...blobs, revision, layerLink: new Uint8Array(layerLinks.digest.length) };
}

/**
 * The part of `mark` that needs no look at each repository: which revisions and links go with the blobs is left open.
 * `fewer`: what it gave for some of the same roots, if that is at hand.
 */
export function markBlobs(inventory: Inventory, graph: Graph, options: MarkOptions, fewer?: MarkedBlobs): MarkedBlobs {
  const held = heldRepositories(inventory, options);
  const newest = options.newest ?? newestTimes(inventory, graph, options.youngSince);
  const level = fewer === undefined ? new Uint8Array(graph.nodes) : onlyReferenced(fewer.level);
  const edges = [graph.references, graph.referrers];
  reach(level, allRoots(inventory, options.roots), REFERENCED, edges);
  for (const one of [EXCLUDED, DAMAGED]) reach(level, heldRoots(inventory, held, one), one, edges);
  reach(level, untouchableRoots(inventory, level), DAMAGED, edges);
  reach(level, youngRoots(inventory, level, newest, options.youngSince), YOUNG, edges);
  return { level, held, newest, tag: keptTags(inventory, options.roots, level, held) };
}

function onlyReferenced(level: Uint8Array): Uint8Array {
  return level.map((value) => (value === REFERENCED ? REFERENCED : UNREFERENCED));
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

/** The history of a tag that is never deleted. */
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
