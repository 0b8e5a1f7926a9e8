import { NONE, type Inventory } from '../inventory/inventory.ts';
import { at, rowsOf } from '../shared/columns.ts';

/** One flag a tag: its repository links, as a revision, what the tag names now. */
export function linkedTags({ tags, revisions, repositories, digests }: Inventory): Uint8Array {
  const linked = new Uint8Array(tags.current.length);
  /** By digest: the number, from 1, of the last repository that links it. */
  const seen = new Uint32Array(digests.size);
  for (let repository = 0; repository < repositories.length; repository++) {
    for (const row of rowsOf(revisions.byRepository, repository)) seen[at(revisions.digest, row)] = repository + 1;
    for (const tag of rowsOf(tags.byRepository, repository)) {
      const current = at(tags.current, tag);
      if (current !== NONE && seen[current] === repository + 1) linked[tag] = 1;
    }
  }
  return linked;
}
