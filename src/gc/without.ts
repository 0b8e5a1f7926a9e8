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
    signatureLinks: signaturesOf(inventory, keptRevisions),
  };
}

function signaturesOf(
  { signatureLinks: signatures, revisions }: Inventory,
  keptRevisions: Uint32Array,
): Inventory['signatureLinks'] {
  const newRow = newRows(revisions.digest.length, keptRevisions);
  const kept = rowsWithout(Uint8Array.from(signatures.revision, (row) => (at(newRow, row) === NONE ? 1 : 0)));
  return {
    revision: kept.map((row) => at(newRow, at(signatures.revision, row))),
    digest: kept.map((row) => at(signatures.digest, row)),
    time: Float64Array.from(kept, (row) => numberAt(signatures.time, row)),
    diskBytes: Float64Array.from(kept, (row) => numberAt(signatures.diskBytes, row)),
  };
}

/** Of each row before the row that it is now; `NONE`: it is gone. */
function newRows(before: number, kept: Uint32Array): Int32Array {
  const newRow = new Int32Array(before).fill(NONE);
  for (const [row, was] of kept.entries()) newRow[was] = row;
  return newRow;
}

function rowsWithout(flags: Uint8Array): Uint32Array {
  const rows = new Uint32Array(flags.length);
  let used = 0;
  for (let row = 0; row < flags.length; row++) if (flagAt(flags, row) === 0) rows[used++] = row;
  return rows.slice(0, used);
}

function entriesOf({ tagIndexEntries: entries, tags }: Inventory, keptTags: Uint32Array): TagIndexEntries {
  const newRow = newRows(tags.name.length, keptTags);
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
