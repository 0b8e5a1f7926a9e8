/**
 * What a run took of images that it left after all. Referrers go before what they are about, and only then it may turn out
 * that an image has changed, cannot be moved, or is not reached before a sweep has to stop.
 */
import type { Graph } from '../gc/graph.ts';
import type { PlanRows } from '../gc/plan.ts';
import { reach } from '../gc/reachability.ts';
import { TagSubjects, withFollowers } from '../gc/tag-subjects.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import { NONE, type Inventory } from '../inventory/inventory.ts';
import type { Digest } from '../layout/digest.ts';
import { blobFolder, layerFolder, revisionFolder, tagFolder } from '../layout/paths.ts';
import { at } from '../shared/columns.ts';

/** What a run was to take, and what that was made of. */
export interface RunPlans {
  readonly inventory: Inventory;
  readonly graph: Graph;
  readonly plans: readonly PlanRows[];
}

/** Paths of what was to go, class by class; some of it may never have gone. */
export interface Referrers {
  readonly blobs: readonly string[];
  readonly layerLinks: readonly string[];
  readonly revisions: readonly string[];
  readonly tags: readonly string[];
}

/** All that hangs, as a referrer, on images that were to go whole and that `stands` says are still images. */
export function referrersOfImagesLeft(run: RunPlans, stands: (digest: Digest) => boolean): Referrers {
  const { inventory, plans } = run;
  const { digests, tags, revisions, layerLinks } = inventory;
  const graph = withFollowers(inventory, run.graph, rowsIn(plans, 'tags'));
  const { start, target } = graph.referrers;
  const left: DigestId[] = [];
  for (const id of rowsIn(plans, 'blobs')) {
    if (at(start, id) < at(start, id + 1) && stands(digests.digest(id))) left.push(id);
  }
  if (left.length === 0) return { blobs: [], layerLinks: [], revisions: [], tags: [] };
  const reached = new Uint8Array(graph.nodes);
  const referrers = left.flatMap((id) => [...target.subarray(at(start, id), at(start, id + 1))]);
  reach(reached, referrers, 1, [graph.references, graph.referrers]);
  const isLeft = new Set(left);
  const belongs = (id: DigestId): boolean => reached[id] === 1;
  const subjects = new TagSubjects(inventory);
  const tagRows = [...rowsIn(plans, 'tags')].filter((row) => {
    const subject = subjects.of(row);
    return subject !== NONE && (belongs(subject) || isLeft.has(subject));
  });
  const revisionRows = [...rowsIn(plans, 'revisions')].filter((row) => belongs(at(revisions.digest, row)));
  const repositories = new Set([
    ...tagRows.map((row) => at(tags.repository, row)),
    ...revisionRows.map((row) => at(revisions.repository, row)),
  ]);
  const linkRows = [...rowsIn(plans, 'layerLinks')].filter(
    (row) => belongs(at(layerLinks.digest, row)) && repositories.has(at(layerLinks.repository, row)),
  );
  const name = (repository: number): string => inventory.repositories[repository]?.name ?? '';
  const folder = (of: typeof layerFolder, rows: typeof revisions | typeof layerLinks, row: number): string =>
    of(name(at(rows.repository, row)), digests.digest(at(rows.digest, row)));
  return {
    blobs: [...rowsIn(plans, 'blobs')].filter(belongs).map((id) => blobFolder(digests.digest(id))),
    layerLinks: linkRows.map((row) => folder(layerFolder, layerLinks, row)),
    revisions: revisionRows.map((row) => folder(revisionFolder, revisions, row)),
    tags: tagRows.map((row) => tagFolder(name(at(tags.repository, row)), tags.name[row] ?? '')),
  };
}

function* rowsIn(plans: readonly PlanRows[], rows: 'tags' | 'revisions' | 'layerLinks' | 'blobs'): Iterable<number> {
  for (const plan of plans) yield* plan[rows];
}
