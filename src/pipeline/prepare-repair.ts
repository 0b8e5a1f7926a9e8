/**
 * From a registry root to a repair that is ready: a fresh scan that trusts nothing, the plan that it means, and every reason not
 * to carry it out. Nothing is changed here.
 */
import { repairRefusals, type SweepLimits } from '../gc/refusals.ts';
import { buildRepair, type RepairPlan, type RepairWishes } from '../gc/repair.ts';
import type { GivenProof, ProofRequest } from '../probe/proof.ts';
import { repositoryFilter } from '../shared/globs.ts';
import type { Refusal } from '../shared/refusal.ts';
import type { JournalHeader } from '../sweep/journal.ts';
import type { CarryOutOptions, CarriedOut, CarryOutPorts } from './carry-out.ts';
import { carryOutWork } from './carry-out.ts';
import { openIndex, type IndexRequest, type OpenedIndex } from './open-index.ts';
import { prove, withElsewhere, type SweepingPorts } from './prepare-sweep.ts';
import type { SweepTurn } from './turn.ts';

export interface RepairRequest {
  readonly index: Pick<IndexRequest, 'root' | 'database' | 'minAgeSeconds' | 'repositories' | 'state'>;
  readonly wishes: Omit<RepairWishes, 'isIncluded'>;
  /** `--min-age`: words alone count on a volume that was quiet. */
  readonly quietSeconds: number;
  readonly limits: SweepLimits;
  /** Absent: nobody asked whether it may be carried out. */
  readonly proof?: ProofRequest;
}

export interface PreparedRepair {
  readonly request: RepairRequest;
  readonly opened: OpenedIndex;
  readonly plan: RepairPlan;
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly string[];
  /** What shows that nobody writes, and how far that reaches. */
  readonly notes: readonly string[];
  readonly proof?: GivenProof;
}

/** Scans, plans and judges. Throws what `openIndex` does. */
export async function prepareRepair(request: RepairRequest, ports: SweepingPorts): Promise<PreparedRepair> {
  const opened = await openIndex(indexRequest(request), ports);
  const isIncluded = repositoryFilter(request.index.repositories);
  const plan = buildRepair(opened.inventory, { ...request.wishes, isIncluded });
  const others = ports.others();
  const proof = request.proof && (await prove(request.proof, opened, request, ports, others));
  const judged = { ...opened, inventory: withElsewhere(opened.inventory, proof) };
  return {
    request,
    opened,
    plan,
    refusals: [...others.refusals, ...repairRefusals(judged, plan.dropped, request.limits), ...(proof?.refusals ?? [])],
    warnings: [...others.warnings, ...(proof?.warnings ?? [])],
    notes: proof?.notes ?? [],
    ...(proof === undefined ? {} : { proof }),
  };
}

/** As `carryOutWork`. What a repair takes nothing needs, so nothing of it is put back. */
export async function carryOutRepair(
  { request, opened, plan, refusals, proof }: PreparedRepair,
  options: Omit<CarryOutOptions, 'trash'>,
  turn: SweepTurn,
  ports: CarryOutPorts,
): Promise<CarriedOut> {
  const { inventory, analysis } = opened;
  const header: JournalHeader = { schema: 'regsweep.plan/1', root: inventory.root, mode: 'repair', ...request.wishes };
  const work = { inventory, graph: analysis.graph, header, batches: () => plan.batches };
  const { acceptLostRepositories } = request.limits;
  const ready = { work, refusals, proof, rescan: indexRequest(request), acceptLostRepositories };
  return carryOutWork(ready, { ...options, trash: true }, turn, ports);
}

/** Every link is read: what a report takes by its path may be what has to be mended. */
function indexRequest({ index }: RepairRequest): IndexRequest {
  return { ...index, noScan: false, full: false, diskUsage: true, trustNothing: true };
}
