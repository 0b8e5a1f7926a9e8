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
import type { Analysis } from '../gc/analysis.ts';
import { policiesByRepository } from '../gc/governing.ts';
import { lostRepositories, type TakenByRuns } from '../gc/refusals.ts';
import { REFERENCED } from '../gc/mark.ts';
import { BLOB_STORED, type Inventory } from '../inventory/inventory.ts';
import type { KnownManifests } from '../inventory/known-manifests.ts';
import { isSameVolume } from '../inventory/witnesses.ts';
import { locateRegistry, nameRegistryRoot } from '../scan/locate.ts';
import type { Pace } from '../scan/pool.ts';
import { readSpace } from '../scan/space.ts';
import { flagAt, numberAt } from '../shared/columns.ts';
import { AppError } from '../shared/errors.ts';
import { globsWithoutMatch } from '../shared/globs.ts';
import type { Progress } from '../shared/progress.ts';
import { stateFolder } from '../sweep/state-folder.ts';
import { takenByRuns } from '../sweep/taken.ts';
import { markInventory, markScanned, type Marked } from './mark-inventory.ts';
import { warnOfOtherRoot } from './other-root.ts';
import { scanRegistry, type ScanRequest } from './scan-registry.ts';
import { scanTotals } from './scan-totals.ts';

/** What is scanned for, and marked by, where the index is, and whether the volume is asked. */
export interface IndexRequest extends ScanRequest {
  /** What the operator gave: any of the forms of ROOT. */
  readonly root: string;
  /** `--db`; absent: the default place in the cache folder. */
  readonly database?: string;
  /** `--no-scan`: answer from the index as it is, without touching the volume. */
  readonly noScan: boolean;
  /** `--full`: forget what was known. */
  readonly full: boolean;
  readonly diskUsage: boolean;
  readonly minAgeSeconds: number;
  /** Nobody asked for that age: an index that was made with a smaller one does as well. */
  readonly minAgeYields?: boolean;
  readonly repositories: readonly string[];
  /** Repositories that are gone are gone for good: they are not asked for again. */
  readonly acceptLostRepositories?: boolean;
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

export interface OpenedIndex extends Marked {
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
  return {
    ...markInventory(inventory, { ...scoped(request), now: ports.now() }),
    database: path,
    stored: Promise.resolve(),
    ...asStored(previous, lost),
    ...(stored === undefined ? {} : { values: stored.values }),
  };
}

/** Without `--repo` there is an empty list, and all are meant; of a program that gives one nobody knows what it means. */
function scoped({ repositories, ...request }: IndexRequest): ScanRequest & Omit<IndexRequest, 'repositories'> {
  return repositories.length === 0 ? request : { ...request, repositories };
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
    const inventory = await scanRegistry(registry, scoped(request), { ...ports, now, onWalked, ...memory });
    writing.goOn(inventory);
    const marked = markScanned(inventory, { ...request, now });
    const { analysis } = marked;
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
    const opened = { ...marked, database: path, stored, lost: gone, takenByRuns: taken, ...verified };
    return previous === undefined ? opened : { ...opened, previous };
  } catch (error) {
    await writing.abandon();
    throw error;
  }
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
