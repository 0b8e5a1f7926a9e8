/**
 * From a registry root to a sweep that is ready: a fresh scan, the plan that it means (or what of a plan file it still asks
 * for), and every reason not to carry it out. Nothing is changed here.
 */
import type { Action } from '../gc/action.ts';
import { actionsOf } from '../gc/actions.ts';
import { batchesOf } from '../gc/batches.ts';
import type { Plan } from '../gc/plan.ts';
import { planHeader, witnessesOf } from '../gc/plan-header.ts';
import type { PlanFile, PlanHeader } from '../gc/plan-file.ts';
import type { Graph } from '../gc/graph.ts';
import { tagReasons } from '../gc/explain.ts';
import { planTotals, type PlanTotals } from '../gc/plan-totals.ts';
import { refusalsOf, type SweepLimits } from '../gc/refusals.ts';
import { buildRemoval } from '../gc/removal.ts';
import { resolveRemoval, type Reference } from '../gc/removal-names.ts';
import { selectFromFile, type SkippedAction } from '../gc/select.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { belongsTo } from '../inventory/witnesses.ts';
import type { Retention } from '../policy/model.ts';
import { proveNobodyWrites, type GivenProof, type ProofRequest } from '../probe/proof.ts';
import { AppError } from '../shared/errors.ts';
import type { Refusal } from '../shared/refusal.ts';
import { openIndex, type IndexPorts, type IndexRequest, type OpenedIndex } from './open-index.ts';
import type { Others } from './others.ts';
import { planMarked } from './plan-marked.ts';

/** What is to go: what a mode means, or what the operator named. */
export type Wish =
  | { readonly mode: 'revisions' | 'untagged'; readonly uploadsOlderThanSeconds: number | undefined }
  | { readonly mode: 'policy'; readonly retention: Retention; readonly uploadsOlderThanSeconds: number | undefined }
  | { readonly mode: 'rm'; readonly references: readonly Reference[] };

export interface SweepRequest {
  readonly index: Omit<IndexRequest, 'references' | 'retention' | 'readLayerLinks' | 'readUnlinked' | 'target'>;
  /** It is to be carried out: links are read whose path a report trusts. */
  readonly apply: boolean;
  readonly wish: Wish;
  /** All that shapes the plan, by the names that it has on the command line. */
  readonly shapedBy: PlanHeader['options'];
  /** `--min-age` of this sweep, whatever a plan file was made with: words alone count on a volume that was quiet. */
  readonly quietSeconds: number;
  /** As a plan file tells it; absent where there is none. */
  readonly policy?: PlanHeader['policy'];
  /** Allocated bytes: no more goes than they need. Of a plan file goes all that it names: it was limited when it was made. */
  readonly targetDiskBytes?: number;
  /** Only what this plan file names. */
  readonly planFile?: PlanFile;
  readonly limits: SweepLimits;
  /** Free no more than these bytes on disk. */
  readonly maxBytes?: number;
  /** It may be stopped before its end: the largest gain goes first. */
  readonly isBounded: boolean;
  /** Absent: nobody asked whether it may be carried out. */
  readonly proof?: ProofRequest;
}

export interface SweepingPorts extends IndexPorts {
  readonly ownPid: number;
  /** Who else of ours changes this volume now. */
  others(): Others;
}

export interface PreparedSweep {
  readonly request: SweepRequest;
  readonly opened: OpenedIndex;
  /** What keeps what, in the mode of the sweep. */
  readonly graph: Graph;
  readonly header: PlanHeader;
  readonly totals: PlanTotals;
  /** The plan, as it is to be done. */
  readonly plans: readonly Plan[];
  /** What of it goes in this sweep: all, or what fits into `maxBytes`. */
  readonly within: { readonly count: number; readonly diskBytes: number };
  /** Actions that `maxBytes` leaves for a later sweep. */
  readonly leftOut: number;
  /** Actions of the plan file that are not carried out. */
  readonly notInPlan: readonly SkippedAction[];
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly string[];
  /** What shows that nobody writes, and how far that reaches. */
  readonly notes: readonly string[];
  readonly proof?: GivenProof;
}

/** Scans, plans and judges. Throws what `openIndex` does, and `plan-invalid` for a plan file of another volume. */
export async function prepareSweep(request: SweepRequest, ports: SweepingPorts): Promise<PreparedSweep> {
  const { index, wish, apply } = request;
  const named =
    wish.mode === 'rm' ? { references: wish.references } : wish.mode === 'policy' ? { retention: wish.retention } : {};
  const opened = await openIndex(
    { ...index, ...named, ...targetOf(request), readLayerLinks: apply, readUnlinked: wish.mode !== 'rm' },
    ports,
  );
  const { inventory, analysis } = opened;
  const now = ports.now();
  const { plan: whole, refusals: refusedNames } = planFor(request.wish, opened, now);
  const graph = analysis.policy?.graph ?? analysis.graph;
  const { plan, skipped } = takeFromFile(request, inventory, graph, whole);
  const plans = request.isBounded ? [...batchesOf(inventory, graph, plan, boundsOf(request))] : [plan];
  const others = ports.others();
  const proof = request.proof && (await prove(request.proof, opened, request, ports, others));
  const { mode } = request.wish;
  const totals = planTotals(inventory, plan);
  const within = request.isBounded ? totalsOf(inventory, plans) : totals.total;
  const judged = { ...opened, inventory: withElsewhere(inventory, proof), mode };
  return {
    request,
    opened,
    graph,
    header: planHeader(inventory, plan, {
      mode,
      minAgeSeconds: request.index.minAgeSeconds,
      options: request.shapedBy,
      ...(request.policy === undefined ? {} : { policy: request.policy }),
      createdAt: now,
    }),
    plans,
    totals,
    within,
    leftOut: totals.total.count - within.count,
    notInPlan: skipped,
    refusals: [
      ...others.refusals,
      ...refusedNames,
      ...refusalsOf(judged, plan, request.limits),
      ...(proof?.refusals ?? []),
    ],
    warnings: [...others.warnings, ...(proof?.warnings ?? [])],
    notes: proof?.notes ?? [],
    ...(proof === undefined ? {} : { proof }),
  };
}

/** The actions, batch by batch; made anew at each call, and always the same. */
export function* actionsInBatches({ plans, opened, request }: PreparedSweep): Generator<Iterable<Action>> {
  for (const [index, plan] of plans.entries()) {
    yield actionsOf(opened.inventory, plan, {
      mode: request.wish.mode,
      batch: index + 1,
      ...tagReasons(opened.analysis),
    });
  }
}

function planFor(
  wish: Wish,
  opened: OpenedIndex,
  now: number,
): { readonly plan: Plan; readonly refusals: readonly Refusal[] } {
  const { inventory, analysis } = opened;
  if (wish.mode === 'rm') return buildRemoval(inventory, analysis.graph, resolveRemoval(inventory, wish.references));
  const { mode, uploadsOlderThanSeconds } = wish;
  return { plan: planMarked(opened, { mode, uploadsOlderThanSeconds, now }).plan, refusals: [] };
}

function targetOf({ wish, targetDiskBytes, planFile }: SweepRequest): Pick<IndexRequest, 'target'> {
  if (wish.mode === 'rm' || targetDiskBytes === undefined || planFile !== undefined) return {};
  const { mode, uploadsOlderThanSeconds } = wish;
  return { target: { mode, uploadsOlderThanSeconds, diskBytes: targetDiskBytes } };
}

function takeFromFile(
  { planFile }: SweepRequest,
  inventory: Inventory,
  graph: Graph,
  plan: Plan,
): { readonly plan: Plan; readonly skipped: readonly SkippedAction[] } {
  if (planFile === undefined) return { plan, skipped: [] };
  if (!belongsTo(witnessesOf(planFile.header), inventory)) {
    throw new AppError(
      'plan-invalid',
      `the plan was made of another registry than ${inventory.root}: the blobs that it knows are not here`,
      `it was made of ${planFile.header.root}; make one of this volume with regsweep plan`,
    );
  }
  return selectFromFile(inventory, plan, planFile.actions, graph);
}

function boundsOf({ maxBytes }: SweepRequest): { readonly maxBytes?: number } {
  return maxBytes === undefined ? {} : { maxBytes };
}

function totalsOf(inventory: Inventory, plans: readonly Plan[]): PreparedSweep['within'] {
  const totals = plans.map((plan) => planTotals(inventory, plan).total);
  const sumOf = (figure: 'count' | 'diskBytes'): number => totals.reduce((sum, one) => sum + one[figure], 0);
  return { count: sumOf('count'), diskBytes: sumOf('diskBytes') };
}

/** Asks for the proof that was asked for. */
export async function prove(
  asked: ProofRequest,
  { inventory }: OpenedIndex,
  { quietSeconds }: Pick<SweepRequest, 'quietSeconds'>,
  { environment, ownPid }: SweepingPorts,
  others: Others,
): Promise<GivenProof> {
  return proveNobodyWrites(asked, {
    inventory,
    quietSeconds,
    environment,
    proc: '/proc',
    leftOut: [ownPid, ...others.pids],
  });
}

/** The registry's config may know more of where the truth is than the volume tells. */
export function withElsewhere(inventory: Inventory, proof: GivenProof | undefined): Inventory {
  const { metadataDatabase, pullThrough } = inventory.elsewhere;
  return {
    ...inventory,
    elsewhere: {
      metadataDatabase: metadataDatabase || proof?.elsewhere.metadataDatabase === true,
      pullThrough: pullThrough || proof?.elsewhere.pullThrough === true,
    },
  };
}
