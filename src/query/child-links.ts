/** Children of indexes that are stored, but that the repository of their index does not link as revisions. */
import { BLOB_STORED, CHILD, MANIFEST_KINDS, type Inventory } from '../inventory/inventory.ts';
import { revisionLink } from '../layout/paths.ts';
import { at, flagAt, rowsOf } from '../shared/columns.ts';
import type { ProblemList } from './problem-list.ts';

const INDEX = MANIFEST_KINDS.indexOf('index');

/** Adds them to `found`: looks once at each index of each repository. An index that is only tagged is told of as such. */
export function childLinkProblems(found: ProblemList, inventory: Inventory): void {
  const { manifests, revisions } = inventory;
  const indexRow = new Map<number, number>();
  for (const [m, id] of manifests.digest.entries()) if (flagAt(manifests.kind, m) === INDEX) indexRow.set(id, m);
  if (indexRow.size === 0) return;
  for (let repository = 0; repository < inventory.repositories.length; repository++) {
    const linked = new Set<number>();
    for (const row of rowsOf(revisions.byRepository, repository)) linked.add(at(revisions.digest, row));
    for (const id of linked) {
      const m = indexRow.get(id);
      if (m !== undefined) unlinkedChildren(found, inventory, { repository, m, linked });
    }
  }
}

interface IndexOfRepository {
  readonly repository: number;
  /** Row of `manifests`. */
  readonly m: number;
  /** Digest ids of the repository's revisions. */
  readonly linked: ReadonlySet<number>;
}

function unlinkedChildren(
  found: ProblemList,
  inventory: Inventory,
  { repository, m, linked }: IndexOfRepository,
): void {
  const { manifests, blobs } = inventory;
  const children = new Set<number>();
  const end = at(manifests.referenceStart, m + 1);
  for (let edge = at(manifests.referenceStart, m); edge < end; edge++) {
    const id = at(manifests.referenceTarget, edge);
    const isChild = flagAt(manifests.referenceKind, edge) === CHILD;
    if (isChild && !linked.has(id) && (flagAt(blobs.flags, id) & BLOB_STORED) !== 0) children.add(id);
  }
  const name = found.name(repository);
  for (const id of children) {
    const digest = found.digest(id);
    const message = `is missing: the child of index ${found.digest(at(manifests.digest, m))} is kept, but the registry answers 404 for it here, and its collector takes the child's layers unless another repository links it. Legal, if the index was meant to be sparse`;
    found.add('child-not-linked', 'warning', revisionLink(name, digest), message, { repository: name, digest });
  }
}
