/** What marking begins from, row by row: so each repository may keep its images by another rule. */
import type { DigestId } from '../inventory/digest-table.ts';
import { NONE, type Inventory } from '../inventory/inventory.ts';
import { at, rowsOf } from '../shared/columns.ts';
import type { Closure } from './reachability.ts';

export interface Roots {
  /** One flag a tag: what it names now is a root. */
  readonly tags: Uint8Array;
  /** One flag a revision: it is a root by itself. */
  readonly revisions: Uint8Array;
  /** Of each tag that is no root, and stays while a manifest that it is about is kept, that manifest; else `NONE`. */
  readonly subjects: Int32Array;
}

export type StandardMode = 'revisions' | 'untagged';

/** The roots of a standard mode: every revision, and what tags name; or only that. */
export function standardRoots({ tags, revisions }: Inventory, mode: StandardMode): Roots {
  return {
    tags: new Uint8Array(tags.current.length).fill(1),
    revisions: new Uint8Array(revisions.digest.length).fill(mode === 'revisions' ? 1 : 0),
    subjects: new Int32Array(tags.current.length).fill(NONE),
  };
}

/** The digests that are roots in any repository. */
export function allRoots({ tags, revisions }: Inventory, roots: Roots): readonly DigestId[] {
  const found: DigestId[] = [];
  for (let tag = 0; tag < tags.current.length; tag++) {
    if (roots.tags[tag] === 1 && at(tags.current, tag) !== NONE) found.push(at(tags.current, tag));
  }
  for (let row = 0; row < revisions.digest.length; row++) {
    if (roots.revisions[row] === 1) found.push(at(revisions.digest, row));
  }
  return found;
}

/** Adds the digests that are roots in one repository. */
export function addRoots(closure: Closure, { tags, revisions }: Inventory, roots: Roots, repository: number): void {
  for (const tag of rowsOf(tags.byRepository, repository)) {
    if (roots.tags[tag] === 1 && at(tags.current, tag) !== NONE) closure.addRoot(at(tags.current, tag));
  }
  for (const row of rowsOf(revisions.byRepository, repository)) {
    if (roots.revisions[row] === 1) closure.addRoot(at(revisions.digest, row));
  }
}

/** Adds what those tags of a repository name that are about a manifest that `counts`. */
export function addFollowers(
  closure: Closure,
  { tags }: Inventory,
  roots: Roots,
  repository: number,
  counts: (subject: DigestId) => boolean,
): void {
  for (const tag of rowsOf(tags.byRepository, repository)) {
    const subject = at(roots.subjects, tag);
    if (subject === NONE || at(tags.current, tag) === NONE) continue;
    if (counts(subject)) closure.addRoot(at(tags.current, tag));
  }
}
