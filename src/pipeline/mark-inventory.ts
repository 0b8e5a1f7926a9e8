/** From an inventory to what is kept in it, and why. */
import { analyse, type Analysis } from '../gc/analysis.ts';
import { unreadConfigs } from '../gc/created.ts';
import { uploadsBefore, youngSince } from '../gc/thresholds.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Retention } from '../policy/model.ts';
import { AppError } from '../shared/errors.ts';
import { repositoryFilter } from '../shared/globs.ts';
import { configsFor, isByCreated } from './configs.ts';
import { refuseOlderAge } from './older-age.ts';
import { refuseNoNumber, refuseNoRepository } from './requests.ts';
import type { TargetRequest } from './scan-registry.ts';

/** How an inventory is marked. */
export interface MarkRequest {
  /** Seconds: what is younger is held; 0: nothing is. No more than it was scanned with. Absent: as it was scanned. */
  readonly minAgeSeconds?: number;
  /** Globs over repository names: only in these may anything go. Absent: in all. */
  readonly repositories?: readonly string[];
  /** Which tags stay roots, beside the modes that go without a policy. */
  readonly retention?: Retention;
  /** Of its mode no more goes than it needs. */
  readonly target?: TargetRequest;
  /** Epoch milliseconds: ages are told from then, and never from before it was scanned. Absent: from when it was. */
  readonly now?: number;
  /**
   * Nobody asked for that age: an inventory that was scanned with a smaller one does as well.
   * @internal
   */
  readonly minAgeYields?: boolean;
  /**
   * Other policies, to be compared with those.
   * @internal
   */
  readonly compared?: Retention;
}

/** What the marking was asked for, with what stands where nothing was said. */
interface Asked extends MarkRequest {
  readonly minAgeSeconds: number;
  readonly repositories: readonly string[];
  readonly now: number;
  /** The inventory is of a scan for this very request: what can be known of it is. */
  readonly isScannedFor: boolean;
}

/** An inventory that is marked. */
export interface Marked {
  readonly inventory: Inventory;
  /**
   * By tags and by revisions, each once it is asked for, and by the policies.
   * @internal
   */
  readonly analysis: Analysis;
  /** @internal */
  readonly asked: Asked;
}

/**
 * Marks what is kept: by tags and by revisions, and by the policies of a retention. Reads nothing and changes nothing: an
 * inventory may be marked any number of times.
 *
 * Throws `AppError`: `usage` where the inventory was not scanned for what is asked (a longer age, a policy that orders by when
 * images were created, a target without the sizes of all that may go), for what is no glob, no list of any, no age, no time or
 * no target, and where a policy orders by push times that a copy of the volume has flattened.
 */
export function markInventory(inventory: Inventory, request: MarkRequest = {}): Marked {
  const { minAgeSeconds, now, target } = request;
  refuseNoNumber({ minAgeSeconds, now });
  refuseNoRepository(request.repositories);
  if (target !== undefined) refuseNoTarget(target, request.retention);
  const asked = askedOf(inventory, request, false);
  refuseOlderAge(asked, inventory.minAgeSeconds);
  refuseUnreadConfigs(asked, inventory);
  const marked = markAs(asked, inventory);
  refuseUnmeasured(marked.analysis);
  return marked;
}

/** As `markInventory`, of an inventory that was scanned for this very request: there is nothing to refuse. */
export function markScanned(inventory: Inventory, request: MarkRequest): Marked {
  return markAs(askedOf(inventory, request, true), inventory);
}

function askedOf(inventory: Inventory, request: MarkRequest, isScannedFor: boolean): Asked {
  const { minAgeSeconds = inventory.minAgeSeconds, repositories = [] } = request;
  // Told from before, more would be young than the scan has read the documents of: what they name would pass for unreferenced.
  const now = Math.max(request.now ?? inventory.scannedAt, inventory.scannedAt);
  return { ...request, minAgeSeconds, repositories, now, isScannedFor };
}

function markAs(asked: Asked, inventory: Inventory): Marked {
  const { minAgeSeconds, repositories, retention, compared, target, now } = asked;
  const analysis = analyse(inventory, {
    isIncluded: repositoryFilter(repositories),
    youngSince: youngSince(minAgeSeconds, now),
    ...(retention === undefined ? {} : { retention }),
    ...(target === undefined ? {} : { target: targetAt(target, now) }),
    ...(compared === undefined ? {} : { compared }),
    now,
  });
  return { inventory, analysis, asked };
}

function targetAt({ mode, diskBytes, uploadsOlderThanSeconds }: TargetRequest, now: number) {
  return { mode, diskBytes, uploadsBefore: uploadsBefore(uploadsOlderThanSeconds, now) };
}

/** A target counts bytes on disk: those of what may go must have been asked for when the volume was there. */
function refuseUnmeasured({ limited }: Analysis): void {
  if (limited?.isMeasured !== false) return;
  throw new AppError(
    'usage',
    '--target-free counts bytes on disk, and the index does not know those of all that may go',
    'scan again (leave out --no-scan)',
  );
}

function refuseNoTarget({ mode, ...amounts }: TargetRequest, retention: Retention | undefined): void {
  refuseNoNumber(amounts);
  if (mode !== 'policy' || retention !== undefined) return;
  throw new AppError('usage', 'the target is of a policy, and none is given', 'give its retention to the marking');
}

function refuseUnreadConfigs(request: Asked, inventory: Inventory): void {
  if (!isByCreated(request)) return;
  const unread = unreadConfigs(inventory, configsFor(request, inventory));
  if (unread.length === 0) return;
  throw new AppError(
    'usage',
    `a policy orders by when images were created, and the index does not say it of ${unread.length} of them: the scan read no configs for it`,
    'scan again with the same policy and --repo: leave out --no-scan once',
  );
}
