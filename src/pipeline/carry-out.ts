/** Carries a prepared sweep out, under the lock and by the proof, and sets right what was pushed meanwhile. */
import { acquireLock } from '../db/lock.ts';
import { arm, locked } from '../sweep/arm.ts';
import { executePlan } from '../sweep/execute.ts';
import { putBack, type PutBackOutcome } from '../sweep/put-back.ts';
import { purgeRuns, runsOlderThan, type PurgeOutcome } from '../sweep/purge.ts';
import { runName } from '../sweep/run-folder.ts';
import { freeBytes, openStateFolder } from '../sweep/state-folder.ts';
import type { Graph } from '../gc/graph.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { SweepOptions, SweepOutcome } from '../sweep/work.ts';
import { openIndex } from './open-index.ts';
import { actionsInBatches, type PreparedSweep, type SweepingPorts } from './prepare-sweep.ts';

export interface CarryOutOptions {
  /** False: `--no-trash`. */
  readonly trash: boolean;
  readonly deadline?: SweepOptions['deadline'];
  /** Runs that ended longer ago are purged when the sweep is over. */
  readonly purgeOlderThanSeconds?: number;
}

export interface CarryOutPorts extends SweepingPorts {
  readonly host: string;
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

/**
 * Throws `refused` where the guard has a reason, `locked` where another sweep is under way, `no-room` where the journal
 * cannot be written, `interrupted` before anything was changed.
 */
export async function carryOut(
  prepared: PreparedSweep,
  options: CarryOutOptions,
  ports: CarryOutPorts,
): Promise<CarriedOut> {
  const { request, refusals, proof, opened } = prepared;
  if (proof === undefined) throw new TypeError('a sweep is carried out by a proof');
  const { root } = opened.inventory;
  const state = openStateFolder(root, request.index.state);
  const startedAt = ports.now();
  const lock = acquireLock(state, {
    host: ports.host,
    pid: ports.ownPid,
    startedAt: new Date(startedAt).toISOString(),
  });
  try {
    const guard = { proof: { ...proof, refusals }, lock };
    const freeBefore = freeBytes(root);
    const run = runName(startedAt, ports.random);
    const { deadline } = options;
    const outcome = await executePlan(
      arm(
        {
          inventory: opened.inventory,
          graph: opened.analysis.graph,
          header: prepared.header,
          batches: () => actionsInBatches(prepared),
        },
        guard,
      ),
      { state, run, trash: options.trash, ...(deadline === undefined ? {} : { deadline }) },
      { progress: ports.progress, signal: ports.signal, now: ports.now, askAgain: () => proof.askAgain() },
    );
    const back = await setRight(prepared, outcome, ports, (rescan) =>
      putBack(arm({ root, state, run }, guard), rescan),
    );
    const purged = await purgeOld(state, options, ports, (runs) => purgeRuns(locked({ state, runs }, lock), ports));
    return {
      outcome,
      startedAt,
      endedAt: ports.now(),
      putBack: back,
      freedOnFileSystem: freeBytes(root) - freeBefore,
      ...(purged === undefined ? {} : { purged }),
    };
  } finally {
    lock.release();
  }
}

const NOTHING: PutBackOutcome = { paths: [], failed: [] };

/**
 * Scans once more: so the index knows the volume as it is now, and what a push needs of what went comes back out of the
 * trash. Whatever interrupts a sweep, this is done: a tag that was pushed meanwhile must not stay broken.
 */
async function setRight(
  { request }: PreparedSweep,
  outcome: SweepOutcome,
  ports: CarryOutPorts,
  bring: (rescan: () => Promise<Rescanned>) => Promise<PutBackOutcome>,
): Promise<PutBackOutcome> {
  const { acceptLostRepositories } = request.limits;
  if (outcome.actionsDone === 0 && !acceptLostRepositories) return NOTHING;
  const uninterrupted = { ...ports, signal: new AbortController().signal };
  const rescan = async (): Promise<Rescanned> => {
    // Only now: repositories that were accepted as lost for a sweep that was refused are to be asked about again.
    const accepting = { ...request.index, acceptLostRepositories };
    const { inventory, analysis, stored } = await openIndex(accepting, uninterrupted);
    await stored;
    return { inventory, graph: analysis.graph };
  };
  try {
    if (outcome.actionsDone > 0) return await bring(rescan);
    await rescan();
    return NOTHING;
  } catch (error) {
    // What was done is done and has to be told; that it could not be looked at afterwards is no reason to hide it.
    ports.warn(
      `the volume could not be scanned after the sweep: ${error instanceof Error ? error.message : String(error)}`,
    );
    return NOTHING;
  }
}

async function purgeOld(
  state: string,
  { purgeOlderThanSeconds: older }: CarryOutOptions,
  ports: CarryOutPorts,
  purge: (runs: readonly string[]) => Promise<PurgeOutcome>,
): Promise<PurgeOutcome | undefined> {
  if (older === undefined) return undefined;
  const runs = runsOlderThan(state, ports.now() - older * 1000);
  return runs.length === 0 ? undefined : purge(runs);
}
