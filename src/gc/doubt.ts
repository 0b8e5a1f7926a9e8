/**
 * Which repositories are in doubt: those that name a document which should be a manifest and cannot be trusted to say
 * what it needs. A repository in doubt loses nothing.
 */
import { BLOB_STORED, CHILD, MISSING, NONE, SOUND, TAG_UNCERTAIN, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, groupRows, itemAt } from '../shared/columns.ts';

/** One flag a repository. `tagsAreRoots`: a tag that cannot be read is a doubt only where tags decide. */
export function findDoubts(inventory: Inventory, tagsAreRoots: boolean): Uint8Array {
  const doubts = new Uint8Array(inventory.repositories.length);
  const doubtful = doubtfulManifests(inventory);
  if (doubtful !== undefined) {
    const { repository, digest } = inventory.revisions;
    for (let row = 0; row < digest.length; row++) {
      if (doubtful[at(digest, row)] === 1) doubts[at(repository, row)] = 1;
    }
    const { current } = inventory.tags;
    for (let row = 0; row < current.length; row++) {
      const named = at(current, row);
      if (named !== NONE && doubtful[named] === 1) doubts[at(inventory.tags.repository, row)] = 1;
    }
  }
  if (!tagsAreRoots) return doubts;
  const { flags, repository } = inventory.tags;
  for (let row = 0; row < flags.length; row++) {
    if ((flagAt(flags, row) & TAG_UNCERTAIN) !== 0) doubts[at(repository, row)] = 1;
  }
  return doubts;
}

/**
 * Digests of unsound documents, and of the indexes that reach one of which the blob is there and bad. A child that is
 * simply not here is no doubt: sparse indexes are legal.
 */
function doubtfulManifests(inventory: Inventory): Uint8Array | undefined {
  const { digest, health } = inventory.manifests;
  if (health.every((value) => value === SOUND)) return undefined;
  const doubtful = new Uint8Array(inventory.digests.size);
  const queue: number[] = [];
  for (let m = 0; m < digest.length; m++) {
    if (flagAt(health, m) === SOUND) continue;
    const id = at(digest, m);
    doubtful[id] = 1;
    const stored = (flagAt(inventory.blobs.flags, id) & BLOB_STORED) !== 0;
    if (stored && flagAt(health, m) !== MISSING) queue.push(id);
  }
  const parents = parentsOfChildren(inventory);
  for (let next = 0; next < queue.length; next++) {
    const child = itemAt(queue, next);
    for (let edge = at(parents.start, child); edge < at(parents.start, child + 1); edge++) {
      const parent = at(parents.parent, edge);
      if (doubtful[parent] === 1) continue;
      doubtful[parent] = 1;
      queue.push(parent);
    }
  }
  return doubtful;
}

function parentsOfChildren(inventory: Inventory): { readonly start: Uint32Array; readonly parent: Uint32Array } {
  const { digest, referenceStart, referenceTarget, referenceKind } = inventory.manifests;
  const child: number[] = [];
  const parent: number[] = [];
  for (let m = 0; m < digest.length; m++) {
    for (let edge = at(referenceStart, m); edge < at(referenceStart, m + 1); edge++) {
      if (flagAt(referenceKind, edge) !== CHILD) continue;
      child.push(at(referenceTarget, edge));
      parent.push(at(digest, m));
    }
  }
  const groups = groupRows(Uint32Array.from(child), inventory.digests.size);
  return { start: groups.start, parent: groups.order.map((row) => itemAt(parent, row)) };
}
