/** `ls` of a repository out of what a scan left: which of its blobs others reach as well needs a look at all of them. */
import { buildGraph, type Graph } from '../gc/graph.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Listing } from '../report/model.ts';
import { flagAt } from '../shared/columns.ts';
import { reachedBySeveral, RetainedSizes, revisionRoots, tagRoots } from './exclusive.ts';
import { listReference } from './listing.ts';
import { damagedValue, VALUES, type PackedValue } from './packed-figures.ts';
import type { StandardFigures } from './standard-figures.ts';

/** Of a digest: several tags reach it; several revisions, or tags of what is no revision there, do. */
const BY_TAGS = 1;
const BY_REVISIONS = 2;

/** What of an inventory others reach as well, as it goes into an index: a byte a digest. */
export function packShared({
  inventory,
  graph,
}: {
  readonly inventory: Inventory;
  readonly graph: Graph;
}): PackedValue {
  const data = reachedBySeveral(graph, tagRoots(inventory));
  const byRevisions = reachedBySeveral(graph, revisionRoots(inventory));
  for (let id = 0; id < data.length; id++) {
    data[id] = (flagAt(data, id) === 1 ? BY_TAGS : 0) | (flagAt(byRevisions, id) === 1 ? BY_REVISIONS : 0);
  }
  return { name: VALUES.shared, data };
}

/** As much of an index as one repository needs, with numbers of its own. */
export interface PartOfIndex {
  readonly inventory: Inventory;
  /** Of each digest in it the id that it has in the index. */
  readonly digests: readonly number[];
  /** Of each revision in it the row that it has in the index. */
  readonly revisions: Uint32Array;
}

/**
 * As `listReference`, of a part that has what the reference names. `shared`: what `packShared` made of the whole index. Throws
 * `index-foreign` where that is not of this index.
 */
export function listOfPart(
  part: PartOfIndex,
  { untaggedRevisions }: Pick<StandardFigures, 'untaggedRevisions'>,
  shared: Uint8Array,
  reference: string,
): Listing {
  const { inventory } = part;
  const graph = buildGraph(inventory);
  const among = (flag: number): RetainedSizes => {
    const several = Uint8Array.from(part.digests, (id) => (valueAt(shared, id, VALUES.shared) & flag) / flag);
    return new RetainedSizes(inventory, graph, several);
  };
  return listReference(
    {
      inventory,
      amongTags: () => among(BY_TAGS),
      amongRevisions: () => among(BY_REVISIONS),
      isUntagged: (row) => {
        const inIndex = part.revisions[row] ?? NaN;
        return valueAt(untaggedRevisions, inIndex, VALUES.untaggedRevisions) === 1;
      },
    },
    reference,
  );
}

function valueAt(values: Uint8Array, index: number, name: string): number {
  const value = values[index];
  if (value === undefined) throw damagedValue(name);
  return value;
}
