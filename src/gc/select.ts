/**
 * Carrying out a plan that was made earlier: what goes are the actions of its file that a fresh plan has, too, and that expect
 * the same. All else stays, with whatever it reaches and refers to.
 */
import { BLOB_STORED, NONE, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt } from '../shared/columns.ts';
import type { Action, ActionKind, Expectation } from './action.ts';
import { ActionMaker } from './actions.ts';
import { emptiedFolders, foldersThatGo } from './emptied-folders.ts';
import { buildGraph, type Graph } from './graph.ts';
import { PlanFinder } from './plan-finder.ts';
import type { ParsedAction } from './plan-lines.ts';
import type { Plan, PlanRows } from './plan.ts';
import { reach } from './reachability.ts';
import { namedByTag, TagSubjects, withFollowers } from './tag-subjects.ts';

/** An action of the file that is not carried out. The path is the file's: it may be anything. */
export interface SkippedAction {
  readonly path: string;
  readonly kind: ActionKind;
  readonly reason: string;
}

export interface Selection {
  /** The fresh plan, less what the file does not name. */
  readonly plan: Plan;
  /** In the order of the file, then what is kept for the sake of something else. */
  readonly skipped: readonly SkippedAction[];
}

const NOT_PLANNED = 'it does not go now: the volume or the options have changed since the plan was made';
const CHANGED = 'it has changed since the plan was made';
const NEEDED = 'something that stays needs it, or lies in it';

/** Takes from a fresh `plan` what a plan file names. Reads all actions before it answers. */
export function selectFromFile(
  inventory: Inventory,
  plan: Plan,
  actions: Iterable<ParsedAction>,
  graph: Graph = buildGraph(inventory),
): Selection {
  const maker = new ActionMaker(inventory, { mode: 'revisions', batch: 1 });
  const named = new Named(inventory, plan);
  const finder = new PlanFinder(inventory, plan, maker);
  const skipped: SkippedAction[] = [];
  for (const { kind, path, expect } of actions) {
    const row = finder.find(kind, path);
    const fresh = row === undefined ? undefined : actionOf(maker, plan, kind, row);
    if (row === undefined || fresh?.path !== path) skipped.push({ path, kind, reason: NOT_PLANNED });
    else if (!isSame(expect, fresh.expect)) skipped.push({ path, kind, reason: CHANGED });
    else named.add(kind, row);
  }
  const stays = reachedFrom(inventory, withFollowers(inventory, graph, plan.tags), plan, named);
  const rows = reduced(inventory, plan, named, stays);
  const scope = { includesRepository: () => true, includesNamespaces: true };
  const emptied = new Set(emptiedFolders(inventory, rows, scope).map(({ path }) => path));
  const wanted = new Set(plan.emptyFolders.filter((_, index) => named.has('empty-directory', index)));
  const emptyFolders = foldersThatGo(plan.emptyFolders, (folder) => wanted.has(folder) && emptied.has(folder.path));
  const selected = { ...rows, emptyFolders };
  for (const { path, kind } of dropped(maker, plan, named, selected)) skipped.push({ path, kind, reason: NEEDED });
  return { plan: selected, skipped };
}

/** The rows that the file names, class by class. */
class Named {
  private readonly rows: Readonly<Record<ActionKind, Uint8Array>>;

  constructor(inventory: Inventory, plan: Plan) {
    this.rows = {
      tag: new Uint8Array(inventory.tags.current.length),
      'tag-index-entry': new Uint8Array(inventory.tagIndexEntries.digest.length),
      revision: new Uint8Array(inventory.revisions.digest.length),
      'signature-link': new Uint8Array(inventory.signatureLinks.digest.length),
      'layer-link': new Uint8Array(inventory.layerLinks.digest.length),
      blob: new Uint8Array(inventory.digests.size),
      upload: new Uint8Array(inventory.uploads.length),
      'stray-temporary-file': new Uint8Array(inventory.strayFiles.length),
      'empty-directory': new Uint8Array(plan.emptyFolders.length),
      // A plan of deletions has none of these.
      'make-folder': new Uint8Array(0),
      'write-link': new Uint8Array(0),
    };
  }

  add(kind: ActionKind, row: number): void {
    this.rows[kind][row] = 1;
  }

  has(kind: ActionKind, row: number): boolean {
    return this.rows[kind][row] === 1;
  }
}

function actionOf(maker: ActionMaker, plan: Plan, kind: ActionKind, row: number): Action | undefined {
  switch (kind) {
    case 'tag':
      return maker.tag(row);
    case 'tag-index-entry':
      return maker.tagIndexEntry(row);
    case 'revision':
      return maker.revision(row);
    case 'signature-link':
      return maker.signatureLink(row);
    case 'layer-link':
      return maker.layerLink(row);
    case 'blob':
      return maker.blob(row);
    case 'upload':
      return maker.upload(row);
    case 'stray-temporary-file':
      return maker.strayFile(row);
    case 'empty-directory': {
      const folder = plan.emptyFolders[row];
      return folder && maker.emptyFolder(folder);
    }
    case 'make-folder':
    case 'write-link':
      return undefined;
  }
}

/** A time that the file does not know is not compared. */
function isSame(expected: Expectation, now: Expectation): boolean {
  if ('entries' in expected) return 'entries' in now && expected.entries.join('\0') === now.entries.join('\0');
  if ('entries' in now || 'absent' in now || 'absent' in expected) return false;
  if (expected.modifiedAt !== null && expected.modifiedAt !== now.modifiedAt) return false;
  if ('link' in expected) return 'link' in now && expected.link === now.link;
  return 'bytes' in now && expected.bytes === now.bytes;
}

/** By digest: whether something of the fresh plan that the file does not name reaches it. */
function reachedFrom(inventory: Inventory, graph: Graph, plan: Plan, named: Named): Uint8Array {
  const { tagIndexEntries, revisions, signatureLinks, layerLinks } = inventory;
  const roots: number[] = [];
  const take = (kind: ActionKind, rows: Uint32Array, digest?: Uint32Array): void => {
    for (const row of rows) if (!named.has(kind, row)) roots.push(digest === undefined ? row : at(digest, row));
  };
  for (const tag of plan.tags) {
    if (!named.has('tag', tag)) for (const id of namedByTag(inventory, tag)) roots.push(id);
  }
  take('tag-index-entry', plan.tagIndexEntries, tagIndexEntries.digest);
  take('revision', plan.revisions, revisions.digest);
  take('signature-link', plan.signatureLinks, signatureLinks.digest);
  take('layer-link', plan.layerLinks, layerLinks.digest);
  take('blob', plan.blobs);
  const reached = new Uint8Array(graph.nodes);
  reach(reached, roots, 1, [graph.references, graph.referrers]);
  return reached;
}

function reduced(inventory: Inventory, plan: Plan, named: Named, stays: Uint8Array): PlanRows {
  const { tagIndexEntries, revisions, signatureLinks, layerLinks, blobs, aliases } = inventory;
  // A stand-in stays with the blob that it stands for: the registry reads the one through the other.
  const twins = new Set(aliases.filter(({ to }) => stays[to] === 1).map(({ from }) => from));
  const goes = (id: number): boolean => {
    const isBlob = (flagAt(blobs.flags, id) & BLOB_STORED) !== 0;
    return stays[id] === 0 && (isBlob || !twins.has(id));
  };
  const only = (kind: ActionKind, rows: Uint32Array, digest: Uint32Array): Uint32Array =>
    rows.filter((row) => named.has(kind, row) && goes(at(digest, row)));
  const subjects = new TagSubjects(inventory);
  // A signature stays with what it signs, and keeps what it names.
  const followsWhatStays = (tag: number): boolean => {
    const subject = subjects.of(tag);
    return subject !== NONE && stays[subject] === 1;
  };
  return {
    tags: plan.tags.filter((row) => named.has('tag', row) && !followsWhatStays(row)),
    tagIndexEntries: only('tag-index-entry', plan.tagIndexEntries, tagIndexEntries.digest),
    revisions: only('revision', plan.revisions, revisions.digest),
    signatureLinks: only('signature-link', plan.signatureLinks, signatureLinks.digest),
    layerLinks: only('layer-link', plan.layerLinks, layerLinks.digest),
    blobs: plan.blobs.filter((id) => named.has('blob', id) && goes(id)),
    uploads: plan.uploads.filter((index) => named.has('upload', index)),
    strayFiles: plan.strayFiles.filter((index) => named.has('stray-temporary-file', index)),
  };
}

/** The actions that the file names, and that are not carried out all the same. */
function* dropped(maker: ActionMaker, plan: Plan, named: Named, selected: Plan): Iterable<Action> {
  function* lost(kind: ActionKind, before: Iterable<number>, after: Iterable<number>): Iterable<Action> {
    const kept = new Set(after);
    for (const row of before) {
      const action = named.has(kind, row) && !kept.has(row) ? actionOf(maker, plan, kind, row) : undefined;
      if (action !== undefined) yield action;
    }
  }
  yield* lost('tag', plan.tags, selected.tags);
  yield* lost('tag-index-entry', plan.tagIndexEntries, selected.tagIndexEntries);
  yield* lost('revision', plan.revisions, selected.revisions);
  yield* lost('signature-link', plan.signatureLinks, selected.signatureLinks);
  yield* lost('layer-link', plan.layerLinks, selected.layerLinks);
  yield* lost('blob', plan.blobs, selected.blobs);
  const folders = new Map(plan.emptyFolders.map((folder, index) => [folder, index]));
  const after = selected.emptyFolders.map((folder) => folders.get(folder) ?? -1);
  yield* lost('empty-directory', folders.values(), after);
}
