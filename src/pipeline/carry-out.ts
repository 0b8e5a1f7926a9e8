/** Carries a prepared sweep out, under the lock and by the proof, and sets right what was pushed meanwhile. */
import { LAYOUT_FOLDER } from '../layout/paths.ts';
import { openPool, type Pool } from '../scan/pool.ts';
import { arm, locked } from '../sweep/arm.ts';
import { executePlan } from '../sweep/execute.ts';
import { putBack, type PutBackOutcome } from '../sweep/put-back.ts';
import { purgeRuns, runsOlderThan, type PurgeOutcome } from '../sweep/purge.ts';
import { runName } from '../sweep/run-folder.ts';
import { freeBytes } from '../sweep/state-folder.ts';
import type { Graph } from '../gc/graph.ts';
import type { Plan } from '../gc/plan.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { SweepOptions, SweepOutcome, SweepWork } from '../sweep/work.ts';
import type { GivenProof } from '../probe/proof.ts';
import { AppError, errnoOf } from '../shared/errors.ts';
import type { Refusal } from '../shared/refusal.ts';
import { openIndex, type IndexRequest } from './open-index.ts';
import type { SweepTurn } from './turn.ts';
import { actionsInBatches, type PreparedSweep, type SweepingPorts } from './prepare-sweep.ts';

export interface CarryOutOptions {
  /** False: `--no-trash`. */
  readonly trash: boolean;
  readonly deadline?: SweepOptions['deadline'];
  /** Runs that ended longer ago are purged when the sweep is over. */
  readonly purgeOlderThanSeconds?: number;
}

export interface CarryOutPorts extends SweepingPorts {
  /** Four hexadecimal digits, for the run's name. */
  readonly random: string;
}

interface Rescanned {
  readonly inventory: Inventory;
  readonly graph: Graph;
}

export interface CarriedOut {
  readonly outcome: SweepOutcome;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly putBack: PutBackOutcome;
  /** Free bytes of the file system afterwards less before. */
  readonly freedOnFileSystem: number;
  readonly purged?: PurgeOutcome;
}

/** Work that is ready to be carried out, whatever it was prepared for. */
export interface ReadyWork {
  readonly work: SweepWork;
  readonly refusals: readonly Refusal[];
  readonly proof: GivenProof | undefined;
  /** How the volume is scanned once more when all is done. */
  readonly rescan: IndexRequest;
  readonly acceptLostRepositories: boolean;
  /** What the run is to take: what of it is needed after all comes back. Absent: nothing that anything needs is taken. */
  readonly plans?: readonly Plan[];
}

/** As `carryOutWork`, of a sweep or a removal. */
export async function carryOut(
  prepared: PreparedSweep,
  options: CarryOutOptions,
  turn: SweepTurn,
  ports: CarryOutPorts,
): Promise<CarriedOut> {
  const { request, refusals, proof, opened, graph, header, plans } = prepared;
  const work = { inventory: opened.inventory, graph, header, batches: () => actionsInBatches(prepared) };
  const { acceptLostRepositories } = request.limits;
  const ready = { work, refusals, proof, rescan: request.index, acceptLostRepositories, plans };
  return carryOutWork(ready, options, turn, ports);
}

/**
 * `turn`: of this run, since before its scan; it is for the caller to end. Throws `refused` where the guard has a reason,
 * `locked` where another sweep is under way or may have been since, `no-room` where the journal
 * cannot be written, `interrupted` before anything was changed.
 */
export async function carryOutWork(
  ready: ReadyWork,
  options: CarryOutOptions,
  turn: SweepTurn,
  ports: CarryOutPorts,
): Promise<CarriedOut> {
  const { refusals, proof, work } = ready;
  if (proof === undefined) throw new TypeError('what changes a volume is carried out by a proof');
  const { root } = work.inventory;
  const startedAt = ports.now();
  const { lock, state, warnings } = turn.take();
  for (const warning of warnings) ports.warn(warning);
  const guard = { proof: { ...proof, refusals }, lock };
  const freeBefore = freeBytes(root);
  const run = runName(startedAt, ports.random);
  const { deadline } = options;
  const bring = (): Promise<PutBackOutcome> =>
    setRight(ready, ports, async (rescan) => {
      const { plans } = ready;
      if (plans === undefined) return nothingBack(rescan);
      const taken = { inventory: work.inventory, graph: work.graph, plans };
      return putBack(arm({ root, state, run, plans: taken }, guard), rescan);
    });
  const pool = options.trash ? poolFor(ready) : undefined;
  let outcome: SweepOutcome;
  try {
    outcome = await executePlan(
      arm(work, guard),
      { state, run, trash: options.trash, ...(deadline === undefined ? {} : { deadline }) },
      {
        progress: ports.progress,
        signal: ports.signal,
        now: ports.now,
        askAgain: () => proof.askAgain(),
        ...(pool === undefined ? {} : { pool }),
      },
    );
  } catch (error) {
    // What it throws knowingly it throws before anything is changed.
    if (!(error instanceof AppError)) await bring();
    throw error;
  } finally {
    await pool?.close();
  }
  const back = outcome.actionsDone > 0 ? await bring() : await acceptLost(ready, ports);
  const purged = await purgeOld(state, run, options, ports, (runs) => purgeRuns(locked({ state, runs }, lock), ports));
  return {
    outcome,
    startedAt,
    endedAt: ports.now(),
    putBack: back,
    freedOnFileSystem: freeBytes(root) - freeBefore,
    ...(purged === undefined ? {} : { purged }),
  };
}

/** Fewer are gone before a thread has begun. */
const BLOBS_WORTH_A_POOL = 2000;

function poolFor({ plans = [], work }: ReadyWork): Pool | undefined {
  const blobs = plans.reduce((sum, plan) => sum + plan.blobs.length, 0);
  if (blobs < BLOBS_WORTH_A_POOL) return undefined;
  const base = `${work.inventory.root}/${LAYOUT_FOLDER}`;
  return openPool({ base, readsLayerLinks: false }, { ownsProcess: true });
}

const NOTHING: PutBackOutcome = { paths: [], failed: [] };

/** Nothing was changed; what was accepted as lost is written down all the same. */
async function acceptLost(ready: ReadyWork, ports: CarryOutPorts): Promise<PutBackOutcome> {
  return ready.acceptLostRepositories ? setRight(ready, ports, nothingBack) : NOTHING;
}

async function nothingBack(rescan: () => Promise<unknown>): Promise<PutBackOutcome> {
  await rescan();
  return NOTHING;
}

/**
 * Scans once more: so the index knows the volume as it is now, and what a push needs of what went comes back out of the
 * trash. Whatever interrupts a sweep, this is done: a tag that was pushed meanwhile must not stay broken.
 */
async function setRight(
  { rescan: request, acceptLostRepositories, work }: ReadyWork,
  ports: CarryOutPorts,
  bring: (rescan: () => Promise<Rescanned>) => Promise<PutBackOutcome>,
): Promise<PutBackOutcome> {
  const uninterrupted = { ...ports, signal: new AbortController().signal };
  const rescan = async (): Promise<Rescanned> => {
    // Only now: repositories that were accepted as lost for a sweep that was refused are to be asked about again.
    // A policy is for what was: what was pushed meanwhile is to be whole, whatever a rule says of it.
    const accepting = { ...request, acceptLostRepositories };
    const { inventory, analysis, stored } = await openIndex(accepting, uninterrupted);
    // An index that cannot be kept is no reason to leave a tag broken.
    await stored.catch((error: unknown) => ports.warn(messageOf(error)));
    return { inventory, graph: analysis.graph };
  };
  try {
    return await bring(rescan);
  } catch (error) {
    // What was done is done and has to be told; that it could not be looked at afterwards is no reason to hide it.
    const message = `the volume could not be scanned afterwards: ${messageOf(error)}`;
    ports.warn(message);
    const errno = errnoOf(error) ?? (error instanceof AppError ? error.code : 'unknown');
    return { paths: [], failed: [{ kind: 'folder', path: work.inventory.root, errno, message }] };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `own`: this very run, which is never old: whoever frees what is older than nothing means all that was there before. */
async function purgeOld(
  state: string,
  own: string,
  { purgeOlderThanSeconds: older }: CarryOutOptions,
  ports: CarryOutPorts,
  purge: (runs: readonly string[]) => Promise<PurgeOutcome>,
): Promise<PurgeOutcome | undefined> {
  if (older === undefined) return undefined;
  const runs = runsOlderThan(state, ports.now() - older * 1000).filter((run) => run !== own);
  return runs.length === 0 ? undefined : purge(runs);
}
