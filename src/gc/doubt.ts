/**
 * Which repositories are in doubt: those that name a document which should be a manifest and cannot be trusted to say
 * what it needs. A repository in doubt loses nothing.
 */
import {
  BLOB_STORED,
  CANDIDATE,
  CHILD,
  LINK_UNCERTAIN,
  MISSING,
  NONE,
  SOUND,
  TAG_UNCERTAIN,
  type Inventory,
} from '../inventory/inventory.ts';
import { at, flagAt, groupRows, itemAt } from '../shared/columns.ts';

/** One flag a repository. `tagsAreRoots`: a tag that cannot be read is a doubt only in a repository where tags decide. */
export function findDoubts(inventory: Inventory, tagsAreRoots: (repository: number) => boolean): Uint8Array {
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
  const { layerLinks } = inventory;
  for (let row = 0; row < layerLinks.flags.length; row++) {
    // It may stand for any blob of the repository.
    if ((flagAt(layerLinks.flags, row) & LINK_UNCERTAIN) !== 0) doubts[at(layerLinks.repository, row)] = 1;
  }
  const { flags, repository } = inventory.tags;
  for (let row = 0; row < flags.length; row++) {
    const isUncertain = (flagAt(flags, row) & TAG_UNCERTAIN) !== 0;
    if (isUncertain && tagsAreRoots(at(repository, row))) doubts[at(repository, row)] = 1;
  }
  return doubts;
}

/**
 * Digests of unsound documents, of what names one of which the blob is there and bad, and of links whose content leads to
 * one. A child that is simply not here is no doubt: sparse indexes are legal.
 */
function doubtfulManifests(inventory: Inventory): Uint8Array | undefined {
  const { digest, health } = inventory.manifests;
  if (health.every((value) => value === SOUND)) return undefined;
  const doubtful = new Uint8Array(inventory.digests.size);
  const bad: number[] = [];
  const missing: number[] = [];
  for (let m = 0; m < digest.length; m++) {
    if (flagAt(health, m) === SOUND) continue;
    const id = at(digest, m);
    const stored = (flagAt(inventory.blobs.flags, id) & BLOB_STORED) !== 0;
    (stored && flagAt(health, m) !== MISSING ? bad : missing).push(id);
  }
  const byContent = edgesToAliases(inventory);
  spread(doubtful, missing, [byContent]);
  spread(doubtful, bad, [byContent, edgesToParents(inventory)]);
  return doubtful;
}

/** From a node back to what names it. */
interface BackEdges {
  readonly start: Uint32Array;
  readonly parent: Uint32Array;
}

function spread(doubtful: Uint8Array, from: readonly number[], edges: readonly BackEdges[]): void {
  const reached = new Uint8Array(doubtful.length);
  const queue = [...from];
  for (const id of queue) reached[id] = 1;
  for (let next = 0; next < queue.length; next++) {
    const id = itemAt(queue, next);
    doubtful[id] = 1;
    for (const { start, parent } of edges) {
      for (let edge = at(start, id); edge < at(start, id + 1); edge++) {
        const naming = at(parent, edge);
        if (reached[naming] === 1) continue;
        reached[naming] = 1;
        queue.push(naming);
      }
    }
  }
}

/** What was read as a manifest, and what may be one: an entry of an index need not say what it is. */
function edgesToParents(inventory: Inventory): BackEdges {
  const { digest, referenceStart, referenceTarget, referenceKind } = inventory.manifests;
  const target: number[] = [];
  const parent: number[] = [];
  for (let m = 0; m < digest.length; m++) {
    for (let edge = at(referenceStart, m); edge < at(referenceStart, m + 1); edge++) {
      const kind = flagAt(referenceKind, edge);
      if (kind !== CHILD && kind !== CANDIDATE) continue;
      target.push(at(referenceTarget, edge));
      parent.push(at(digest, m));
    }
  }
  return backEdges(target, parent, inventory.digests.size);
}

function edgesToAliases({ aliases, digests }: Inventory): BackEdges {
  return backEdges(
    aliases.map(({ to }) => to),
    aliases.map(({ from }) => from),
    digests.size,
  );
}

function backEdges(target: readonly number[], parent: readonly number[], nodes: number): BackEdges {
  const { start, order } = groupRows(Uint32Array.from(target), nodes);
  return { start, parent: order.map((row) => itemAt(parent, row)) };
}
