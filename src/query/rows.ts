/** A row of figures for each repository, or for each namespace of them. */
import type { Analysis } from '../gc/analysis.ts';
import { FigureCollector, known, type ReachFigures } from '../gc/figures.ts';
import { REFERENCED, subjectOf, UNREFERENCED } from '../gc/mark.ts';
import { addModeRoots } from '../gc/mark-rows.ts';
import { inMode, planIn } from '../gc/plan-in.ts';
import { Closure } from '../gc/reachability.ts';
import type { Plan } from '../gc/plan.ts';
import { standInsOf } from '../inventory/aliases.ts';
import { BLOB_STATED, BLOB_STORED, NONE, type Inventory } from '../inventory/inventory.ts';
import { NO_REPOSITORY, type RepositoryRow } from '../report/model.ts';
import { at, flagAt, numberAt, rowsOf } from '../shared/columns.ts';
import { addTo } from '../shared/lists.ts';
import { isoTime } from '../shared/times.ts';
import { compareText } from '../shared/problem.ts';
import { untaggedIn, type MarkedIndex, type PreviousScan, type ViewOptions } from './view.ts';

interface Group {
  readonly name: string;
  readonly members: readonly number[];
}

/**
 * The rows, by name. `depth` folds names to so many parts; a namespace's bytes are computed for it as a whole, not
 * added up, so what its repositories share with each other is exclusive to it. Its growth is that of its repositories: what
 * they shared at the scan before is not known any more.
 */
export function repositoryRows(index: MarkedIndex, options: ViewOptions, depth?: number): readonly RepositoryRow[] {
  return rowsUnder(index, planIn(index.analysis, options.mode, options), options, depth);
}

/** As `repositoryRows`, for a plan that is at hand. */
export function rowsUnder(
  index: MarkedIndex,
  plan: Plan,
  options: ViewOptions,
  depth?: number,
): readonly RepositoryRow[] {
  const { analysis, previous: before } = index;
  const groups = groupsOf(analysis.inventory, depth);
  const own = ownReach(analysis, options);
  const reach = depth === undefined ? own : groupReach(analysis, options, groups);
  const context: RowContext = {
    analysis,
    options,
    reach,
    own,
    isUntagged: untaggedIn(index),
    going: goingBlobs(analysis.inventory, plan),
    manifestReferences: referenceCounts(analysis.inventory),
    seen: new Uint32Array(analysis.inventory.digests.size),
    plannedUploads: new Set(plan.uploads),
    uploads: uploadsByRepository(analysis.inventory),
    standIns: standInsOf(analysis.inventory),
    before: beforeByGroup(before, options, depth),
  };
  const rows = groups.map((group, place) => rowOf(context, group, place));
  const nobodys = unlinkedRow(context);
  return (nobodys === undefined ? rows : [...rows, nobodys]).sort((a, b) => compareText(a.name, b.name));
}

interface RowContext {
  readonly analysis: Analysis;
  readonly options: ViewOptions;
  readonly reach: ReachFigures;
  /** The same of each repository. */
  readonly own: ReachFigures;
  readonly going: Uint8Array;
  /** Whether the revision of a row is untagged. */
  readonly isUntagged: (row: number) => boolean;
  /** By digest. */
  readonly manifestReferences: Uint32Array;
  /** A stamp for each digest: the number of the last group and purpose that counted it. */
  readonly seen: Uint32Array;
  readonly plannedUploads: ReadonlySet<number>;
  readonly uploads: ReadonlyMap<number, readonly number[]>;
  /** Digests that stand for another: their links dangle only with that. */
  readonly standIns: ReadonlyMap<number, number>;
  readonly before: ReadonlyMap<string, number> | undefined;
}

function groupsOf(inventory: Inventory, depth: number | undefined): readonly Group[] {
  const groups = new Map<string, number[]>();
  for (const [id, { name }] of inventory.repositories.entries()) {
    addTo(groups, foldName(name, depth), id);
  }
  return [...groups].map(([name, members]) => ({ name, members }));
}

function foldName(name: string, depth: number | undefined): string {
  return depth === undefined ? name : name.split('/').slice(0, depth).join('/');
}

/** Of each repository by itself. */
function ownReach(analysis: Analysis, options: ViewOptions): ReachFigures {
  const { mode } = options;
  if (mode !== 'policy' && analysis.limited === undefined) return analysis[mode].reach;
  return groupReach(analysis, options, groupsOf(analysis.inventory, undefined));
}

function groupReach(analysis: Analysis, options: ViewOptions, groups: readonly Group[]): ReachFigures {
  const { inventory, graph } = analysis;
  const figures = new FigureCollector(inventory, groups.length);
  const closure = new Closure(graph.nodes, [graph.references]);
  const subjects = subjectOf(inventory);
  const { marking, roots } = inMode(analysis, options.mode);
  for (const [index, group] of groups.entries()) {
    closure.begin();
    for (const id of group.members) addModeRoots(closure, inventory, id, roots, subjects, marking.level);
    figures.take(index, closure.reached);
  }
  return figures.figures();
}

function beforeByGroup(
  before: PreviousScan | undefined,
  options: ViewOptions,
  depth: number | undefined,
): ReadonlyMap<string, number> | undefined {
  // No scan keeps what a policy made of it.
  if (before === undefined || options.mode === 'policy') return undefined;
  const bytes = new Map<string, number>();
  for (const repository of before.perRepository) {
    const name = foldName(repository.name, depth);
    const then = options.mode === 'untagged' ? repository.taggedBytes : repository.referencedBytes;
    bytes.set(name, (bytes.get(name) ?? 0) + then);
  }
  return bytes;
}

function goingBlobs(inventory: Inventory, plan: Plan): Uint8Array {
  const going = new Uint8Array(inventory.digests.size);
  flagDigests(going, plan.blobs);
  return going;
}

/** Of each manifest: itself and the blobs that it names, as the dry run of 2.8 prints a line for each. */
function referenceCounts(inventory: Inventory): Uint32Array {
  const { digest, referenceStart } = inventory.manifests;
  const counts = new Uint32Array(inventory.digests.size);
  for (let m = 0; m < digest.length; m++) {
    const stored = (flagAt(inventory.blobs.flags, at(digest, m)) & BLOB_STORED) !== 0;
    if (stored) counts[at(digest, m)] = 1 + at(referenceStart, m + 1) - at(referenceStart, m);
  }
  return counts;
}

function uploadsByRepository(inventory: Inventory): ReadonlyMap<number, readonly number[]> {
  const uploads = new Map<number, number[]>();
  for (const [index, { repository }] of inventory.uploads.entries()) addTo(uploads, repository, index);
  return uploads;
}

interface Sums {
  tags: number;
  revisions: number;
  untagged: number;
  layerLinks: number;
  orphaned: number;
  orphanedBytes: number;
  orphanedDisk: number;
  dangling: number;
  references: number;
  reclaimable: number;
  uploads: number;
  pushedAt: number;
}

function rowOf(context: RowContext, group: Group, index: number): RepositoryRow {
  const sums: Sums = {
    tags: 0,
    revisions: 0,
    untagged: 0,
    layerLinks: 0,
    orphaned: 0,
    orphanedBytes: 0,
    orphanedDisk: 0,
    dangling: 0,
    references: 0,
    reclaimable: 0,
    uploads: 0,
    pushedAt: NaN,
  };
  const stamp = index + 1;
  for (const id of group.members) {
    addRevisions(context, id, sums, stamp);
    addTags(context, id, sums, stamp);
    addLayerLinks(context, id, sums, stamp);
    for (const upload of context.uploads.get(id) ?? []) {
      sums.uploads++;
      if (context.plannedUploads.has(upload))
        sums.reclaimable += context.analysis.inventory.uploads[upload]?.bytes ?? 0;
    }
  }
  const bytes = numberAt(context.reach.bytes, index);
  const exclusiveBytes = numberAt(context.reach.exclusiveBytes, index);
  return {
    name: group.name,
    tags: sums.tags,
    revisions: sums.revisions,
    untaggedRevisions: sums.untagged,
    layerLinks: sums.layerLinks,
    orphanedLayers: sums.orphaned,
    orphanedBytes: sums.orphanedBytes,
    orphanedDiskBytes: numberOrNull(sums.orphanedDisk),
    danglingLinks: sums.dangling,
    references: sums.references,
    bytes,
    diskBytes: numberOrNull(numberAt(context.reach.diskBytes, index)),
    exclusiveBytes,
    sharedBytes: bytes - exclusiveBytes,
    reclaimableBytes: sums.reclaimable,
    growthBytes: growthOf(context, group),
    uploads: sums.uploads,
    lastPushedAt: isoTime(sums.pushedAt),
  };
}

function growthOf({ before, own }: RowContext, { name, members }: Group): number | null {
  if (before === undefined) return null;
  return members.reduce((sum, id) => sum + numberAt(own.bytes, id), 0) - (before.get(name) ?? 0);
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function later(a: number, b: number): number {
  return Number.isNaN(a) || b > a ? b : a;
}

function credit(context: RowContext, id: number, sums: Sums, stamp: number): void {
  if (context.going[id] !== 1 || context.seen[id] === stamp) return;
  context.seen[id] = stamp;
  sums.reclaimable += known(numberAt(context.analysis.inventory.blobs.bytes, id));
}

function isStored(inventory: Inventory, id: number): boolean {
  return (flagAt(inventory.blobs.flags, id) & BLOB_STORED) !== 0;
}

function addRevisions(context: RowContext, repository: number, sums: Sums, stamp: number): void {
  const { inventory } = context.analysis;
  for (const row of rowsOf(inventory.revisions.byRepository, repository)) {
    const id = at(inventory.revisions.digest, row);
    sums.revisions++;
    if (context.isUntagged(row)) sums.untagged++;
    if (!isStored(inventory, id)) sums.dangling++;
    sums.references += at(context.manifestReferences, id);
    sums.pushedAt = later(sums.pushedAt, numberAt(inventory.revisions.time, row));
    credit(context, id, sums, stamp);
  }
}

function addTags(context: RowContext, repository: number, sums: Sums, stamp: number): void {
  const { inventory } = context.analysis;
  for (const row of rowsOf(inventory.tags.byRepository, repository)) {
    sums.tags++;
    const current = at(inventory.tags.current, row);
    if (current !== NONE && !isStored(inventory, current)) sums.dangling++;
    sums.pushedAt = later(sums.pushedAt, numberAt(inventory.tags.time, row));
    for (const entry of rowsOf(inventory.tagIndexEntries.byTag, row)) {
      const id = at(inventory.tagIndexEntries.digest, entry);
      if (!isStored(inventory, id)) sums.dangling++;
      credit(context, id, sums, stamp);
    }
  }
}

function addLayerLinks(context: RowContext, repository: number, sums: Sums, stamp: number): void {
  const { inventory } = context.analysis;
  const { marking } = inMode(context.analysis, context.options.mode);
  const { standIns } = context;
  for (const row of rowsOf(inventory.layerLinks.byRepository, repository)) {
    const id = at(inventory.layerLinks.digest, row);
    sums.layerLinks++;
    if (!isStored(inventory, id)) {
      if (!standIns.has(id)) sums.dangling++;
      continue;
    }
    if (marking.layerLink[row] !== REFERENCED) {
      sums.orphaned++;
      sums.orphanedBytes += known(numberAt(inventory.blobs.bytes, id));
      const stated = (flagAt(inventory.blobs.flags, id) & BLOB_STATED) !== 0;
      sums.orphanedDisk += stated ? numberAt(inventory.blobs.diskBytes, id) : NaN;
    }
    credit(context, id, sums, stamp);
  }
}

/** Sets the flag of each of the digests. */
function flagDigests(flags: Uint8Array, digests: Uint32Array): void {
  for (let row = 0; row < digests.length; row++) flags[at(digests, row)] = 1;
}

/** Unreferenced blobs that no link names: nobody's. */
function unlinkedRow(context: RowContext): RepositoryRow | undefined {
  const { inventory } = context.analysis;
  const { marking } = inMode(context.analysis, context.options.mode);
  const linked = new Uint8Array(inventory.digests.size);
  flagDigests(linked, inventory.layerLinks.digest);
  flagDigests(linked, inventory.revisions.digest);
  flagDigests(linked, inventory.tagIndexEntries.digest);
  for (const { from, to } of inventory.aliases) if (linked[from] === 1) linked[to] = 1;
  const sums = { blobs: 0, bytes: 0, disk: 0, reclaimable: 0 };
  for (let id = 0; id < inventory.digests.size; id++) {
    if (linked[id] === 1 || !isStored(inventory, id) || marking.level[id] === REFERENCED) continue;
    const bytes = known(numberAt(inventory.blobs.bytes, id));
    sums.blobs++;
    sums.bytes += bytes;
    sums.disk += numberAt(inventory.blobs.diskBytes, id);
    if (marking.level[id] === UNREFERENCED) sums.reclaimable += bytes;
  }
  if (sums.blobs === 0) return undefined;
  return {
    name: NO_REPOSITORY,
    tags: 0,
    revisions: 0,
    untaggedRevisions: 0,
    layerLinks: 0,
    orphanedLayers: sums.blobs,
    orphanedBytes: sums.bytes,
    orphanedDiskBytes: numberOrNull(sums.disk),
    danglingLinks: 0,
    references: 0,
    bytes: 0,
    diskBytes: 0,
    exclusiveBytes: 0,
    sharedBytes: 0,
    reclaimableBytes: sums.reclaimable,
    growthBytes: null,
    uploads: 0,
    lastPushedAt: null,
  };
}
