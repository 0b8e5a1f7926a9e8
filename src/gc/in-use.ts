/** What running workloads need (`--keep-digests`). */
import type { DigestId } from '../inventory/digest-table.ts';
import { CANDIDATE, CHILD, CONFIG, type Inventory } from '../inventory/inventory.ts';
import { mayMean } from '../policy/keep-digests.ts';
import type { Retention, TagReference } from '../policy/model.ts';
import { rowsOf } from '../shared/columns.ts';
import { holdersOf } from './graph.ts';
import { reach } from './reachability.ts';
import { namedByTag } from './tag-subjects.ts';

/** Flags (1) the digests that one names (an image id is that of a config), and the indexes that hold one of them. */
export function digestsInUse(inventory: Inventory, { keepDigests, keepTagged = [] }: Retention): Uint8Array {
  const named: DigestId[] = [];
  for (const reference of keepTagged) for (const id of namedByReference(inventory, reference)) named.push(id);
  for (const digest of keepDigests) {
    const id = inventory.digests.find(digest);
    if (id !== undefined) named.push(id);
  }
  const used = new Uint8Array(inventory.digests.size);
  if (named.length > 0) reach(used, named, 1, [holdersOf(inventory, [CONFIG, CHILD, CANDIDATE])]);
  return used;
}

/** All that such a tag names or has named: what runs may have been pulled before the tag was moved. */
function* namedByReference(inventory: Inventory, reference: TagReference): Iterable<DigestId> {
  const { repositories, tags } = inventory;
  for (const [repository, { name }] of repositories.entries()) {
    if (!mayMean(reference, name)) continue;
    for (const row of rowsOf(tags.byRepository, repository)) {
      if (tags.name[row] === reference.tag) yield* namedByTag(inventory, row);
    }
  }
}
