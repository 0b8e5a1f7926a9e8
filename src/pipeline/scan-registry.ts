/** From a registry that was located to an inventory: the volume is read for what is to be asked of it. */
import { findCandidates } from '../gc/candidates.ts';
import { findPolicyCandidates } from '../gc/policy-candidates.ts';
import { findRemovalCandidates } from '../gc/removal-candidates.ts';
import type { Reference } from '../gc/removal-names.ts';
import { youngSince } from '../gc/thresholds.ts';
import type { Candidates } from '../inventory/candidates.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Retention } from '../policy/model.ts';
import type { LocatedRegistry } from '../scan/locate.ts';
import { openPool, type Pace } from '../scan/pool.ts';
import { scan, type ScanOptions } from '../scan/scan.ts';
import { repositoryFilter } from '../shared/globs.ts';
import { noProgress, type Progress } from '../shared/progress.ts';
import { stateFolder } from '../sweep/state-folder.ts';
import { heldTrash } from '../sweep/trash.ts';
import { configsFor, isByCreated } from './configs.ts';
import { refuseNoCount, refuseNoNumber, refuseNoRepository } from './requests.ts';

/** An hour: a push that is slower than that is rare, and what it has brought so far would pass for garbage. */
const DEFAULT_MIN_AGE_SECONDS = 3600;

/** What an inventory is to be asked later. What a scan was not told it cannot have read for. */
export interface ScanRequest {
  /**
   * Seconds; 0: nothing is young. What is younger may belong to a push under way: documents of that age are read, whoever names
   * them. Absent: an hour.
   */
  readonly minAgeSeconds?: number;
  /** Globs over repository names: only in these may anything be deleted. Absent: in all. */
  readonly repositories?: readonly string[];
  /** It will be marked by these policies: what they let go is stat-ed, and configs are read that they go by. */
  readonly retention?: Retention;
  /** It will be marked for this target. */
  readonly target?: TargetRequest;
  /** Every blob is stat-ed, not only what could go. */
  readonly diskUsage?: boolean;
  /** Where the runs of sweeps are kept, a folder; absent: `.regsweep` below the registry root. */
  readonly state?: string;
  /** Links are read whose path a report trusts. What they say can keep more, and never less. */
  readonly readLayerLinks?: boolean;
  /**
   * Documents that no link names are read: a sweep takes each before what it names. For `rm` they would be roots.
   * @internal
   */
  readonly readUnlinked?: boolean;
  /**
   * No path is trusted, nor what an earlier scan read: every link and manifest is read, and every blob and link is stat-ed.
   * @internal
   */
  readonly trustNothing?: boolean;
  /**
   * What `rm` names is stat-ed, too.
   * @internal
   */
  readonly references?: readonly Reference[];
  /**
   * It is marked by these policies as well, to be compared with the others.
   * @internal
   */
  readonly compared?: Retention;
}

/** No more goes of a mode than this needs. */
export interface TargetRequest {
  readonly mode: 'revisions' | 'untagged' | 'policy';
  /** Allocated bytes. */
  readonly diskBytes: number;
  /** Uploads that are older count as freed; `undefined`: none does. */
  readonly uploadsOlderThanSeconds: number | undefined;
}

/** What a scan has beside the volume. */
export interface ScanningPorts {
  /** Hears how far it is; absent: nobody does. */
  readonly progress?: Progress;
  /** Ends it early: it throws `interrupted`. */
  readonly signal?: AbortSignal;
  /** Hears what was left out for want of rights; absent: nobody does. */
  readonly warn?: (message: string) => void;
  /** How fast the volume is read; absent: as fast as it answers. */
  readonly pace?: Pace;
  /** Epoch milliseconds; absent: what the clock says. */
  readonly now?: number;
  /**
   * As `scan` of `scan/` calls it.
   * @internal
   */
  readonly onWalked?: ScanOptions['onWalked'];
  /**
   * The manifests of an earlier scan: they are not read again.
   * @internal
   */
  readonly knownManifests?: NonNullable<ScanOptions['knownManifests']>;
}

/**
 * Scans a registry. Nothing is written, neither on the volume nor anywhere else. A bad file is a problem of the inventory and
 * ends nothing; `complete` is false where something could not be read.
 *
 * Throws `AppError`: `interrupted` once the signal is set, `usage` for what is no glob, no list of any, no age, no time or no
 * pace, and `scan-failed` where a thread fails.
 */
export async function scanRegistry(
  registry: LocatedRegistry,
  request: ScanRequest = {},
  ports: ScanningPorts = {},
): Promise<Inventory> {
  const { onWalked = () => undefined, knownManifests, pace, now = Date.now() } = ports;
  const { progress = noProgress, signal = new AbortController().signal } = ports;
  refuseNoNumber({ minAgeSeconds: request.minAgeSeconds, now });
  refuseNoCount({ concurrency: pace?.concurrency, maxIops: pace?.maxIops });
  refuseNoRepository(request.repositories);
  const readsHistoryLinks = request.trustNothing === true;
  const readsLayerLinks = request.readLayerLinks === true || readsHistoryLinks;
  const pool = openPool({ base: registry.base, readsLayerLinks, readsHistoryLinks }, pace);
  try {
    const options: ScanOptions = {
      diskUsage: request.diskUsage === true,
      trash: heldTrash(stateFolder(registry.root, request.state), ports.warn),
      youngSince: youngSince(request.minAgeSeconds ?? DEFAULT_MIN_AGE_SECONDS, now),
      ...(request.readUnlinked === true ? { readsUnlinked: true } : {}),
      now,
      onWalked,
      ...(knownManifests === undefined ? {} : { knownManifests }),
      findCandidates: (inventory) => candidatesFor(request, inventory, now),
      ...(isByCreated(request) ? { findConfigs: (inventory: Inventory) => configsFor(request, inventory) } : {}),
    };
    return await scan(registry, options, { pool, progress, signal });
  } finally {
    await pool.close();
  }
}

function candidatesFor(request: ScanRequest, inventory: Inventory, now: number): Candidates {
  const { references, retention, compared, repositories = [], diskUsage = false } = request;
  if (references !== undefined) return findRemovalCandidates(inventory, references, diskUsage);
  if (retention === undefined) return findCandidates(inventory, diskUsage);
  const retentions = compared === undefined ? [retention] : [retention, compared];
  return findPolicyCandidates(inventory, retentions, { isIncluded: repositoryFilter(repositories), now }, diskUsage);
}
