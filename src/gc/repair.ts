/**
 * What of a volume can be mended out of what it says itself: links that are missing or that the registry cannot use, folders
 * that it looks for, and, where that is asked for, the removal of what leads nowhere. Nothing is invented: a link names only
 * what its path or another link here names, and only what is here.
 */
import type { Inventory } from '../inventory/inventory.ts';
import type { Action } from './action.ts';
import { volumeLeft, type LeftAsIs } from './repair-left.ts';
import { RepairNotes } from './repair-notes.ts';
import { RepositoryRepair } from './repair-repository.ts';
import { RepairFacts } from './repair-facts.ts';

export interface RepairWishes {
  /** Only in these repositories is anything mended. */
  readonly isIncluded: (repository: string) => boolean;
  /** What leads nowhere goes: tags, revisions, layer links and history. */
  readonly dropDangling: boolean;
  /** Children of indexes are linked, though somebody may have deleted them on purpose. */
  readonly relinkChildren: boolean;
}

/** How much of what there is goes. */
export interface DroppedShare {
  readonly tags: number;
  readonly allTags: number;
  readonly revisions: number;
  readonly allRevisions: number;
}

export interface RepairPlan {
  /**
   * In the order in which they are done, each durable before the next: folders, layer links, revisions, history, what tags name
   * now, and then what goes. So nothing is named before it can be served.
   */
  readonly batches: readonly (readonly Action[])[];
  /** What a repair does not mend, or not with these wishes, and what to do about it. */
  readonly left: readonly LeftAsIs[];
  readonly dropped: DroppedShare;
}

/** The inventory must be one for which nothing was trusted: every link and manifest read, every blob and link stat-ed. */
export function buildRepair(inventory: Inventory, wishes: RepairWishes): RepairPlan {
  const facts = new RepairFacts(inventory);
  const notes = new RepairNotes();
  for (const [id, { name, deletable }] of inventory.repositories.entries()) {
    if (!deletable || !wishes.isIncluded(name)) continue;
    new RepositoryRepair(facts, notes, wishes, id).plan();
  }
  for (const one of volumeLeft(inventory, wishes.isIncluded)) notes.leave(one);
  const batches = notes.batches();
  const count = (kind: Action['kind']): number => batches.flat().filter((action) => action.kind === kind).length;
  return {
    batches,
    left: notes.left(),
    dropped: {
      tags: count('tag'),
      allTags: inventory.tags.current.length,
      revisions: count('revision'),
      allRevisions: inventory.revisions.digest.length,
    },
  };
}
