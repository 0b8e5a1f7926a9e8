/** All that has to be on the disk before anything goes: the journal, the folders of the trash, the record of the run. */
import { lstatSync, rmSync } from 'node:fs';
import type { Action } from '../gc/action.ts';
import { blobData, BLOBS, LAYERS, MANIFESTS, REPOSITORIES, UPLOADS } from '../layout/paths.ts';
import { AppError, errnoOf } from '../shared/errors.ts';
import { noRoom } from '../shared/no-room.ts';
import { isoTime } from '../shared/times.ts';
import { AbsentFinder, writeAbsent } from './absent.ts';
import { makeFolders, TouchedFolders } from './durable.ts';
import { JournalWriter, type FolderState, type JournalTotals } from './journal.ts';
import { Pace } from './pace.ts';
import { createRunFolder, runFolder, trashPath, writeRunRecord, type RunFolder, type RunRecord } from './run-folder.ts';
import type { SafePaths } from './safe-path.ts';
import { whyNotTarget } from './target.ts';
import { isReadable } from './whereabouts.ts';
import type { SweepOptions, SweepPorts, SweepWork } from './work.ts';

export interface Prepared {
  readonly folder: RunFolder;
  readonly totals: JournalTotals;
  readonly record: RunRecord;
}

/** Folders of the trash are for who may sweep. */
const PRIVATE = 0o700;
/** Why a volume or a disk takes nothing more. */
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM']);

/**
 * Makes the folder of the run durable with all that it needs. Throws `no-room` where there is none, or no right to write
 * there, or where the trash would be on another file system than the registry, and `interrupted` once the signal is set;
 * then nothing is left of it.
 */
export async function prepareRun(
  work: SweepWork,
  options: SweepOptions,
  paths: SafePaths,
  ports: Pick<SweepPorts, 'now' | 'signal'>,
): Promise<Prepared> {
  const { state, run } = options;
  try {
    if (options.trash) refuseOtherDevice(state, paths);
    return await writeRun(work, options, paths, ports);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined && !(error instanceof AppError)) throw error;
    if (errno !== 'EEXIST') abandon(runFolder(state, run));
    if (errno === undefined || !NO_ROOM.has(errno)) throw error;
    throw noRoom(`the journal of the run cannot be written in ${state}`, errno, error);
  }
}

/** A rename never copies: what cannot be renamed into the trash cannot go there. */
function refuseOtherDevice(state: string, paths: SafePaths): void {
  const others = [state, paths.absolute(BLOBS), paths.absolute(REPOSITORIES)].filter((path) => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats !== undefined && (!stats.isDirectory() || stats.dev !== paths.device);
  });
  const [first] = others;
  if (first === undefined) return;
  throw new AppError(
    'no-room',
    `${first} is not a folder on the registry root's own file system: nothing can be moved to the trash`,
    'nothing was changed; leave out --state, or sweep with --no-trash: there is no way back then',
  );
}

/** What was begun is of no use; where the disk does not let it go, it stays, and the first error is the one to tell. */
function abandon({ path }: RunFolder): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}

async function writeRun(
  work: SweepWork,
  options: SweepOptions,
  paths: SafePaths,
  ports: Pick<SweepPorts, 'now' | 'signal'>,
): Promise<Prepared> {
  const folder = createRunFolder(options.state, options.run);
  const touched = new TouchedFolders();
  const absent = new AbsentFinder(work.inventory, work.graph, (digest) => isReadable(paths.absolute(blobData(digest))));
  const removed = new Set<string>();
  const trash = options.trash ? new TrashFolders(folder, touched) : undefined;
  const writer = new JournalWriter(folder.journal, { ...work.header, run: options.run });
  const pace = new Pace();
  let totals: JournalTotals;
  try {
    for (const batch of work.batches()) {
      for (const action of batch) {
        if (pace.isDue()) await pace.rest();
        if (ports.signal.aborted) throw new AppError('interrupted', 'interrupted before anything was changed');
        const where = trash?.placeFor(action);
        const state = action.kind === 'empty-directory' ? folderState(paths, action.path) : undefined;
        const makes = action.kind === 'write-link' ? firstMissing(paths, action.path) : undefined;
        if (trash !== undefined) absent.add(action);
        if (isRepositoryMark(action)) removed.add(action.repository);
        writer.add(action, {
          ...(where === undefined ? {} : { trash: where }),
          ...(state === undefined ? {} : { folder: state }),
          ...(makes === undefined ? {} : { makes }),
        });
      }
    }
    totals = writer.end();
  } finally {
    writer.close();
  }
  if (trash !== undefined) writeAbsent(folder.absent, absent.digests());
  touched.add(folder.path);
  await touched.sync();
  const record: RunRecord = {
    run: options.run,
    mode: work.header.mode,
    startedAt: new Date(ports.now()).toISOString(),
    endedAt: null,
    ...totals,
    state: 'partial',
    repositoriesRemoved: [...removed].sort(),
  };
  writeRunRecord(folder, record);
  return { folder, totals, record };
}

/** One of the folders that make a repository one. */
function isRepositoryMark(action: Action): action is Action & { readonly repository: string } {
  if (action.kind !== 'empty-directory' || action.repository === undefined) return false;
  const name = action.path.slice(action.path.lastIndexOf('/') + 1);
  return name === MANIFESTS || name === LAYERS || name === UPLOADS;
}

class TrashFolders {
  private last = '';

  constructor(
    private readonly folder: RunFolder,
    private readonly touched: TouchedFolders,
  ) {}

  /**
   * Where this goes, below the folder of the run; the folders above it are there then. Empty folders go nowhere; of a link
   * that is written, the one before it goes there.
   */
  placeFor({ kind, path, expect }: Action): string | undefined {
    if (kind === 'empty-directory' || 'absent' in expect) return undefined;
    const place = trashPath(kind, path);
    const above = place.slice(0, place.lastIndexOf('/'));
    if (above === this.last) return place;
    // A crafted path must not make folders elsewhere: what may not be deleted has no place in the trash.
    if (whyNotTarget(kind, path) !== undefined) return undefined;
    makeFolders(`${this.folder.path}/${above}`, PRIVATE, this.touched);
    this.last = above;
    return place;
  }
}

/** The first folder on the way to `path` that is not there: with all below it, it is made. */
function firstMissing(paths: SafePaths, path: string): string | undefined {
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const folder = path.slice(0, slash);
    const proved = paths.proveFolder(paths.absolute(folder));
    // What stands in the way is told in its turn.
    if (!proved.ok) return proved.gone ? folder : undefined;
  }
  return undefined;
}

function folderState(paths: SafePaths, path: string): FolderState | undefined {
  const proved = paths.prove(path);
  const stats = proved.ok ? lstatSync(proved.absolute, { throwIfNoEntry: false }) : undefined;
  if (stats?.isDirectory() !== true) return undefined;
  const { mode, uid, gid, mtimeMs } = stats;
  return { mode: mode & 0o7777, uid, gid, modifiedAt: isoTime(mtimeMs) };
}
