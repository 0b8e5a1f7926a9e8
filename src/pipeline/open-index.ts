/** From what the operator gave to an inventory that is marked: scanned now and written as an index, or as the index is. */
import { indexExists, readIndexFile } from '../db/open.ts';
import { defaultIndexPath, indexPathForWriting } from '../db/location.ts';
import { readPastScan, type PastScan } from '../db/history.ts';
import { readInventory, readKnownManifests, readWitnesses } from '../db/reader.ts';
import type { NamedBytes } from '../db/pieces.ts';
import { readStoredValues } from '../db/stored-values.ts';
import { readVerified, type VerifiedTimes } from '../db/verified.ts';
import { prepareWriting } from '../db/write-beside.ts';
import { FLAG_NEEDED, FLAG_NEEDED_BY_TAGS, FLAG_REFERENCED, FLAG_TAGGED, type StoredMarks } from '../db/writer.ts';
import { analyse, type Analysis } from '../gc/analysis.ts';
import { configsToRead, unreadConfigs } from '../gc/created.ts';
import { policiesByRepository } from '../gc/governing.ts';
import { findCandidates } from '../gc/candidates.ts';
import { findPolicyCandidates } from '../gc/policy-candidates.ts';
import { findRemovalCandidates } from '../gc/removal-candidates.ts';
import type { Reference } from '../gc/removal-names.ts';
import { lostRepositories, type TakenByRuns } from '../gc/refusals.ts';
import { REFERENCED } from '../gc/mark.ts';
import { uploadsBefore, youngSince } from '../gc/thresholds.ts';
import { BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import type { Candidates } from '../inventory/candidates.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import type { KnownManifests } from '../inventory/known-manifests.ts';
import { isSameVolume } from '../inventory/witnesses.ts';
import type { Retention } from '../policy/model.ts';
import { locateRegistry, nameRegistryRoot, type LocatedRegistry } from '../scan/locate.ts';
import { openPool, type Pace } from '../scan/pool.ts';
import { scan, type ScanOptions } from '../scan/scan.ts';
import { readSpace } from '../scan/space.ts';
import { flagAt, numberAt } from '../shared/columns.ts';
import { AppError } from '../shared/errors.ts';
import { globsWithoutMatch, repositoryFilter } from '../shared/globs.ts';
import type { Progress } from '../shared/progress.ts';
import { stateFolder } from '../sweep/state-folder.ts';
import { takenByRuns } from '../sweep/taken.ts';
import { heldTrash } from '../sweep/trash.ts';
import { refuseOlderAge } from './older-age.ts';
import { warnOfOtherRoot } from './other-root.ts';
import { scanTotals } from './scan-totals.ts';

export interface IndexRequest {
  /** What the operator gave: any of the forms of ROOT. */
  readonly root: string;
  /** `--db`; absent: the default place in the cache folder. */
  readonly database?: string;
  /** `--no-scan`: answer from the index as it is, without touching the volume. */
  readonly noScan: boolean;
  /** `--full`: forget what was known. */
  readonly full: boolean;
  /** `--disk-usage`: stat every blob. */
  readonly diskUsage: boolean;
  /** What is younger is held; documents that could belong to a push under way are read. */
  readonly minAgeSeconds: number;
  /** Nobody asked for that age: an index that was made with a smaller one does as well. */
  readonly minAgeYields?: boolean;
  /** `--repo` globs: only in these repositories may anything be deleted. */
  readonly repositories: readonly string[];
  /** `--state`: where runs of ours are kept; absent: below the registry root. */
  readonly state?: string;
  /** Links are read whose path a report trusts: before a sweep. What they say can keep more, and never less. */
  readonly readLayerLinks?: boolean;
  /** Documents that no link names are read: a sweep takes each before what it names. For `rm` they would be roots. */
  readonly readUnlinked?: boolean;
  /** No path is trusted, nor what an earlier scan read: every link and manifest is read, and every blob and link is stat-ed. */
  readonly trustNothing?: boolean;
  /** Repositories that are gone are gone for good: they are not asked for again. */
  readonly acceptLostRepositories?: boolean;
  /** What `rm` names is stat-ed, too. */
  readonly references?: readonly Reference[];
  /** It is marked by these policies, too, and what they let go is stat-ed. */
  readonly retention?: Retention;
  /** And by these, to be compared with them. */
  readonly compared?: Retention;
  readonly target?: TargetRequest;
}

/** No more goes of a mode than this needs. */
export interface TargetRequest {
  readonly mode: 'revisions' | 'untagged' | 'policy';
  /** Allocated bytes. */
  readonly diskBytes: number;
  /** Uploads that are older count as freed; `undefined`: none does. */
  readonly uploadsOlderThanSeconds: number | undefined;
}

export interface IndexPorts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Something that the operator should read on stderr. */
  readonly warn: (message: string) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How fast the volume is read. */
  readonly pace?: Pace;
  /**
   * Values to be kept in an index that is being written (`openStored` reads them), made of what it will tell without a scan.
   */
  readonly describe?: (
    index: StoredPast & { readonly analysis: Analysis },
    request: IndexRequest,
    now: number,
  ) => readonly NamedBytes[];
  /** Names of such values, to be read with an index that is taken as it is. */
  readonly recalled?: readonly string[];
}

type StoredPast = Pick<OpenedIndex, 'previous' | 'lost' | 'takenByRuns'>;

export interface OpenedIndex {
  readonly inventory: Inventory;
  readonly analysis: Analysis;
  /** The file that holds the index. */
  readonly database: string;
  /** Totals of the scan before this one; absent where there was none of this volume. */
  readonly previous?: PastScan;
  /** Repositories of earlier scans that are gone, and that nobody has accepted as lost before. */
  readonly lost: readonly string[];
  readonly takenByRuns: TakenByRuns;
  readonly durationSeconds: number;
  /** What was recalled. Absent after a scan, and where another version of the program wrote the index. */
  readonly values?: ReadonlyMap<string, Uint8Array>;
  /** When each blob was last verified, by digest id: epoch milliseconds, NaN for never. Absent: never any, or without a scan. */
  readonly verifiedAt?: Float64Array;
  /** Resolves once the index file is in its place. Rejects with `index-failed`: then the one before is still there. */
  readonly stored: Promise<void>;
}

/**
 * The index of a registry, marked. Throws `not-a-registry`, `interrupted`, and what the index file gives cause for
 * (`index-…`). Never writes under the registry root.
 */
export async function openIndex(request: IndexRequest, ports: IndexPorts): Promise<OpenedIndex> {
  const startedAt = ports.now();
  const opened = request.noScan ? await openAsIs(request, ports) : await scanAndWrite(request, ports);
  const names = opened.inventory.repositories.map(({ name }) => name);
  for (const glob of globsWithoutMatch(request.repositories, names)) {
    ports.warn(`--repo ${glob} matches no repository`);
  }
  warnOfIdlePolicies(opened.inventory, request, ports.warn);
  return { ...opened, durationSeconds: (ports.now() - startedAt) / 1000 };
}

/** A policy for nothing is a slip in its globs, or stands behind one that takes its repositories. */
function warnOfIdlePolicies(
  inventory: Inventory,
  { retention, compared }: IndexRequest,
  warn: (message: string) => void,
): void {
  for (const one of [retention, compared]) {
    if (one === undefined) continue;
    const governing = new Set(policiesByRepository(inventory, one));
    for (const policy of one.policies) {
      if (!governing.has(policy)) warn(`no repository obeys the policy "${policy.name}": none matches it first`);
    }
  }
}

type Opened = Omit<OpenedIndex, 'durationSeconds'>;

function analyseFor(request: IndexRequest, inventory: Inventory, now: number): Analysis {
  return analyse(inventory, {
    isIncluded: repositoryFilter(request.repositories),
    youngSince: youngSince(request.minAgeSeconds, now),
    ...(request.retention === undefined ? {} : { retention: request.retention }),
    ...(request.target === undefined ? {} : { target: targetAt(request.target, now) }),
    ...(request.compared === undefined ? {} : { compared: request.compared }),
    now,
  });
}

function targetAt({ mode, diskBytes, uploadsOlderThanSeconds }: TargetRequest, now: number) {
  return { mode, diskBytes, uploadsBefore: uploadsBefore(uploadsOlderThanSeconds, now) };
}

/** Without the volume, which may not even be mounted. */
async function openAsIs(request: IndexRequest, ports: IndexPorts): Promise<Opened> {
  const root = await nameRegistryRoot(request.root, ports.environment);
  const path = request.database ?? defaultIndexPath(root);
  const { recalled } = ports;
  const { stored, inventory, previous, lost } = readIndexFile(path, (database) => ({
    stored: recalled && readStoredValues(database, recalled),
    inventory: readInventory(database),
    previous: readPastScan(database, 1),
    lost: readPastScan(database, 0)?.lost ?? [],
  }));
  warnOfOtherRoot(inventory.root, root, ports.warn);
  refuseOlderAge(request, inventory.minAgeSeconds);
  refuseUnreadConfigs(request, inventory);
  const analysis = analyseFor(request, inventory, ports.now());
  refuseUnmeasured(analysis);
  return {
    inventory,
    analysis,
    database: path,
    stored: Promise.resolve(),
    ...asStored(previous, lost),
    ...(stored === undefined ? {} : { values: stored.values }),
  };
}

/** What an index tells later of the scans before it, and of what is gone. */
function asStored(previous: PastScan | undefined, lost: readonly string[]): StoredPast {
  // What is gone was judged when the index was made; the volume may not be here. What is not lost was taken, or accepted.
  const isLost = new Set(lost);
  const taken = previous?.perRepository.map(({ name }) => name).filter((name) => !isLost.has(name));
  return {
    lost,
    takenByRuns: { repositories: new Set(taken), blobs: new Set() },
    ...(previous === undefined ? {} : { previous }),
  };
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

function refuseUnreadConfigs(request: IndexRequest, inventory: Inventory): void {
  if (!isByCreated(request)) return;
  const unread = unreadConfigs(inventory, configsFor(request, inventory));
  if (unread.length === 0) return;
  throw new AppError(
    'usage',
    `a policy orders by when images were created, and the index does not say it of ${unread.length} of them: the scan read no configs for it`,
    'scan again with the same policy and --repo: leave out --no-scan once',
  );
}

async function scanAndWrite(request: IndexRequest, ports: IndexPorts): Promise<Opened> {
  const registry = await locateRegistry(request.root, ports.environment);
  const path = indexPathForWriting(registry.root, request.database, ports.warn);
  const before = readBefore(path);
  const now = ports.now();
  const writing = prepareWriting(path);
  try {
    const onWalked = (walked: Inventory): void => writing.begin(walked);
    // Whatever volume that was: a digest names the same document everywhere.
    const knownManifests = (): KnownManifests | undefined => readIndexFile(path, readKnownManifests);
    const isForgotten = request.full || request.trustNothing === true;
    const memory = before === undefined || isForgotten ? {} : { knownManifests };
    const space = readSpace(registry.base);
    const inventory = await scanVolume(registry, request, ports, { now, onWalked, ...memory });
    writing.goOn(inventory);
    const analysis = analyseFor(request, inventory, now);
    const last = before?.isOf(inventory) === true ? before.scan : undefined;
    const previous = request.full ? undefined : last;
    const taken = takenByRuns(stateFolder(registry.root, request.state), last?.scannedAt);
    // Whoever forgets what was known still has a mount missing, if one is.
    const judged = { inventory, lost: last?.lost ?? [], takenByRuns: taken };
    const gone = lostRepositories(last === undefined ? judged : { ...judged, previous: last });
    const newest = { ...scanTotals(analysis, space), lost: request.acceptLostRepositories === true ? [] : gone };
    const scans = { before: previous === undefined ? undefined : path, newest };
    if (ports.signal.aborted) throw new AppError('interrupted', 'interrupted before the index was written');
    // A volume that is not the one of that index has other files, though of the same digests.
    const verifiedBefore = previous === undefined ? undefined : readIndexFile(path, readVerified);
    const verified = verifiedBefore === undefined ? {} : { verifiedAt: stillVerified(inventory, verifiedBefore) };
    writing.mark({ ...storedMarks(analysis), ...verified });
    const values = ports.describe?.({ analysis, ...asStored(previous, newest.lost) }, request, now) ?? [];
    const stored = writing.finish(scans, values);
    // Whoever waits for it hears of a failure; until then it is nobody's.
    stored.catch(() => undefined);
    const opened = { inventory, analysis, database: path, stored, lost: gone, takenByRuns: taken, ...verified };
    return previous === undefined ? opened : { ...opened, previous };
  } catch (error) {
    await writing.abandon();
    throw error;
  }
}

async function scanVolume(
  registry: LocatedRegistry,
  request: IndexRequest,
  ports: IndexPorts,
  given: Pick<ScanOptions, 'now' | 'onWalked' | 'knownManifests'>,
): Promise<Inventory> {
  const readsHistoryLinks = request.trustNothing === true;
  const readsLayerLinks = request.readLayerLinks === true || readsHistoryLinks;
  const pool = openPool({ base: registry.base, readsLayerLinks, readsHistoryLinks }, ports.pace);
  try {
    const { diskUsage } = request;
    const options = {
      diskUsage,
      trash: heldTrash(stateFolder(registry.root, request.state)),
      youngSince: youngSince(request.minAgeSeconds, given.now),
      ...(request.readUnlinked === true ? { readsUnlinked: true } : {}),
      ...given,
      findCandidates: (inventory: Inventory) => candidatesFor(request, inventory, given.now),
    };
    const ordered = isByCreated(request)
      ? { ...options, findConfigs: (inventory: Inventory) => configsFor(request, inventory) }
      : options;
    return await scan(registry, ordered, { pool, progress: ports.progress, signal: ports.signal });
  } finally {
    await pool.close();
  }
}

function isByCreated({ retention, compared }: IndexRequest): boolean {
  return [retention, compared].some((given) => given?.policies.some(({ orderBy }) => orderBy === 'created'));
}

function configsFor(request: IndexRequest, inventory: Inventory): readonly DigestId[] {
  const isIncluded = repositoryFilter(request.repositories);
  const isLimited = request.target !== undefined;
  const found = [request.retention, request.compared].flatMap((retention) =>
    retention === undefined ? [] : configsToRead(inventory, { retention, isIncluded, isLimited }),
  );
  return [...new Set(found)];
}

function candidatesFor(
  { references, retention, compared, repositories, diskUsage }: IndexRequest,
  inventory: Inventory,
  now: number,
): Candidates {
  if (references !== undefined) return findRemovalCandidates(inventory, references, diskUsage);
  if (retention === undefined) return findCandidates(inventory, diskUsage);
  const retentions = compared === undefined ? [retention] : [retention, compared];
  return findPolicyCandidates(inventory, retentions, { isIncluded: repositoryFilter(repositories), now }, diskUsage);
}

interface Before {
  readonly scan: PastScan | undefined;
  /** Whether that index was of the volume that was scanned now. */
  readonly isOf: (inventory: Inventory) => boolean;
}

/** The last scan of the index that will be replaced. A file that is no index of ours is refused, not replaced. */
function readBefore(path: string): Before | undefined {
  if (!indexExists(path)) return undefined;
  return readIndexFile(path, (database) => {
    const witnesses = readWitnesses(database);
    return { scan: readPastScan(database, 0), isOf: (inventory) => isSameVolume(witnesses, inventory) };
  });
}

/** Times of an earlier index, by the ids of now, of blobs that are there and that nobody has written to since. */
function stillVerified({ digests, blobs }: Inventory, before: VerifiedTimes): Float64Array {
  const times = new Float64Array(digests.size).fill(NaN);
  for (const [then, time] of before.at.entries()) {
    const id = Number.isNaN(time) ? undefined : digests.findFrom(before.digests, then);
    if (id === undefined || (flagAt(blobs.flags, id) & BLOB_STORED) === 0) continue;
    if (!(numberAt(blobs.time, id) > time)) times[id] = time;
  }
  return times;
}

function storedMarks({ inventory, revisions, untagged }: Analysis): StoredMarks {
  const blobs = new Uint8Array(inventory.digests.size);
  for (let id = 0; id < blobs.length; id++) {
    if (revisions.marking.level[id] === REFERENCED) blobs[id] = FLAG_REFERENCED;
    if (untagged.marking.level[id] === REFERENCED) blobs[id] = flagAt(blobs, id) | FLAG_TAGGED;
  }
  const layerLinks = new Uint8Array(inventory.layerLinks.digest.length);
  for (let row = 0; row < layerLinks.length; row++) {
    if (revisions.marking.layerLink[row] === REFERENCED) layerLinks[row] = FLAG_NEEDED;
    if (untagged.marking.layerLink[row] === REFERENCED) layerLinks[row] = flagAt(layerLinks, row) | FLAG_NEEDED_BY_TAGS;
  }
  return { blobs, layerLinks };
}
