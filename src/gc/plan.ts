/**
 * What a sweep would delete, as a value: rows of the inventory, class by class in the order of deletion. `report` counts
 * it and a sweep carries it out, so the two cannot disagree.
 */
import { dirname } from 'node:path/posix';
import { blobFolder, repositoryFolder, UPLOADS } from '../layout/paths.ts';
import { BLOB_STORED, type EmptyFolder, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import { isKeptTag, rowsOf, UNREFERENCED, type Marking } from './mark.ts';

export interface PlanOptions {
  /** Epoch milliseconds: what is from then or later stays. `Infinity`: nothing is young. */
  readonly youngSince: number;
  /** Epoch milliseconds: uploads that began before then, and got nothing since, go. `-Infinity`: none does. */
  readonly uploadsBefore: number;
}

export interface Plan {
  /** Rows of `tagIndexEntries`. */
  readonly tagIndexEntries: Uint32Array;
  /** Rows of `revisions`. */
  readonly revisions: Uint32Array;
  /** Rows of `layerLinks`. */
  readonly layerLinks: Uint32Array;
  /** Digest ids. */
  readonly blobs: Uint32Array;
  /** Indexes into `uploads`. */
  readonly uploads: readonly number[];
  /** Folders that hold nothing now, or nothing once the rest of the plan is done. */
  readonly emptyFolders: readonly EmptyFolder[];
}

/** The plan that a marking means. */
export function buildPlan(inventory: Inventory, marking: Marking, options: PlanOptions): Plan {
  const uploads = uploadsToGo(inventory, marking, options.uploadsBefore);
  return {
    tagIndexEntries: entriesToGo(inventory, marking, options.youngSince),
    revisions: rowsWhere(inventory.revisions.digest.length, (row) => marking.revision[row] === 0),
    layerLinks: rowsWhere(inventory.layerLinks.digest.length, (row) => marking.layerLink[row] === 0),
    blobs: rowsWhere(inventory.digests.size, (id) => isStored(inventory, id) && marking.level[id] === UNREFERENCED),
    uploads,
    emptyFolders: foldersToGo(inventory, marking, uploads),
  };
}

/**
 * History that leads nowhere: entries whose revision goes with this plan, and whose manifest is gone or goes. What a tag
 * names now is never among them.
 */
export function entriesToGo(inventory: Inventory, marking: Marking, youngSince: number): Uint32Array {
  const { tagIndexEntries: entries, tags } = inventory;
  const rows: number[] = [];
  const goesHere = new Set<number>();
  for (let repository = 0; repository < inventory.repositories.length; repository++) {
    if (marking.held[repository] !== 0) continue;
    goesHere.clear();
    for (const row of rowsOf(inventory.revisions.byRepository, repository)) {
      if (marking.revision[row] === 0) goesHere.add(at(inventory.revisions.digest, row));
    }
    for (const tag of rowsOf(tags.byRepository, repository)) {
      if (isKeptTag(flagAt(tags.flags, tag))) continue;
      for (const row of rowsOf(entries.byTag, tag)) {
        const id = at(entries.digest, row);
        const leadsNowhere = goesHere.has(id) || !isStored(inventory, id) || marking.level[id] === UNREFERENCED;
        if (leadsNowhere && at(tags.current, tag) !== id && !(numberAt(marking.newest, id) >= youngSince))
          rows.push(row);
      }
    }
  }
  return Uint32Array.from(rows);
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

/** By the newest time that they tell: one that began long ago may still be fed. */
function uploadsToGo(inventory: Inventory, marking: Marking, before: number): readonly number[] {
  const rows: number[] = [];
  for (const [index, upload] of inventory.uploads.entries()) {
    const newest = Math.max(upload.startedAt ?? -Infinity, upload.newestAt);
    if (marking.held[upload.repository] === 0 && !upload.throughLink && newest < before) rows.push(index);
  }
  return rows;
}

function foldersToGo(inventory: Inventory, marking: Marking, uploads: readonly number[]): readonly EmptyFolder[] {
  const empty = inventory.emptyFolders.filter(
    (folder) => folder.repository === undefined || marking.held[folder.repository] === 0,
  );
  return [...empty, ...emptiedPrefixes(inventory, marking), ...emptiedUploads(inventory, uploads)];
}

/** `blobs/<alg>/<2 hex>` of which every blob goes. */
function emptiedPrefixes(inventory: Inventory, marking: Marking): readonly EmptyFolder[] {
  const kept = new Set<number | string>();
  const losing = new Map<number | string, number>();
  for (let id = 0; id < inventory.digests.size; id++) {
    if (!isStored(inventory, id)) continue;
    const prefix = prefixOf(inventory, id);
    if (marking.level[id] === UNREFERENCED) losing.set(prefix, id);
    else kept.add(prefix);
  }
  const emptied: EmptyFolder[] = [];
  for (const [prefix, id] of losing) {
    if (kept.has(prefix)) continue;
    const path = dirname(blobFolder(inventory.digests.digest(id)));
    emptied.push({ kind: 'blob-prefix', repository: undefined, path });
  }
  return emptied;
}

/** Names the two-digit folder of a blob: of sha256, nearly all there are, by its first byte, without spelling it. */
function prefixOf(inventory: Inventory, id: number): number | string {
  const { digests } = inventory;
  return digests.isSha256(id) ? digests.firstByte(id) : dirname(blobFolder(digests.digest(id)));
}

function emptiedUploads(inventory: Inventory, uploads: readonly number[]): readonly EmptyFolder[] {
  const going = new Set(uploads);
  const stays = new Map<number, boolean>();
  for (const [index, upload] of inventory.uploads.entries()) {
    stays.set(upload.repository, (stays.get(upload.repository) ?? false) || !going.has(index));
  }
  const emptied: EmptyFolder[] = [];
  for (const [repository, kept] of stays) {
    const name = inventory.repositories[repository]?.name;
    if (!kept && name !== undefined) {
      emptied.push({ kind: 'uploads', repository, path: `${repositoryFolder(name)}/${UPLOADS}` });
    }
  }
  return emptied;
}
