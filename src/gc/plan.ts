/**
 * What a sweep would delete, as a value: rows of the inventory, class by class in the order of deletion. `report` counts
 * it and a sweep carries it out, so the two cannot disagree.
 */
import { isRegisteredAlgorithm } from '../layout/digest.ts';
import { isLegalPlace } from '../layout/legal.ts';
import { parsePath } from '../layout/parse.ts';
import {
  BLOB_STORED,
  NONE,
  ROW_UNTOUCHABLE,
  TAG_UNCERTAIN,
  type EmptyFolder,
  type Inventory,
  type Upload,
} from '../inventory/inventory.ts';
import { at, flagAt, numberAt, rowsOf, valuesAt } from '../shared/columns.ts';
import { emptiedFolders } from './emptied-folders.ts';
import { EXCLUDED, isKeptTag, UNREFERENCED, type Marking } from './mark.ts';
import { documentHeights, highestFirst } from './order.ts';
import { subjectsFirst } from './tag-order.ts';

export interface PlanOptions {
  /** Epoch milliseconds: what is from then or later stays. `Infinity`: nothing is young. */
  readonly youngSince: number;
  /** Epoch milliseconds: uploads that began before then, and got nothing since, go. `-Infinity`: none does. */
  readonly uploadsBefore: number;
  /** As `allHeights` gives them, where they are at hand. */
  readonly heights?: Uint32Array;
}

/**
 * Within a class, what names others comes before them; else it is the order of the inventory, which is that of the paths as
 * the scan met them.
 */
export interface PlanRows {
  /** Rows of `tags`, each with all its history. Only a policy and `rm` delete one. */
  readonly tags: Uint32Array;
  /** Rows of `tagIndexEntries`, of tags that stay. */
  readonly tagIndexEntries: Uint32Array;
  /** Rows of `revisions`, each with its signatures. */
  readonly revisions: Uint32Array;
  /** Rows of `signatureLinks`, of revisions that stay. */
  readonly signatureLinks: Uint32Array;
  /** Rows of `layerLinks`. */
  readonly layerLinks: Uint32Array;
  /** Digest ids. */
  readonly blobs: Uint32Array;
  /** Indexes into `uploads`. */
  readonly uploads: readonly number[];
  /** Indexes into `strayFiles`. */
  readonly strayFiles: readonly number[];
}

export interface Plan extends PlanRows {
  /** Folders that hold nothing now, or nothing once the rest of the plan is done, the deepest first. */
  readonly emptyFolders: readonly EmptyFolder[];
}

/** The plan that a marking means. */
export function buildPlan(inventory: Inventory, marking: Marking, options: PlanOptions): Plan {
  const rows = parentsFirst(
    inventory,
    {
      tags: rowsWhere(inventory.tags.current.length, (row) => marking.tag[row] === 0),
      tagIndexEntries: entriesToGo(inventory, marking, options.youngSince),
      revisions: rowsWhere(inventory.revisions.digest.length, (row) => marking.revision[row] === 0),
      signatureLinks: signatureLinksToGo(inventory, marking, options.youngSince),
      layerLinks: rowsWhere(inventory.layerLinks.digest.length, (row) => marking.layerLink[row] === 0),
      blobs: rowsWhere(inventory.digests.size, (id) => isStored(inventory, id) && marking.level[id] === UNREFERENCED),
      uploads: uploadsToGo(inventory, marking, options),
      strayFiles: straysToGo(inventory, options.youngSince, (repository) => marking.held[repository] === 0),
    },
    options.heights,
  );
  const emptyFolders = emptiedFolders(inventory, rows, {
    includesRepository: (repository) => marking.held[repository] === 0,
    includesNamespaces: !marking.held.includes(EXCLUDED),
  });
  return { ...rows, emptyFolders };
}

/** The same rows, tags, revisions and blobs in the order of deletion. `known`: as `allHeights` gives them. */
export function parentsFirst(inventory: Inventory, rows: PlanRows, known?: Uint32Array): PlanRows {
  const revisions = valuesAt(inventory.revisions.digest, rows.revisions);
  const heights = known ?? documentHeights(inventory, [revisions, rows.blobs]);
  return {
    ...rows,
    tags: subjectsFirst(inventory, rows.tags),
    revisions: highestFirst(rows.revisions, (row) => at(heights, at(inventory.revisions.digest, row))),
    blobs: highestFirst(rows.blobs, (id) => at(heights, id)),
  };
}

/**
 * History that leads nowhere: entries whose revision goes with this plan, and whose manifest is gone or goes. What a tag
 * names now is never among them.
 */
export function entriesToGo(inventory: Inventory, marking: Marking, youngSince: number): Uint32Array {
  const { tagIndexEntries: entries, tags } = inventory;
  const { start, order } = entries.byTag;
  const rows: number[] = [];
  const goesHere = new Set<number>();
  for (let repository = 0; repository < inventory.repositories.length; repository++) {
    if (marking.held[repository] !== 0) continue;
    goesHere.clear();
    for (const row of rowsOf(inventory.revisions.byRepository, repository)) {
      if (marking.revision[row] === 0) goesHere.add(at(inventory.revisions.digest, row));
    }
    for (const tag of rowsOf(tags.byRepository, repository)) {
      if (marking.tag[tag] === 0) continue;
      for (let place = at(start, tag); place < at(start, tag + 1); place++) {
        const row = at(order, place);
        const id = at(entries.digest, row);
        const leadsNowhere = goesHere.has(id) || !isStored(inventory, id) || marking.level[id] === UNREFERENCED;
        if (leadsNowhere && isPast(inventory, marking, row, youngSince)) rows.push(row);
      }
    }
  }
  return Uint32Array.from(rows);
}

/** Whether an entry of a tag's history may go once it leads nowhere, though its tag stays. */
export function isPast(inventory: Inventory, { newest }: Marking, row: number, youngSince: number): boolean {
  const { tags, tagIndexEntries: entries, digests } = inventory;
  const tag = at(entries.tag, row);
  const id = at(entries.digest, row);
  if (isKeptTag(flagAt(tags.flags, tag)) || at(tags.current, tag) === id) return false;
  if (isUnknownTag(inventory, tag)) return false;
  // The folder of an algorithm that the registry refuses is never ours to delete.
  if (!isRegisteredAlgorithm(digests.algorithm(id))) return false;
  return !(numberAt(newest, id) >= youngSince);
}

/** Whether the link of a tag is there and says nothing: then only its history, whole, tells what it can have named (`repair`). */
export function isUnknownTag({ tags }: Inventory, tag: number): boolean {
  return (flagAt(tags.flags, tag) & TAG_UNCERTAIN) !== 0 && at(tags.current, tag) === NONE;
}

function isStored(inventory: Inventory, id: number): boolean {
  return (flagAt(inventory.blobs.flags, id) & BLOB_STORED) !== 0;
}

function rowsWhere(count: number, goes: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(count);
  let used = 0;
  for (let row = 0; row < count; row++) if (goes(row)) rows[used++] = row;
  return rows.slice(0, used);
}

/** Signatures of revisions that stay whose blob is not there. Those of a revision that goes are in its folder. */
function signatureLinksToGo(inventory: Inventory, marking: Marking, youngSince: number): Uint32Array {
  const { signatureLinks: links, revisions, aliases } = inventory;
  const standsForMore = new Set(aliases.map(({ from }) => from));
  return rowsWhere(links.digest.length, (row) => {
    const revision = at(links.revision, row);
    const id = at(links.digest, row);
    if (marking.revision[revision] === 0 || marking.held[at(revisions.repository, revision)] !== 0) return false;
    if ((flagAt(revisions.flags, revision) & ROW_UNTOUCHABLE) !== 0 || isStored(inventory, id)) return false;
    return !standsForMore.has(id) && !(numberAt(marking.newest, id) >= youngSince);
  });
}

/**
 * By the newest time that they tell: one that began long ago may still be fed. A folder without a file is no push, which
 * begins with `startedat`: it is what is left of an upload, and goes once it is not young.
 */
export function uploadsToGo(
  inventory: Inventory,
  marking: Marking,
  { uploadsBefore, youngSince }: PlanOptions,
): readonly number[] {
  if (uploadsBefore === -Infinity) return [];
  const rows: number[] = [];
  for (const [index, upload] of inventory.uploads.entries()) {
    if (marking.held[upload.repository] !== 0 || upload.throughLink) continue;
    if (newestOf(upload) < (upload.inodes === 1 ? youngSince : uploadsBefore)) rows.push(index);
  }
  return rows;
}

/** The newest time that an upload tells. Epoch milliseconds. */
export function newestOf({ startedAt, newestAt }: Upload): number {
  return Math.max(startedAt ?? -Infinity, newestAt);
}

/** Strays that are old enough, beside a file of the layout that is ours to delete, and behind no symbolic link. */
export function straysToGo(
  inventory: Inventory,
  youngSince: number,
  includes: (repository: number) => boolean,
): readonly number[] {
  if (inventory.strayFiles.length === 0) return [];
  const links = new Set(inventory.problems.filter(({ code }) => code === 'symbolic-link').map(({ path }) => path));
  const rows: number[] = [];
  for (const [index, { path, repository, time }] of inventory.strayFiles.entries()) {
    if (time >= youngSince || (repository !== undefined && !includes(repository))) continue;
    if (isDeletableStray(path, repository) && !isBelow(links, path)) rows.push(index);
  }
  return rows;
}

function isBelow(folders: ReadonlySet<string>, path: string): boolean {
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    if (folders.has(path.slice(0, slash))) return true;
  }
  return false;
}

function isDeletableStray(path: string, repository: number | undefined): boolean {
  const place = parsePath(path);
  if (place.kind !== 'temporary-file') return false;
  return isLegalPlace(place) && ('repository' in place.target ? repository !== undefined : true);
}
