/** The whole way from a tree to the plan of `rm`, in words that tests can compare. */
import { buildRemoval } from '../../src/gc/removal.ts';
import { parseReferences, resolveRemoval } from '../../src/gc/removal-names.ts';
import type { RemovalRefusal } from '../../src/gc/removal-refusals.ts';
import type { Plan } from '../../src/gc/plan.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { openedOf } from '../support/report-of.ts';
import type { Tree } from '../support/tree.ts';

export interface RemovalInWords {
  /** `repository:tag`. */
  readonly tags: readonly string[];
  /** `repository:tag digest`. */
  readonly entries: readonly string[];
  /** `repository@digest`. */
  readonly revisions: readonly string[];
  readonly links: readonly string[];
  readonly blobs: readonly string[];
  readonly uploads: readonly string[];
  readonly strays: readonly string[];
  readonly folders: readonly string[];
  readonly refusals: readonly RemovalRefusal[];
}

/** In the order of the plan. */
export async function removalOf(tree: Tree, ...references: readonly string[]): Promise<RemovalInWords> {
  const { inventory, analysis } = await openedOf(tree.root, { minAge: 3600 });
  const removal = resolveRemoval(inventory, parseReferences(references));
  const { plan, refusals } = buildRemoval(inventory, analysis.graph, removal);
  return { ...inWords(inventory, plan), refusals };
}

export function inWords(inventory: Inventory, plan: Plan): Omit<RemovalInWords, 'refusals'> {
  const { digests, repositories, tags, tagIndexEntries, revisions, layerLinks } = inventory;
  const name = (repository: number | undefined): string => repositories[repository ?? -1]?.name ?? '';
  const digest = (id: number | undefined): string => digests.digest(id ?? -1);
  const tag = (row: number | undefined): string => `${name(tags.repository[row ?? -1])}:${tags.name[row ?? -1] ?? ''}`;
  return {
    tags: [...plan.tags].map(tag),
    entries: [...plan.tagIndexEntries].map(
      (row) => `${tag(tagIndexEntries.tag[row])} ${digest(tagIndexEntries.digest[row])}`,
    ),
    revisions: [...plan.revisions].map((row) => `${name(revisions.repository[row])}@${digest(revisions.digest[row])}`),
    links: [...plan.layerLinks].map((row) => `${name(layerLinks.repository[row])}@${digest(layerLinks.digest[row])}`),
    blobs: [...plan.blobs].map(digest),
    uploads: plan.uploads.map((index) => inventory.uploads[index]?.name ?? ''),
    strays: plan.strayFiles.map((index) => inventory.strayFiles[index]?.path ?? ''),
    folders: plan.emptyFolders.map(({ path }) => path),
  };
}
