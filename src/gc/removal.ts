/** The plan of `rm`: what is named, and what hangs on nothing else. Whatever else is there, garbage too, is not touched. */
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, rowsOf } from '../shared/columns.ts';
import { emptiedFolders } from './emptied-folders.ts';
import type { Graph } from './graph.ts';
import { losers, standIns, type Wanted } from './hanging.ts';
import { EXCLUDED, isKeptTag, UNREFERENCED, type Marking } from './mark.ts';
import { parentsFirst, straysToGo, type Plan, type PlanRows } from './plan.ts';
import { Closure, reach } from './reachability.ts';
import type { Removal } from './removal-names.ts';
import { refuseNeeded, refuseUntouchable, type RemovalRefusal } from './removal-refusals.ts';
import { markRemains, take, type Taken } from './taking.ts';

export interface PlannedRemoval {
  /** Without what is refused: safe to carry out, though a refusal should end it. */
  readonly plan: Plan;
  readonly refusals: readonly RemovalRefusal[];
}

/** The plan that a removal means. `graph`: of the same inventory. */
export function buildRemoval(inventory: Inventory, graph: Graph, removal: Removal): PlannedRemoval {
  const { going, refusals } = decideRemoval(inventory, graph, removal);
  return { plan: planOf(inventory, going), refusals };
}

/** The rows that go, each class in the order of the inventory. */
export interface GoingRows extends Pick<PlanRows, 'tags' | 'tagIndexEntries' | 'revisions' | 'layerLinks' | 'blobs'> {
  /** One flag a repository: it goes whole. */
  readonly repositories: Uint8Array;
}

export interface DecidedRemoval {
  readonly going: GoingRows;
  readonly refusals: readonly RemovalRefusal[];
}

/** Which rows a removal means. */
export function decideRemoval(inventory: Inventory, graph: Graph, removal: Removal): DecidedRemoval {
  const untouchable = refuseUntouchable(inventory, removal);
  const refusals = [...untouchable.refusals];
  for (let { wanted } = untouchable; ;) {
    const taken = take(inventory, graph, wanted);
    const refused = refuseNeeded(inventory, wanted, taken);
    if (refused.refusals.length === 0) return { going: rowsToGo(inventory, wanted, taken), refusals };
    refusals.push(...refused.refusals);
    wanted = refused.wanted;
  }
}

function rowsToGo(inventory: Inventory, wanted: Wanted, taken: Taken): GoingRows {
  const { rest, restGraph } = taken;
  const losing = losers(inventory, wanted);
  const marking = markRemains(rest, restGraph, losing);
  const layerLinks = linksToGo(inventory, restGraph, wanted, taken, marking);
  // Whatever the plan does not delete is a root with all that it reaches: a blob that lies about, a link, history.
  for (const stays of [staysByItself(inventory, taken), namedByWhatStays(inventory, losing, taken, layerLinks)]) {
    reach(marking.level, stays, EXCLUDED, [restGraph.references]);
  }
  const goes = (id: DigestId): boolean =>
    taken.hanging.digests[id] === 1 && isStored(inventory, id) && marking.level[id] === UNREFERENCED;
  return {
    repositories: wanted.repositories,
    tags: flagged(taken.tags),
    tagIndexEntries: Uint32Array.from(entriesToGo(inventory, losing, taken, goes)).sort(),
    revisions: flagged(taken.revisions),
    layerLinks: flagged(layerLinks),
    blobs: flagged(taken.hanging.digests).filter(goes),
  };
}

/** The plan of the rows, with what goes along where a repository goes whole. `heights`: as `allHeights` gives them. */
export function planOf(inventory: Inventory, { repositories, ...going }: GoingRows, heights?: Uint32Array): Plan {
  const isWhole = (repository: number | undefined): boolean =>
    repository !== undefined && repositories[repository] === 1;
  const rows = parentsFirst(
    inventory,
    {
      ...going,
      // A signature goes with the folder of its revision; one of a revision that stays is none of what was named.
      signatureLinks: new Uint32Array(0),
      uploads: [...inventory.uploads.keys()].filter((upload) => isWhole(inventory.uploads[upload]?.repository)),
      strayFiles: straysToGo(inventory, Infinity, isWhole).filter((stray) =>
        isWhole(inventory.strayFiles[stray]?.repository),
      ),
    },
    heights,
  );
  // Folders elsewhere that hold nothing are garbage like any other, which is not touched.
  const own = { ...inventory, emptyFolders: inventory.emptyFolders.filter(({ repository }) => isWhole(repository)) };
  const emptyFolders = emptiedFolders(own, rows, { includesRepository: isWhole, includesNamespaces: false });
  return { ...rows, emptyFolders };
}

/** Layer links of what was reached, in the repositories that lose something, where nothing that stays there needs them. */
function linksToGo(inventory: Inventory, graph: Graph, wanted: Wanted, taken: Taken, marking: Marking): Uint8Array {
  const goes = new Uint8Array(inventory.layerLinks.digest.length);
  const closure = new Closure(graph.nodes, [graph.references, standIns(inventory)]);
  for (const repository of losers(inventory, wanted)) {
    closure.begin();
    closure.add(otherNames(inventory, repository, taken));
    for (const row of rowsOf(inventory.layerLinks.byRepository, repository)) {
      const hangs = taken.hanging.layerLinks[row] === 1 && marking.layerLink[row] === 0;
      if (hangs && !closure.has(at(inventory.layerLinks.digest, row))) goes[row] = 1;
    }
  }
  return goes;
}

/** What a repository names in its layer links and history that does not hang on what goes: old registries serve it. */
function* otherNames(inventory: Inventory, repository: number, taken: Taken): Iterable<DigestId> {
  const { layerLinks, tagIndexEntries: entries, tags } = inventory;
  for (const row of rowsOf(layerLinks.byRepository, repository)) {
    if (taken.hanging.layerLinks[row] === 0) yield at(layerLinks.digest, row);
  }
  for (const tag of rowsOf(tags.byRepository, repository)) {
    if (taken.tags[tag] === 1) continue;
    for (const row of rowsOf(entries.byTag, tag)) {
      if (taken.hanging.tagIndexEntries[row] === 0) yield at(entries.digest, row);
    }
  }
}

function* staysByItself(inventory: Inventory, taken: Taken): Iterable<DigestId> {
  for (let id = 0; id < inventory.digests.size; id++) {
    if (taken.hanging.digests[id] === 0 && isStored(inventory, id)) yield id;
  }
}

function* namedByWhatStays(
  inventory: Inventory,
  losing: readonly number[],
  taken: Taken,
  layerLinks: Uint8Array,
): Iterable<DigestId> {
  for (const repository of losing) {
    yield* otherNames(inventory, repository, taken);
    for (const row of rowsOf(inventory.layerLinks.byRepository, repository)) {
      if (layerLinks[row] === 0) yield at(inventory.layerLinks.digest, row);
    }
  }
}

/** History of tags that stay: what it names goes, as a revision of that repository or altogether. */
function* entriesToGo(
  inventory: Inventory,
  losing: readonly number[],
  taken: Taken,
  goes: (id: DigestId) => boolean,
): Iterable<number> {
  const { tagIndexEntries: entries, tags, revisions } = inventory;
  for (const repository of losing) {
    const gone = new Set<DigestId>();
    for (const row of rowsOf(revisions.byRepository, repository)) {
      if (taken.revisions[row] === 1) gone.add(at(revisions.digest, row));
    }
    for (const tag of rowsOf(tags.byRepository, repository)) {
      if (taken.tags[tag] === 1 || isKeptTag(flagAt(tags.flags, tag))) continue;
      for (const row of rowsOf(entries.byTag, tag)) {
        const id = at(entries.digest, row);
        if (gone.has(id) || goes(id)) yield row;
      }
    }
  }
}

function isStored(inventory: Inventory, id: DigestId): boolean {
  return (flagAt(inventory.blobs.flags, id) & BLOB_STORED) !== 0;
}

function flagged(flags: Uint8Array): Uint32Array {
  const rows = new Uint32Array(flags.length);
  let used = 0;
  for (let row = 0; row < flags.length; row++) if (flags[row] === 1) rows[used++] = row;
  return rows.slice(0, used);
}
