/** Sweeps a tree as the command does, without its command line: scan, mark, plan, and what `src/sweep/` does with that. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Action } from '../../src/gc/action.ts';
import { actionsOf } from '../../src/gc/actions.ts';
import { emptiedFolders } from '../../src/gc/emptied-folders.ts';
import { buildGraph, type Graph } from '../../src/gc/graph.ts';
import { mark } from '../../src/gc/mark.ts';
import { buildPlan, type Plan } from '../../src/gc/plan.ts';
import { standardRoots } from '../../src/gc/roots.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
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
  readonly planned?: Planned;
  /** Other actions than those of the plan. */
  readonly actions?: readonly Action[];
  /** Done once the plan is made, before anything is carried out. */
  readonly between?: () => void;
}

export interface Planned {
  readonly inventory: Inventory;
  readonly graph: Graph;
  readonly plan: Plan;
  readonly actions: readonly Action[];
}

/** The whole plan of a volume as it is now, as actions in the order of deletion. */
export async function planOf(root: string, wishes: SweepWishes = {}): Promise<Planned> {
  const { inventory } = await openedOf(root);
  const graph = buildGraph(withoutTags(inventory, wishes.tags ?? []));
  const marked = withoutTags(inventory, wishes.tags ?? []);
  const marking = mark(marked, graph, {
    roots: standardRoots(marked, wishes.mode ?? 'revisions'),
    isIncluded: () => true,
    doubts: new Uint8Array(inventory.repositories.length),
    youngSince: Infinity,
  });
  const plan = buildPlan(marked, marking, { youngSince: Infinity, uploadsBefore: Date.now() - 3_600_000 });
  const tags = new Set(tagRows(inventory, wishes.tags ?? []));
  const tagIndexEntries = plan.tagIndexEntries.filter((row) => !tags.has(inventory.tagIndexEntries.tag[row] ?? -1));
  const rows = { ...plan, tags: Uint32Array.from(tags), tagIndexEntries };
  const everywhere = { includesRepository: () => true, includesNamespaces: true };
  const planned = { ...rows, emptyFolders: emptiedFolders(inventory, rows, everywhere) };
  const mode = tags.size > 0 ? 'rm' : (wishes.mode ?? 'revisions');
  return { inventory, graph, plan: planned, actions: [...actionsOf(inventory, planned, { mode, batch: 1 })] };
}

export async function sweepOf(root: string, wishes: SweepWishes = {}): Promise<SweepOutcome> {
  const planned = wishes.planned ?? (await planOf(root, wishes));
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

/** `planned`: what the run was to take. */
export async function putBackOf(
  root: string,
  run: string | null,
  { inventory: before, graph, plan }: Omit<Planned, 'actions'>,
): Promise<PutBackOutcome> {
  const plans = { inventory: before, graph, plans: [plan] };
  return putBack(arm({ root, state: stateOf(root), run: run ?? '', plans }, GUARD), async () => {
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
