/** Who uses a blob: the repositories of which a revision or a tag reaches it. */
import { reversed, type Graph } from '../gc/graph.ts';
import { Closure } from '../gc/reachability.ts';
import { tagsByDigest, type Inventory } from '../inventory/inventory.ts';
import type { UsedBy } from '../report/model-serve.ts';
import { at, groupRows, rowsOf, type Groups } from '../shared/columns.ts';
import { addTo } from '../shared/lists.ts';
import { compareText } from '../shared/problem.ts';

const MOST_REPOSITORIES = 5;
const MOST_TAGS = 3;

export interface Users {
  /** How many repositories there are. */
  readonly count: number;
  /** The first few, by name. */
  readonly repositories: readonly UsedBy[];
}

/** Goes from blobs to what names them; made once for an inventory. Linear in the references. */
export class UsersOfBlobs {
  private readonly closure: Closure;
  private readonly revisions: Groups;
  private readonly tags: Groups;

  constructor(
    private readonly inventory: Inventory,
    graph: Graph,
  ) {
    this.closure = new Closure(graph.nodes, [reversed(graph.references, graph.nodes)]);
    this.revisions = groupRows(inventory.revisions.digest, graph.nodes);
    this.tags = tagsByDigest(inventory);
  }

  /** The users of a digest but for `repository` (its row). */
  of(digest: number, repository: number): Users {
    const { revisions, tags, repositories } = this.inventory;
    this.closure.begin();
    this.closure.add([digest]);
    const tagsOf = new Map<number, string[]>();
    for (const id of this.closure.reached) {
      for (const row of rowsOf(this.revisions, id)) {
        const owner = at(revisions.repository, row);
        if (!tagsOf.has(owner)) tagsOf.set(owner, []);
      }
      for (const row of rowsOf(this.tags, id)) addTo(tagsOf, at(tags.repository, row), tags.name[row] ?? '');
    }
    tagsOf.delete(repository);
    const named = [...tagsOf].map(([row, names]) => [repositories[row]?.name ?? '', names] as const);
    return {
      count: named.length,
      repositories: named
        .sort(([a], [b]) => compareText(a, b))
        .slice(0, MOST_REPOSITORIES)
        .map(([name, names]) => ({
          repository: name,
          tags: names.sort(compareText).slice(0, MOST_TAGS),
          tagCount: names.length,
        })),
    };
  }
}
