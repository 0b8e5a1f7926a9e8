/** An inventory as a scan would find it once some tags and revisions are gone: what stays is asked of that. */
import { buildGraph, type Graph } from './graph.ts';
import { NONE, type Inventory, type TagIndexEntries } from '../inventory/inventory.ts';
import { at, flagAt, flagsAt, groupRows, numbersAt, valuesAt } from '../shared/columns.ts';

/**
 * Without the tags (and their history) and the revisions that have a flag. Digest ids and rows of layer links are as
 * before; tags, history and revisions are numbered anew.
 */
export function without(inventory: Inventory, tags: Uint8Array, revisions: Uint8Array): Inventory {
  const repositories = inventory.repositories.length;
  const keptRevisions = rowsWithout(revisions);
  const keptTags = rowsWithout(tags);
  const revisionRepository = valuesAt(inventory.revisions.repository, keptRevisions);
  const tagRepository = valuesAt(inventory.tags.repository, keptTags);
  return {
    ...inventory,
    revisions: {
      repository: revisionRepository,
      digest: valuesAt(inventory.revisions.digest, keptRevisions),
      time: numbersAt(inventory.revisions.time, keptRevisions),
      diskBytes: numbersAt(inventory.revisions.diskBytes, keptRevisions),
      flags: flagsAt(inventory.revisions.flags, keptRevisions),
      byRepository: groupRows(revisionRepository, repositories),
    },
    tags: {
      repository: tagRepository,
      name: namesAt(inventory.tags.name, keptTags),
      current: currentAt(inventory.tags.current, keptTags),
      time: numbersAt(inventory.tags.time, keptTags),
      flags: flagsAt(inventory.tags.flags, keptTags),
      byRepository: groupRows(tagRepository, repositories),
    },
    tagIndexEntries: entriesOf(inventory, keptTags),
    signatureLinks: signaturesOf(inventory, keptRevisions),
  };
}

/**
 * The graph of an inventory without the revisions that have a flag. `graph`: of the inventory. Whether something is a revision
 * matters to nothing but referrers and what signs it, and where it does not, the graph is the same.
 */
export function graphWithout(inventory: Inventory, graph: Graph, revisions: Uint8Array): Graph {
  if (!changesGraph(inventory, graph, revisions)) return graph;
  return buildGraph(without(inventory, new Uint8Array(inventory.tags.current.length), revisions));
}

function changesGraph(inventory: Inventory, graph: Graph, revisions: Uint8Array): boolean {
  const { revision: signed } = inventory.signatureLinks;
  for (let row = 0; row < signed.length; row++) if (revisions[at(signed, row)] === 1) return true;
  const { target } = graph.referrers;
  if (target.length === 0) return false;
  const gone = new Set<number>();
  for (let row = 0; row < revisions.length; row++) {
    if (revisions[row] === 1) gone.add(at(inventory.revisions.digest, row));
  }
  for (let edge = 0; edge < target.length; edge++) if (gone.has(at(target, edge))) return true;
  return false;
}

function signaturesOf(
  { signatureLinks: signatures, revisions }: Inventory,
  keptRevisions: Uint32Array,
): Inventory['signatureLinks'] {
  const newRow = newRows(revisions.digest.length, keptRevisions);
  const kept = rowsOfKept(signatures.revision, newRow);
  return {
    revision: kept.map((row) => at(newRow, at(signatures.revision, row))),
    digest: valuesAt(signatures.digest, kept),
    time: numbersAt(signatures.time, kept),
    diskBytes: numbersAt(signatures.diskBytes, kept),
  };
}

/** Of each row before the row that it is now; `NONE`: it is gone. */
function newRows(before: number, kept: Uint32Array): Int32Array {
  const newRow = new Int32Array(before).fill(NONE);
  for (let row = 0; row < kept.length; row++) newRow[at(kept, row)] = row;
  return newRow;
}

/** The rows whose owner is kept. `newRow`: as `newRows` gives it. */
function rowsOfKept(owner: Uint32Array, newRow: Int32Array): Uint32Array {
  const rows = new Uint32Array(owner.length);
  let used = 0;
  for (let row = 0; row < owner.length; row++) if (at(newRow, at(owner, row)) !== NONE) rows[used++] = row;
  return rows.slice(0, used);
}

function namesAt(names: readonly string[], rows: Uint32Array): readonly string[] {
  const found: string[] = [];
  for (let place = 0; place < rows.length; place++) found.push(names[at(rows, place)] ?? '');
  return found;
}

function currentAt(current: Int32Array, rows: Uint32Array): Int32Array {
  const found = new Int32Array(rows.length);
  for (let place = 0; place < rows.length; place++) found[place] = at(current, at(rows, place));
  return found;
}

function rowsWithout(flags: Uint8Array): Uint32Array {
  const rows = new Uint32Array(flags.length);
  let used = 0;
  for (let row = 0; row < flags.length; row++) if (flagAt(flags, row) === 0) rows[used++] = row;
  return rows.slice(0, used);
}

function entriesOf({ tagIndexEntries: entries, tags }: Inventory, keptTags: Uint32Array): TagIndexEntries {
  const newRow = newRows(tags.name.length, keptTags);
  const kept = rowsOfKept(entries.tag, newRow);
  const tag = kept.map((row) => at(newRow, at(entries.tag, row)));
  return {
    tag,
    digest: valuesAt(entries.digest, kept),
    time: numbersAt(entries.time, kept),
    diskBytes: numbersAt(entries.diskBytes, kept),
    byTag: groupRows(tag, keptTags.length),
  };
}
