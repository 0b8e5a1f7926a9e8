/** The report: what is there, what a sweep would free, what is held, who is to blame, what is damaged. */
import { planTotals, type PlanTotals } from '../gc/plan-totals.ts';
import { DAMAGED, EXCLUDED, LEVELS, REFERENCED, rowsOf, YOUNG } from '../gc/mark.ts';
import { NONE, type Inventory } from '../inventory/inventory.ts';
import type { Notice, Reclaimable, Report } from '../report/model.ts';
import { at } from '../shared/columns.ts';
import { allProblems } from './problems.ts';
import { flagDigests, rowsUnder } from './rows.ts';
import { amountsBy, together, totalsOf } from './totals.ts';
import { inMode, planIn, type MarkedIndex, type ViewOptions } from './view.ts';

/** Builds the report of a marked index. Pure: the same index and options give the same report. */
export function buildReport(index: MarkedIndex, options: ViewOptions): Report {
  const { analysis } = index;
  const { inventory } = analysis;
  const { level } = inMode(analysis, options.mode).marking;
  const plan = planIn(analysis, options.mode, options);
  const totals = planTotals(inventory, plan);
  const untagged = options.mode === 'untagged' ? totals : planTotals(inventory, planIn(analysis, 'untagged', options));
  const byLevel = amountsBy(inventory, level, LEVELS);
  const atLevel = (wanted: number) => together(byLevel.slice(wanted, wanted + 1));
  return {
    schema: 'regsweep.report/1',
    generatedAt: new Date(options.now).toISOString(),
    registry: {
      root: inventory.root,
      scannedAt: new Date(inventory.scannedAt).toISOString(),
      layoutVersion: 'v2',
    },
    mode: options.mode,
    minAgeSeconds: options.minAgeSeconds,
    complete: inventory.complete,
    notices: noticesOf(index, options),
    totals: totalsOf(inventory),
    referenced: atLevel(REFERENCED),
    unreferenced: together(byLevel.filter((_, group) => group !== REFERENCED)),
    reclaimable: reclaimableOf(totals),
    held: { excluded: atLevel(EXCLUDED), damaged: atLevel(DAMAGED), young: atLevel(YOUNG) },
    trash: inventory.trash,
    ifUntagged: { total: untagged.total },
    repositories: rowsUnder(index, plan, options),
    problems: allProblems(analysis),
  };
}

function reclaimableOf(totals: PlanTotals): Reclaimable {
  const count = ({ count }: { readonly count: number }): { readonly count: number } => ({ count });
  return {
    blobs: totals.blobs,
    revisions: count(totals.revisions),
    tags: count(totals.tags),
    tagIndexEntries: count(totals.tagIndexEntries),
    layerLinks: count(totals.layerLinks),
    uploads: totals.uploads,
    emptyDirectories: totals.emptyDirectories,
    total: totals.total,
  };
}

/** Blobs that no link names, above this share of all bytes, look like a mount that is missing. */
const LOST_SHARE = 0.1;
/** So many repositories without any tag look like a registry whose tags are kept elsewhere. */
const TAGLESS_SHARE = 0.5;

function noticesOf(index: MarkedIndex, options: ViewOptions): readonly Notice[] {
  const { inventory } = index.analysis;
  const notices: Notice[] = [];
  const add = (code: Notice['code'], message: string): void => void notices.push({ code, message });
  if (!inventory.complete) {
    add(
      'scan-incomplete',
      'something could not be read, and it might keep more alive than is seen here: nothing may be swept',
    );
  }
  if (inventory.elsewhere.metadataDatabase) {
    add(
      'metadata-elsewhere',
      'this volume has a metadata database elsewhere, which alone knows what is needed: these figures prove nothing',
    );
  }
  const tagless = inventory.elsewhere.pullThrough || looksTagless(inventory);
  if (tagless && options.mode !== 'revisions') {
    const why = inventory.elsewhere.pullThrough
      ? 'this is a pull-through cache'
      : 'half or more of the repositories have no tag';
    add('tags-may-be-incomplete', `${why}: images may be needed that no tag names here`);
  }
  if (inventory.repositories.length === 0 && inventory.digests.size > 0) {
    add('no-repositories', 'there are blobs and no repository at all: is a mount missing?');
  }
  const lost = lostRepositories(index);
  if (lost > 0) add('lost-repositories', `${lost} repositories of the last scan are gone: is a mount missing?`);
  const unlinked = unlinkedShare(inventory);
  if (inventory.repositories.length > 0 && unlinked > LOST_SHARE) {
    add(
      'lost-repositories',
      `${Math.round(unlinked * 100)} % of all bytes are in blobs that no link names: is a mount missing?`,
    );
  }
  return notices;
}

function looksTagless(inventory: Inventory): boolean {
  let withRevisions = 0;
  let withoutTags = 0;
  for (let id = 0; id < inventory.repositories.length; id++) {
    if (rowsOf(inventory.revisions.byRepository, id).length === 0) continue;
    withRevisions++;
    if (rowsOf(inventory.tags.byRepository, id).length === 0) withoutTags++;
  }
  return withRevisions > 0 && withoutTags / withRevisions >= TAGLESS_SHARE;
}

function lostRepositories({ analysis, previous }: MarkedIndex): number {
  const now = new Set(analysis.inventory.repositories.map((repository) => repository.name));
  return previous?.perRepository.filter((repository) => !now.has(repository.name)).length ?? 0;
}

function unlinkedShare(inventory: Inventory): number {
  const linked = new Uint8Array(inventory.digests.size);
  flagDigests(linked, inventory.layerLinks.digest);
  flagDigests(linked, inventory.revisions.digest);
  flagDigests(linked, inventory.tagIndexEntries.digest);
  flagDigests(linked, inventory.manifests.referenceTarget);
  const { current } = inventory.tags;
  for (let tag = 0; tag < current.length; tag++) if (at(current, tag) !== NONE) linked[at(current, tag)] = 1;
  for (const { to } of inventory.aliases) linked[to] = 1;
  const byLink = amountsBy(inventory, linked, 2);
  const all = together(byLink).bytes;
  return all === 0 ? 0 : (byLink[0]?.bytes ?? 0) / all;
}
