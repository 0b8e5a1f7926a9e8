/**
 * Puts a run's deletions back, in the reverse of the order in which they went and durable class by class: what is referred
 * to stands before the reference to it does, so no moment has an image that is named and not whole.
 */
import { chmodSync, lstatSync, mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { ACTION_KINDS, type ActionKind } from '../gc/action.ts';
import type { Digest } from '../layout/digest.ts';
import { blobFolder, layerFolder, revisionFolder } from '../layout/paths.ts';
import { AppError, errnoOf } from '../shared/errors.ts';
import { readAbsent } from './absent.ts';
import type { Armed } from './arm.ts';
import { BringBack } from './bring-back.ts';
import { TouchedFolders } from './durable.ts';
import { Images } from './images.ts';
import { JournalReader, type JournalEntry } from './journal.ts';
import { secondsOf } from './mend.ts';
import { Pace } from './pace.ts';
import { PushedSince } from './pushed-since.ts';
import {
  isPurging,
  readRunRecord,
  runFolder,
  runTime,
  writeRunRecord,
  type RunFolder,
  type RunRecord,
} from './run-folder.ts';
import { SafePaths } from './safe-path.ts';
import { whyNotTarget } from './target.ts';
import { Unmender, type Unmended } from './unmend.ts';
import { own, Way } from './way.ts';
import { Places } from './whereabouts.ts';
import type { Failed, SweepPorts } from './work.ts';

export interface RestoreWork {
  /** The registry root, a real path. */
  readonly root: string;
  readonly state: string;
  readonly run: string;
}

/** An image that cannot be whole again; it stays in the trash. */
interface LeftOut {
  readonly path: string;
  readonly digest: Digest;
  /** What it needs, and what is nowhere. */
  readonly missing: Digest;
}

export interface RestoreOutcome {
  readonly run: string;
  /** It had been restored before: nothing was done. */
  readonly already: boolean;
  /** How many of its deletions were put back now. */
  readonly restored: number;
  /** Of these paths something stands on the volume; that stays, and what the run took stays in the trash. */
  readonly stays: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly failed: readonly Failed[];
  readonly stopped: 'signal' | 'registry-writable' | null;
}

/** The folder of a run. Throws `run-missing`, and `refused` for one whose trash is gone or going. */
export function restorableRun({ state, run }: Pick<RestoreWork, 'state' | 'run'>): RunFolder {
  const folder = runFolder(state, run);
  const isRun = runTime(run) !== undefined;
  if (!isRun || lstatSync(folder.path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new AppError('run-missing', `${run} is no run of ${state}`, 'see regsweep runs');
  }
  refuseWithoutTrash(folder, readRunRecord(folder)?.state);
  return folder;
}

/**
 * Restores a run. Throws `run-missing`, `refused` for one whose trash is gone or going, and `plan-invalid` where its
 * journal is not as it was written; nothing was changed then. A run whose sweep died is restored like any other.
 */
export async function restoreRun(work: Armed<RestoreWork>, ports: SweepPorts): Promise<RestoreOutcome> {
  const folder = restorableRun(work);
  const record = readRunRecord(folder);
  if (record?.state === 'restored') {
    return { run: work.run, already: true, restored: 0, stays: [], leftOut: [], failed: [], stopped: null };
  }
  const journal = openJournal(folder);
  if (journal === undefined) {
    return { run: work.run, already: false, restored: 0, stays: [], leftOut: [], failed: [], stopped: null };
  }
  try {
    const outcome = await new Restoration(work, journal, ports).run();
    const isWhole = outcome.leftOut.length === 0 && outcome.failed.length === 0 && outcome.stopped === null;
    if (!isWhole || record === undefined) return outcome;
    return { ...outcome, failed: endRecord(folder, { ...record, state: 'restored', repositoriesRemoved: [] }) };
  } finally {
    journal.close();
  }
}

/** What failed at it. All is back by then: restoring again, once there is room, finds nothing to do but this. */
function endRecord(folder: RunFolder, record: RunRecord): readonly Failed[] {
  try {
    writeRunRecord(folder, record);
    return [];
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined || !(error instanceof Error)) throw error;
    return [{ kind: 'folder', path: folder.record, errno, message: error.message }];
  }
}

const STILL_THERE = 'regsweep runs ROOT says of which runs the trash still holds what they took';

function refuseWithoutTrash(folder: RunFolder, state: string | undefined): void {
  if (isPurging(folder) || state === 'purged') {
    throw new AppError('refused', `${folder.run} was purged: what it took is gone, or part of it`, STILL_THERE);
  }
  if (state === 'deleted')
    throw new AppError('refused', `${folder.run} deleted at once (--no-trash): nothing was kept`, STILL_THERE);
}

/** `undefined` where the run died before it moved anything. Throws `plan-invalid`. */
function openJournal(folder: RunFolder): JournalReader | undefined {
  if (lstatSync(folder.journal, { throwIfNoEntry: false }) === undefined) return undefined;
  const journal = new JournalReader(folder.journal);
  try {
    journal.verify();
    if (journal.isWhole) return journal;
    refuseCutShort(folder);
  } catch (error) {
    journal.close();
    throw error;
  }
  journal.close();
  return undefined;
}

/** A journal is whole before anything moves: where one is cut short and the trash holds files, it was cut later. */
function refuseCutShort(folder: RunFolder): void {
  const files = readdirSync(folder.trash, { recursive: true, withFileTypes: true }).filter(
    (entry) => !entry.isDirectory(),
  );
  if (files.length === 0) return;
  throw new AppError(
    'plan-invalid',
    `the journal ${folder.journal} was cut short`,
    `nothing was changed; what the run took lies in ${folder.trash}, in the places that it had`,
  );
}

/** What makes an image one that is served: these come back only with all that it needs. */
const NAMES_IMAGE: ReadonlySet<ActionKind> = new Set<ActionKind>(['tag', 'tag-index-entry', 'revision']);
const BORROWED: ReadonlySet<ActionKind> = new Set<ActionKind>(['revision', 'layer-link', 'blob']);
/** These are of no use without what they name. */
const NAMES_BLOB: ReadonlySet<ActionKind> = new Set<ActionKind>([...NAMES_IMAGE, 'layer-link']);
const SERVES_IMAGE: ReadonlySet<ActionKind> = new Set<ActionKind>(['layer-link', 'blob']);
const PRIVATE = 0o700;

class Restoration {
  private readonly paths: SafePaths;
  private readonly places: Places;
  private readonly images: Images;
  private readonly touched = new TouchedFolders();
  private readonly bringer: BringBack;
  private readonly unmender: Unmender;
  private readonly way: Way;
  private readonly pace = new Pace();
  /** Of each entry the number of its kind. */
  private readonly kinds: number[] = [];
  /** Of the entries that name an image, and that the run took, their numbers. */
  private readonly naming: number[] = [];
  /** Folders that were made again, and when they were written to before they went, in seconds. */
  private readonly made: { readonly absolute: string; readonly time: number }[] = [];
  private readonly stays: string[] = [];
  private readonly leftOut: LeftOut[] = [];
  private readonly failed: Failed[] = [];
  private restored = 0;
  private stopped: RestoreOutcome['stopped'] = null;

  constructor(
    private readonly work: RestoreWork,
    private readonly journal: JournalReader,
    private readonly ports: SweepPorts,
  ) {
    this.paths = new SafePaths(work.root);
    this.places = new Places(work.state, work.run, this.paths);
    const folder = runFolder(work.state, work.run);
    this.images = new Images(this.places, readAbsent(folder.absent));
    this.bringer = new BringBack(this.paths, this.touched);
    const since = Date.parse(readRunRecord(folder)?.startedAt ?? '') || (runTime(work.run) ?? 0);
    this.unmender = new Unmender(this.paths, this.touched, new PushedSince(this.paths, since));
    this.way = new Way(this.paths, this.touched);
  }

  async run(): Promise<RestoreOutcome> {
    this.look();
    this.ports.progress.start('Restoring', 'deletions', this.journal.length);
    try {
      for (const kind of ACTION_KINDS.toReversed()) {
        // The blobs and links that an image needs may all be a later run's.
        const isBorrowed = this.places.hasLater && BORROWED.has(kind);
        if (!isBorrowed && !this.kinds.includes(ACTION_KINDS.indexOf(kind))) continue;
        await this.restoreClass(kind);
        if (this.stopped !== null) break;
      }
      this.finishFolders();
    } finally {
      await this.touched.sync();
      this.ports.progress.stop();
    }
    const { restored, stays, leftOut, failed, stopped } = this;
    return { run: this.work.run, already: false, restored, stays, leftOut, failed, stopped };
  }

  /** Before anything is moved: every image is looked at whole, and for every other layer link whether its blob is anywhere. */
  private look(): void {
    const links: Digest[] = [];
    for (let index = 0; index < this.journal.length; index++) {
      const entry = this.journal.entry(index);
      const { kind, digest } = entry;
      this.kinds.push(ACTION_KINDS.indexOf(kind));
      const isOfImage = NAMES_IMAGE.has(kind);
      if (digest === undefined || !(isOfImage || kind === 'layer-link') || this.inTrash(entry) === undefined) continue;
      if (!isOfImage) links.push(digest);
      else {
        this.images.add(digest);
        this.naming.push(index);
      }
    }
    for (const digest of links) this.images.addBlob(digest);
  }

  private async restoreClass(kind: ActionKind): Promise<void> {
    await this.ask();
    const number = ACTION_KINDS.indexOf(kind);
    for (let index = this.kinds.length - 1; index >= 0; index--) {
      if (this.kinds[index] !== number) continue;
      if (this.pace.isDue()) {
        await this.pace.rest();
        this.ports.progress.update(this.restored);
      }
      if (this.ports.signal.aborted) this.stopped ??= 'signal';
      if (this.stopped !== null) return;
      const entry = this.journal.entry(index);
      this.attempt(entry.kind, entry.path, entry.digest, () => this.restoreOne(entry));
    }
    if (kind === 'blob') this.borrowBlobs();
    if (kind === 'layer-link') this.borrowLinks(kind, layerFolder);
    if (kind === 'revision') this.borrowLinks(kind, revisionFolder);
    await this.touched.sync();
  }

  private async ask(): Promise<void> {
    try {
      await this.ports.askAgain();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'registry-writable') throw error;
      this.stopped ??= 'registry-writable';
    }
    this.paths.renew();
  }

  private restoreOne(entry: JournalEntry): void {
    const why = whyNotTarget(entry.kind, entry.path);
    if (why !== undefined) throw Object.assign(new Error(`${entry.path} ${why}`), { code: 'EINVAL' });
    if (entry.kind === 'empty-directory') return this.makeFolder(entry);
    if (entry.kind === 'make-folder') return this.unmend(entry, this.unmender.unmakeFolder(entry));
    const from = this.inTrash(entry);
    if (entry.kind === 'write-link') return this.unmend(entry, this.unmender.unwrite(entry, from));
    if (from === undefined || this.isLeftOut(entry)) return;
    this.bring(from, entry.path);
  }

  private unmend({ path }: JournalEntry, came: Unmended): void {
    if (came === 'back') this.restored++;
    if (came === 'stays') this.stays.push(path);
  }

  private bring(from: string, path: string): void {
    const came = this.bringer.bring(from, path);
    if (came === 'absent') return;
    this.restored++;
    if (came !== 'back') for (const file of came.stays) this.stays.push(`${path}${file.slice(from.length)}`);
  }

  /** The place is told by the layout, not by the journal: that may have been edited. */
  private inTrash({ kind, path, trash }: JournalEntry): string | undefined {
    return trash === undefined ? undefined : this.places.trash.find(kind, path);
  }

  private isLeftOut(entry: JournalEntry): boolean {
    const { digest } = entry;
    if (digest === undefined) return false;
    const missing = NAMES_BLOB.has(entry.kind) ? this.images.lacks(digest) : undefined;
    if (SERVES_IMAGE.has(entry.kind) && missing !== digest) return this.images.isForBroken(digest);
    if (missing === undefined) return false;
    this.leftOut.push({ path: entry.path, digest, missing });
    return true;
  }

  /** A folder that went because it was empty is made again. Its time is set last: what comes back into it changes that. */
  private makeFolder({ path, folder }: JournalEntry): void {
    if (folder === undefined) return;
    const absolute = this.way.to(path);
    const there = lstatSync(absolute, { throwIfNoEntry: false });
    // One that is private still was made by a restore that was killed before it gave it away.
    if (there !== undefined && !(there.isDirectory() && (there.mode & 0o777) === PRIVATE)) return;
    if (there === undefined) mkdirSync(absolute, { mode: PRIVATE });
    own(absolute, folder.uid, folder.gid);
    chmodSync(absolute, folder.mode & 0o7777);
    this.touched.add(dirname(absolute));
    if (folder.modifiedAt !== null) this.made.push({ absolute, time: secondsOf(folder.modifiedAt) });
    this.restored++;
  }

  private finishFolders(): void {
    for (const { absolute, time } of this.made) {
      this.attempt('folder', absolute, undefined, () => utimesSync(absolute, time, time));
    }
  }

  private borrowBlobs(): void {
    for (const digest of this.images.takenLater()) this.borrow('blob', blobFolder(digest), digest);
  }

  /** What a later run took of a repository that an image of this one needs there, be it that only its tag went with this one. */
  private borrowLinks(kind: ActionKind, folderOf: typeof layerFolder): void {
    if (!this.places.hasLater) return;
    for (const index of this.naming) {
      const { digest, repository } = this.journal.entry(index);
      if (digest === undefined || repository === undefined || this.images.lacks(digest) !== undefined) continue;
      for (const reached of this.images.reach(digest)) this.borrow(kind, folderOf(repository, reached), reached);
    }
  }

  private borrow(kind: ActionKind, path: string, digest: Digest): void {
    if (whyNotTarget(kind, path) !== undefined) return;
    const proved = this.paths.prove(path);
    if (proved.ok && lstatSync(proved.absolute, { throwIfNoEntry: false }) !== undefined) return;
    const from = this.places.trash.find(kind, path) ?? this.places.inLater(kind, path);
    if (from !== undefined) this.attempt(kind, path, digest, () => this.bring(from, path));
  }

  /** What cannot be brought back is missing to all that needs it. */
  private attempt(kind: Failed['kind'], path: string, digest: Digest | undefined, act: () => void): void {
    try {
      act();
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined || !(error instanceof Error) || error instanceof AppError) throw error;
      this.failed.push({ kind, path, errno, message: error.message });
      if (digest !== undefined) this.images.lose(digest);
    }
  }
}
