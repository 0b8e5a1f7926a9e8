/** An inventory as a scan would find it once some tags and revisions are gone: what stays is asked of that. */
import { NONE, type Inventory, type TagIndexEntries } from '../inventory/inventory.ts';
import { at, flagAt, groupRows, numberAt } from '../shared/columns.ts';

/**
 * Without the tags (and their history) and the revisions that have a flag. Digest ids and rows of layer links are as
 * before; tags, history and revisions are numbered anew.
 */
export function without(inventory: Inventory, tags: Uint8Array, revisions: Uint8Array): Inventory {
  const repositories = inventory.repositories.length;
  const keptRevisions = rowsWithout(revisions);
  const keptTags = rowsWithout(tags);
  const revisionRepository = keptRevisions.map((row) => at(inventory.revisions.repository, row));
  const tagRepository = keptTags.map((row) => at(inventory.tags.repository, row));
  return {
    ...inventory,
    revisions: {
      repository: revisionRepository,
      digest: keptRevisions.map((row) => at(inventory.revisions.digest, row)),
      time: Float64Array.from(keptRevisions, (row) => numberAt(inventory.revisions.time, row)),
      diskBytes: Float64Array.from(keptRevisions, (row) => numberAt(inventory.revisions.diskBytes, row)),
      flags: Uint8Array.from(keptRevisions, (row) => flagAt(inventory.revisions.flags, row)),
      byRepository: groupRows(revisionRepository, repositories),
    },
    tags: {
      repository: tagRepository,
      name: Array.from(keptTags, (row) => inventory.tags.name[row] ?? ''),
      current: Int32Array.from(keptTags, (row) => at(inventory.tags.current, row)),
      time: Float64Array.from(keptTags, (row) => numberAt(inventory.tags.time, row)),
      flags: Uint8Array.from(keptTags, (row) => flagAt(inventory.tags.flags, row)),
      byRepository: groupRows(tagRepository, repositories),
    },
    tagIndexEntries: entriesOf(inventory, keptTags),
  };
}

function rowsWithout(flags: Uint8Array): Uint32Array {
  const rows = new Uint32Array(flags.length);
  let used = 0;
  for (let row = 0; row < flags.length; row++) if (flagAt(flags, row) === 0) rows[used++] = row;
  return rows.slice(0, used);
}

function entriesOf({ tagIndexEntries: entries, tags }: Inventory, keptTags: Uint32Array): TagIndexEntries {
  const newRow = new Int32Array(tags.name.length).fill(NONE);
  for (const [row, before] of keptTags.entries()) newRow[before] = row;
  const kept = rowsWithout(Uint8Array.from(entries.tag, (tag) => (at(newRow, tag) === NONE ? 1 : 0)));
  const tag = kept.map((row) => at(newRow, at(entries.tag, row)));
  return {
    tag,
    digest: kept.map((row) => at(entries.digest, row)),
    time: Float64Array.from(kept, (row) => numberAt(entries.time, row)),
    diskBytes: Float64Array.from(kept, (row) => numberAt(entries.diskBytes, row)),
    byTag: groupRows(tag, keptTags.length),
  };
}
