/**
 * Marking repository by repository: which of its revisions and layer links are kept. A revision may go where its blob stays,
 * never the reverse.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import { ROW_UNTOUCHABLE, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, numberAt, rowsOf } from '../shared/columns.ts';
import type { Graph } from './graph.ts';
import {
  aliasTargets,
  DAMAGED,
  isKeptTag,
  REFERENCED,
  subjectOf,
  UNREFERENCED,
  YOUNG,
  type MarkOptions,
  type Marking,
} from './mark.ts';
import { Closure } from './reachability.ts';
import { addFollowers, addRoots, type Roots } from './roots.ts';

/** A marking of which the blobs are done. */
export interface MarkingMode {
  readonly options: MarkOptions;
  readonly marking: Marking;
}

interface Context {
  readonly inventory: Inventory;
  readonly subjects: ReadonlyMap<DigestId, DigestId>;
  readonly aliased: ReadonlyMap<DigestId, readonly DigestId[]>;
}

/** Fills the rows of markings. In each mode all is a root that is one in the mode before it. */
export function markRows(inventory: Inventory, graph: Graph, modes: readonly MarkingMode[]): void {
  const context = { inventory, subjects: subjectOf(inventory), aliased: aliasTargets(inventory) };
  const needed = new Closure(graph.nodes, [graph.references]);
  const held = new Closure(graph.nodes, [graph.references]);
  for (let id = 0; id < inventory.repositories.length; id++) {
    needed.begin();
    for (const { options, marking } of modes) {
      const known = needed.size;
      addModeRoots(needed, inventory, id, options.roots, context.subjects, marking.level);
      options.observe?.(id, needed.reached, known);
      keepRows(context, marking, needed, id, REFERENCED);
    }
    for (const mode of modes) markHeldRows(context, mode, held, id);
  }
}

/** Adds what the mode keeps in a repository: its roots, and the referrers of what is kept anywhere (`level`). */
export function addModeRoots(
  closure: Closure,
  inventory: Inventory,
  repository: number,
  roots: Roots,
  subjects: ReadonlyMap<DigestId, DigestId>,
  level: Uint8Array,
): void {
  addRoots(closure, inventory, roots, repository);
  if (subjects.size > 0) {
    const { revisions } = inventory;
    for (const row of rowsOf(revisions.byRepository, repository)) {
      const id = at(revisions.digest, row);
      const subject = subjects.get(id);
      if (subject !== undefined && flagAt(level, subject) === REFERENCED) closure.addRoot(id);
    }
  }
  addFollowers(closure, inventory, roots, repository, (subject) => flagAt(level, subject) === REFERENCED);
  closure.expand();
}

function keepRows(context: Context, marking: Marking, closure: Closure, id: number, level: number): void {
  const { revisions, layerLinks } = context.inventory;
  for (const row of rowsOf(revisions.byRepository, id)) {
    if (marking.revision[row] === 0 && closure.has(at(revisions.digest, row))) marking.revision[row] = level;
  }
  for (const row of rowsOf(layerLinks.byRepository, id)) {
    if (marking.layerLink[row] !== 0) continue;
    const digest = at(layerLinks.digest, row);
    // An alias stays with the blob that it stands for: the registry reads the one through the other.
    const twins = context.aliased.get(digest);
    if (closure.has(digest) || twins?.some((twin) => closure.has(twin)) === true) marking.layerLink[row] = level;
  }
}

/** Rows that the mode lets go, and that stay for another reason. What is kept already holds nothing that is not. */
function markHeldRows(context: Context, { options, marking }: MarkingMode, closure: Closure, id: number): void {
  const { inventory } = context;
  const level = flagAt(marking.held, id);
  if (level !== 0) {
    keepAllRows(inventory, marking, id, level);
    return;
  }
  closure.begin();
  addUntouchable(closure, context, marking, id);
  addFollowers(closure, inventory, options.roots, id, (subject) => flagAt(marking.level, subject) > REFERENCED);
  closure.expand();
  if (closure.size > 0) keepRows(context, marking, closure, id, DAMAGED);
  const before = closure.size;
  addYoung(closure, inventory, marking, id, options.youngSince);
  closure.expand();
  if (closure.size > before) keepRows(context, marking, closure, id, YOUNG);
  keepLinksByThemselves(inventory, marking, id, options.youngSince);
}

function keepAllRows({ revisions, layerLinks }: Inventory, marking: Marking, id: number, level: number): void {
  for (const row of rowsOf(revisions.byRepository, id)) if (marking.revision[row] === 0) marking.revision[row] = level;
  for (const row of rowsOf(layerLinks.byRepository, id))
    if (marking.layerLink[row] === 0) marking.layerLink[row] = level;
}

/** What is never deleted because of where it lies, and referrers of what is kept anywhere. */
function addUntouchable(closure: Closure, { inventory, subjects }: Context, marking: Marking, id: number): void {
  const { revisions, tags, tagIndexEntries: entries } = inventory;
  for (const row of rowsOf(revisions.byRepository, id)) {
    if (marking.revision[row] !== 0) continue;
    const digest = at(revisions.digest, row);
    const subject = subjects.get(digest);
    const refersToKept = subject !== undefined && flagAt(marking.level, subject) !== UNREFERENCED;
    if (refersToKept || (flagAt(revisions.flags, row) & ROW_UNTOUCHABLE) !== 0) closure.addRoot(digest);
  }
  for (const tag of rowsOf(tags.byRepository, id)) {
    if (!isKeptTag(flagAt(tags.flags, tag))) continue;
    for (const row of rowsOf(entries.byTag, tag)) closure.addRoot(at(entries.digest, row));
  }
}

function addYoung(closure: Closure, { revisions }: Inventory, marking: Marking, id: number, since: number): void {
  for (const row of rowsOf(revisions.byRepository, id)) {
    if (marking.revision[row] !== 0) continue;
    const digest = at(revisions.digest, row);
    if (numberAt(marking.newest, digest) >= since) closure.addRoot(digest);
  }
}

function keepLinksByThemselves({ layerLinks }: Inventory, marking: Marking, id: number, since: number): void {
  for (const row of rowsOf(layerLinks.byRepository, id)) {
    if (marking.layerLink[row] !== 0) continue;
    if ((flagAt(layerLinks.flags, row) & ROW_UNTOUCHABLE) !== 0) marking.layerLink[row] = DAMAGED;
    else if (numberAt(marking.newest, at(layerLinks.digest, row)) >= since) marking.layerLink[row] = YOUNG;
  }
}
