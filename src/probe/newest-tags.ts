/** The tags by which a registry is known to be the one that keeps this volume. */
import { BLOB_STORED, MANIFEST_KINDS, NONE, SOUND, TAG_UNCERTAIN, type Inventory } from '../inventory/inventory.ts';
import type { Digest } from '../layout/digest.ts';
import { parseRepositoryName, parseTagName, type RepositoryName, type TagName } from '../layout/names.ts';
import { revisionLink } from '../layout/paths.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import type { ProblemCode } from '../shared/problem.ts';

export interface TagOnDisk {
  readonly repository: RepositoryName;
  readonly tag: TagName;
  /** What its `current/link` says. */
  readonly digest: Digest;
}

const NEWEST = 3;
/** What a registry answers with an error for, or with something else than it was asked for. */
const BREAKS_LINK: ReadonlySet<ProblemCode> = new Set(['link-empty', 'link-malformed', 'link-mismatch']);
const SCHEMA1 = MANIFEST_KINDS.indexOf('schema1');

/**
 * The three tags that were pushed last and that any registry could serve: legal names, a sound manifest under a linked
 * revision, and links that can be read. Schema 1 comes last, for registries of 3.x no longer serve it.
 */
export function newestTags(inventory: Inventory): readonly TagOnDisk[] {
  const kinds = servableKinds(inventory);
  const linked = new Set<string>();
  const { revisions, tags } = inventory;
  for (let row = 0; row < revisions.digest.length; row++) {
    linked.add(`${at(revisions.repository, row)} ${at(revisions.digest, row)}`);
  }
  const rows: number[] = [];
  for (let row = 0; row < tags.name.length; row++) {
    const current = at(tags.current, row);
    if ((flagAt(tags.flags, row) & TAG_UNCERTAIN) !== 0) continue;
    if (current !== NONE && kinds.has(current) && linked.has(`${at(tags.repository, row)} ${current}`)) rows.push(row);
  }
  const isSchema1 = (row: number): number => (kinds.get(at(tags.current, row)) === SCHEMA1 ? 1 : 0);
  rows.sort((a, b) => isSchema1(a) - isSchema1(b) || numberAt(tags.time, b) - numberAt(tags.time, a) || a - b);
  const unusable = new Set(inventory.problems.filter(({ code }) => BREAKS_LINK.has(code)).map(({ path }) => path));
  const newest: TagOnDisk[] = [];
  for (const row of rows) {
    const repository = parseRepositoryName(inventory.repositories[at(tags.repository, row)]?.name ?? '');
    const tag = parseTagName(tags.name[row] ?? '');
    if (repository === undefined || tag === undefined) continue;
    const digest = inventory.digests.digest(at(tags.current, row));
    if (unusable.has(revisionLink(repository, digest))) continue;
    newest.push({ repository, tag, digest });
    if (newest.length === NEWEST) break;
  }
  return newest;
}

/** Of each sound manifest that is stored its kind. */
function servableKinds({ manifests, blobs }: Inventory): ReadonlyMap<number, number> {
  const kinds = new Map<number, number>();
  for (let m = 0; m < manifests.digest.length; m++) {
    const id = at(manifests.digest, m);
    const stored = (flagAt(blobs.flags, id) & BLOB_STORED) !== 0;
    if (stored && flagAt(manifests.health, m) === SOUND) kinds.set(id, flagAt(manifests.kind, m));
  }
  return kinds;
}
