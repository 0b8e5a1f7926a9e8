/** Sweeps a tree as the command does, without its command line: scan, mark, plan, and what `src/sweep/` does with that. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Action, Expectation } from '../../src/gc/action.ts';
import { known } from '../../src/gc/figures.ts';
import { buildGraph, type Graph } from '../../src/gc/graph.ts';
import { mark } from '../../src/gc/mark.ts';
import { buildPlan, type Plan } from '../../src/gc/plan.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import type { Digest } from '../../src/layout/digest.ts';
import {
  blobFolder,
  layerFolder,
  revisionFolder,
  tagFolder,
  tagIndexEntryLink,
  uploadFolder,
} from '../../src/layout/paths.ts';
import { noProgress } from '../../src/shared/progress.ts';
import { arm, locked } from '../../src/sweep/arm.ts';
import { executePlan } from '../../src/sweep/execute.ts';
import { purgeRuns, type PurgeOutcome } from '../../src/sweep/purge.ts';
import { putBack, type PutBackOutcome } from '../../src/sweep/put-back.ts';
import { restoreRun, type RestoreOutcome } from '../../src/sweep/restore.ts';
import { runName } from '../../src/sweep/run-folder.ts';
import type { SweepOptions, SweepOutcome, SweepPorts } from '../../src/sweep/work.ts';
import { openedOf } from './report-of.ts';

export const GUARD = { proof: { refusals: [], warnings: [], notes: [] }, lock: { held: true } } as const;

/** Runs of tests come in the order in which they are made, however fast. */
let clock = Date.parse('2026-03-01T00:00:00Z');

export function nextRun(): string {
  clock += 1000;
  return runName(clock, randomBytes(2).toString('hex'));
}

export interface SweepWishes {
  readonly mode?: 'revisions' | 'untagged';
  readonly options?: Partial<SweepOptions>;
  readonly ports?: Partial<SweepPorts>;
  /** Tags that go first, as `repository:tag` (their revision goes when nothing else needs it: in mode `untagged`). */
  readonly tags?: readonly string[];
  /** Another plan than the volume's own. */
  readonly actions?: readonly Action[];
  /** Done once the plan is made, before anything is carried out. */
  readonly between?: () => void;
}

export interface Planned {
  readonly inventory: Inventory;
  readonly graph: Graph;
  readonly actions: readonly Action[];
}

/** The whole plan of a volume as it is now, as actions in the order of deletion. */
export async function planOf(root: string, wishes: SweepWishes = {}): Promise<Planned> {
  const { inventory } = await openedOf(root);
  const graph = buildGraph(withoutTags(inventory, wishes.tags ?? []));
  const marked = withoutTags(inventory, wishes.tags ?? []);
  const marking = mark(marked, graph, {
    mode: wishes.mode ?? 'revisions',
    isIncluded: () => true,
    doubts: new Uint8Array(inventory.repositories.length),
    youngSince: Infinity,
  });
  const plan = buildPlan(marked, marking, { youngSince: Infinity, uploadsBefore: Date.now() - 3_600_000 });
  return { inventory, graph, actions: [...actionsOf(inventory, plan, wishes.tags ?? [])] };
}

export async function sweepOf(root: string, wishes: SweepWishes = {}): Promise<SweepOutcome> {
  const planned = await planOf(root, wishes);
  const actions = wishes.actions ?? planned.actions;
  wishes.between?.();
  const work = {
    ...planned,
    header: { schema: 'regsweep.plan/1', mode: wishes.mode ?? 'revisions' },
    batches: () => [actions],
  };
  const state = wishes.options?.state ?? stateOf(root);
  mkdirSync(state, { recursive: true });
  const options = { state, run: nextRun(), trash: true, ...wishes.options };
  return executePlan(arm(work, GUARD), options, portsOf(wishes.ports));
}

export function stateOf(root: string): string {
  return join(root, '.regsweep');
}

export function portsOf(ports: Partial<SweepPorts> = {}): SweepPorts {
  return {
    progress: noProgress,
    signal: new AbortController().signal,
    now: () => Date.now(),
    askAgain: () => Promise.resolve(),
    ...ports,
  };
}

export async function restoreOf(
  root: string,
  run: string | null,
  ports: Partial<SweepPorts> = {},
): Promise<RestoreOutcome> {
  return restoreRun(arm({ root, state: stateOf(root), run: run ?? '' }, GUARD), portsOf(ports));
}

export async function purgeOf(
  root: string,
  runs: readonly string[],
  signal = new AbortController().signal,
): Promise<PurgeOutcome> {
  return purgeRuns(locked({ state: stateOf(root), runs }, GUARD.lock), { progress: noProgress, signal });
}

export async function putBackOf(root: string, run: string | null): Promise<PutBackOutcome> {
  return putBack(arm({ root, state: stateOf(root), run: run ?? '' }, GUARD), async () => {
    const { inventory } = await openedOf(root);
    return { inventory, graph: buildGraph(inventory) };
  });
}

/** The inventory as if these tags named nothing: a plan of it is what `rm` of the tags means in mode `untagged`. */
function withoutTags(inventory: Inventory, names: readonly string[]): Inventory {
  const current = inventory.tags.current.slice();
  for (const row of tagRows(inventory, names)) current[row] = -1;
  return { ...inventory, tags: { ...inventory.tags, current } };
}

function tagRows(inventory: Inventory, names: readonly string[]): readonly number[] {
  const rows = inventory.tags.name.map((_, row) => row);
  return rows.filter((row) =>
    names.includes(`${repositoryOf(inventory, inventory.tags.repository[row])}:${inventory.tags.name[row] ?? ''}`),
  );
}

function repositoryOf(inventory: Inventory, id: number | undefined): string {
  return inventory.repositories[id ?? -1]?.name ?? '';
}

const REASON = { code: 'unreferenced', text: 'nothing reaches it' } as const;

function* actionsOf(inventory: Inventory, plan: Plan, tags: readonly string[]): Generator<Action> {
  const common = { batch: 1, bytes: 0, diskBytes: 0, reason: REASON };
  const digest = (id: number | undefined): Digest => inventory.digests.digest(id ?? -1);
  const link = (id: number | undefined, time: number | undefined): Expectation => ({
    link: digest(id),
    modifiedAt: isoTime(time),
  });
  const going = tagRows(inventory, tags);
  for (const row of going) {
    const repository = repositoryOf(inventory, inventory.tags.repository[row]);
    const tag = inventory.tags.name[row] ?? '';
    const id = inventory.tags.current[row];
    yield {
      ...common,
      kind: 'tag',
      path: tagFolder(repository, tag),
      repository,
      tag,
      digest: digest(id),
      expect: link(id, inventory.tags.time[row]),
    };
  }
  for (const row of plan.tagIndexEntries) {
    const tagRow = inventory.tagIndexEntries.tag[row] ?? -1;
    if (going.includes(tagRow)) continue;
    const repository = repositoryOf(inventory, inventory.tags.repository[tagRow]);
    const tag = inventory.tags.name[tagRow] ?? '';
    const id = inventory.tagIndexEntries.digest[row];
    const path = tagIndexEntryLink(repository, tag, digest(id)).replace(/\/link$/, '');
    yield {
      ...common,
      kind: 'tag-index-entry',
      path,
      repository,
      tag,
      digest: digest(id),
      expect: link(id, inventory.tagIndexEntries.time[row]),
    };
  }
  const { revisions, layerLinks, blobs } = inventory;
  for (const row of byRank(inventory, [...plan.revisions], (one) => revisions.digest[one])) {
    const repository = repositoryOf(inventory, revisions.repository[row]);
    const id = revisions.digest[row];
    yield {
      ...common,
      kind: 'revision',
      path: revisionFolder(repository, digest(id)),
      repository,
      digest: digest(id),
      expect: link(id, revisions.time[row]),
    };
  }
  for (const row of plan.layerLinks) {
    const repository = repositoryOf(inventory, layerLinks.repository[row]);
    const id = layerLinks.digest[row];
    yield {
      ...common,
      kind: 'layer-link',
      path: layerFolder(repository, digest(id)),
      repository,
      digest: digest(id),
      expect: link(id, layerLinks.time[row]),
    };
  }
  for (const id of byRank(inventory, [...plan.blobs], (one) => one)) {
    const bytes = known(blobs.bytes[id] ?? 0);
    const expect = { bytes, modifiedAt: isoTime(blobs.time[id]) };
    yield {
      ...common,
      kind: 'blob',
      path: blobFolder(digest(id)),
      digest: digest(id),
      bytes,
      diskBytes: known(blobs.diskBytes[id] ?? 0),
      expect,
      refersTo: id,
    };
  }
  for (const index of plan.uploads) {
    const upload = inventory.uploads[index];
    if (upload === undefined) continue;
    const { bytes, diskBytes, newestAt } = upload;
    const repository = repositoryOf(inventory, upload.repository);
    yield {
      ...common,
      kind: 'upload',
      path: uploadFolder(repository, upload.name),
      repository,
      bytes,
      diskBytes,
      expect: { bytes, modifiedAt: isoTime(newestAt) },
    };
  }
  for (const { path, bytes, diskBytes, time } of inventory.strayFiles) {
    yield {
      ...common,
      kind: 'stray-temporary-file',
      path,
      bytes,
      diskBytes,
      expect: { bytes, modifiedAt: isoTime(time) },
    };
  }
  for (const { path, repository } of plan.emptyFolders) {
    const named = repository === undefined ? {} : { repository: repositoryOf(inventory, repository) };
    yield { ...common, kind: 'empty-directory', path, ...named, expect: { entries: [] } };
  }
}

/** Indexes, then other manifests, then the rest. */
function byRank(
  inventory: Inventory,
  rows: readonly number[],
  idOf: (row: number) => number | undefined,
): readonly number[] {
  const rank = new Map<number, number>();
  inventory.manifests.digest.forEach((id, m) => rank.set(id, inventory.manifests.kind[m] === 1 ? 0 : 1));
  const rankOf = (row: number): number => rank.get(idOf(row) ?? -1) ?? 2;
  return rows.toSorted((a, b) => rankOf(a) - rankOf(b) || a - b);
}

function isoTime(time: number | undefined): string | null {
  return time === undefined || Number.isNaN(time) ? null : new Date(time).toISOString();
}
