/**
 * Carries out a plan. Safety lies in the order: batch by batch and class by class, a reference before what it refers to,
 * and each class durable before the next begins. So a crash at any moment leaves garbage, and never a dangling reference.
 */
import { lstatSync } from 'node:fs';
import { ACTION_KINDS, isMending, type Action, type ActionKind } from '../gc/action.ts';
import { LAYERS, MANIFESTS, repositoryFolder, UPLOADS } from '../layout/paths.ts';
import { AppError, errnoOf } from '../shared/errors.ts';
import { check } from './check.ts';
import type { Checked } from './checked.ts';
import { TouchedFolders } from './durable.ts';
import { LookAhead, type Piece } from './look-ahead.ts';
import { Mender } from './mend.ts';
import { Pace } from './pace.ts';
import { prepareRun, type Prepared } from './prepare.ts';
import { DeleteRemover, TrashRemover, type Remover } from './removers.ts';
import { writeRunRecord, type RunRecord } from './run-folder.ts';
import { SafePaths } from './safe-path.ts';
import { Staying } from './staying.ts';
import { whyNotTargetOf } from './target.ts';
import type { ArmedPlan, Failed, Skipped, Stop, SweepOptions, SweepOutcome, SweepPorts, SweepWork } from './work.ts';

/** How often it is asked again that nobody writes. Milliseconds. */
const ASK_EVERY = 60_000;
/** For how long the proof of a path is good: what stands there may be exchanged. Milliseconds. */
const RENEW_EVERY = 50;

/**
 * Carries out an armed plan and says what came of it. What fails, or is not as expected, stays with all that it reaches,
 * and the rest goes on. Throws `no-room` and `interrupted` before anything is changed.
 */
export async function executePlan(armed: ArmedPlan, options: SweepOptions, ports: SweepPorts): Promise<SweepOutcome> {
  if (isEmpty(armed)) return NOTHING;
  const paths = new SafePaths(armed.inventory.root);
  const prepared = await prepareRun(armed, options, paths, ports);
  return await new Execution(armed, options, ports, paths, prepared).run();
}

const NOTHING: SweepOutcome = {
  run: null,
  actionsDone: 0,
  bytes: 0,
  diskBytes: 0,
  gone: 0,
  skipped: [],
  failed: [],
  dropped: 0,
  left: 0,
  stopped: null,
  repositoriesRemoved: [],
};

function isEmpty({ batches }: SweepWork): boolean {
  for (const batch of batches()) for (const _ of batch) return false;
  return true;
}

class Execution {
  private readonly touched = new TouchedFolders();
  private readonly staying: Staying;
  private readonly remover: Remover;
  private readonly mender: Mender;
  private readonly lookAhead: LookAhead;
  private readonly pace = new Pace();
  private readonly skipped: Skipped[] = [];
  private readonly failed: Failed[] = [];
  /** Folders in which something stayed that was to go: they are not empty, and that is no news. */
  private readonly heldOpen = new Set<string>();
  private readonly unmarked = new Set<string>();
  private done = 0;
  private bytes = 0;
  private diskBytes = 0;
  private gone = 0;
  private dropped = 0;
  private seen = 0;
  private stopped: Stop | null = null;
  /** A class could not be made durable: what comes after it may not begin. */
  private halted = false;
  private askedAt = -Infinity;
  private renewedAt = -Infinity;

  constructor(
    private readonly work: SweepWork,
    private readonly options: SweepOptions,
    private readonly ports: SweepPorts,
    private readonly paths: SafePaths,
    private readonly prepared: Prepared,
  ) {
    this.staying = new Staying(work.inventory, work.graph);
    this.lookAhead = new LookAhead(options.trash ? ports.pool : undefined, () => ports.now());
    const { folder } = prepared;
    this.mender = new Mender(paths, folder.path, this.touched);
    this.remover = options.trash ? new TrashRemover(folder.path, this.touched) : new DeleteRemover(paths.device);
  }

  async run(): Promise<SweepOutcome> {
    const { progress } = this.ports;
    progress.start(this.options.trash ? 'Moving to the trash' : 'Deleting', 'deletions', this.prepared.totals.actions);
    try {
      for (const batch of this.work.batches()) {
        await this.runBatch(batch);
        if (this.isOver()) break;
      }
    } finally {
      // Whatever ended it: what was done is durable, and the run can be restored.
      await this.endClass();
      progress.stop();
      this.writeRecord();
    }
    return this.outcome();
  }

  private async runBatch(batch: Iterable<Action>): Promise<void> {
    let current: ActionKind | undefined;
    for await (const piece of this.lookAhead.pieces(batch)) {
      if (piece.kind !== current) {
        assertOrder(current, piece.kind);
        await this.endClass();
        if (this.isOver()) return;
        await this.ask();
        this.paths.renew();
        current = piece.kind;
      }
      await this.runPiece(piece);
      if (this.isOver()) return;
    }
    await this.endClass();
  }

  private async runPiece({ actions, looks }: Piece): Promise<void> {
    for (const [index, action] of actions.entries()) {
      if (this.pace.isDue()) await this.rest();
      this.checkStops();
      if (this.isOver()) return;
      this.seen++;
      this.carryOut(action, looks?.haveSeen(index, action, this.ports.now()) === true);
    }
  }

  private isOver(): boolean {
    return this.stopped !== null || this.halted;
  }

  private checkStops(): void {
    const { deadline } = this.options;
    if (this.ports.signal.aborted) this.stopped ??= 'signal';
    else if (deadline !== undefined && this.ports.now() >= deadline.at) this.stopped ??= deadline.of;
  }

  private async rest(): Promise<void> {
    await this.pace.rest();
    const now = this.ports.now();
    if (now - this.renewedAt < RENEW_EVERY) return;
    this.renewedAt = now;
    const { actions, diskBytes: total } = this.prepared.totals;
    this.ports.progress.update(this.seen, actions, { done: this.diskBytes, total });
    this.paths.renew();
    if (now - this.askedAt >= ASK_EVERY) await this.ask();
  }

  private async ask(): Promise<void> {
    try {
      await this.ports.askAgain();
      this.askedAt = this.ports.now();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'registry-writable') throw error;
      this.stopped ??= 'registry-writable';
    }
  }

  /** `isSeen`: it was seen just now as it is expected; that no link leads there is asked in any case. */
  private carryOut(action: Action, isSeen: boolean): void {
    if (this.staying.holds(action)) {
      this.drop(action);
      return;
    }
    const why = whyNotTargetOf(action);
    if (why !== undefined) return this.leave(action, why);
    const proved = this.paths.prove(action.path);
    // The folders above what is to be made need not be there.
    const isWay = proved.ok || (proved.gone && isMending(action.kind));
    if (isWay) return this.act(action, this.paths.absolute(action.path), isSeen);
    if (proved.gone) this.gone++;
    else if (proved.errno === undefined) this.leave(action, proved.why);
    else this.fail(action, proved.errno, proved.why);
  }

  private act(action: Action, absolute: string, isSeen: boolean): void {
    try {
      const checked = isSeen ? 'as-expected' : this.check(action, absolute);
      if (checked === 'gone') this.gone++;
      else if (checked !== 'as-expected') this.leave(action, checked.changed);
      else {
        this.carryOutChecked(action, absolute);
        this.count(action, absolute);
      }
    } catch (error) {
      this.failedBy(action, absolute, error);
    }
  }

  private check(action: Action, absolute: string): Checked {
    const { kind, expect } = action;
    return isMending(kind) ? this.mender.check(action) : check({ kind, expect }, absolute);
  }

  private carryOutChecked(action: Action, absolute: string): void {
    const { kind, path } = action;
    if (isMending(kind)) this.mender.mend(action);
    else this.remover.remove({ kind, path }, absolute);
  }

  private count(action: Action, absolute: string): void {
    this.touched.add(absolute.slice(0, absolute.lastIndexOf('/')));
    this.done++;
    this.bytes += action.bytes;
    this.diskBytes += action.diskBytes;
    if (action.kind === 'empty-directory' && action.repository !== undefined) this.unmarked.add(action.repository);
  }

  private failedBy(action: Action, absolute: string, error: unknown): void {
    const errno = errnoOf(error);
    if (errno === undefined || !(error instanceof Error)) throw error;
    if (errno === 'ENOENT' && isGone(absolute)) this.gone++;
    else if (errno === 'ENOTDIR') this.leave(action, 'is no folder any more');
    else if (errno === 'ENOTEMPTY' && action.kind === 'empty-directory') this.notEmpty(action);
    else this.fail(action, errno, error.message);
  }

  /** What is left in it is either what this sweep could not take, or somebody else's. */
  private notEmpty(action: Action): void {
    if (this.heldOpen.has(action.path)) this.drop(action);
    else this.leave(action, 'holds something that the plan does not name');
  }

  private drop(action: Action): void {
    this.dropped++;
    this.hold(action);
  }

  private hold({ path }: Action): void {
    this.heldOpen.add(path.slice(0, path.lastIndexOf('/')));
  }

  private leave(action: Action, reason: string): void {
    this.skipped.push({ path: action.path, kind: action.kind, reason });
    this.staying.add(action);
    this.hold(action);
  }

  private fail(action: Action, errno: string, message: string): void {
    this.failed.push({ path: action.path, kind: action.kind, errno, message });
    this.staying.add(action);
    this.hold(action);
  }

  private async endClass(): Promise<void> {
    try {
      await this.touched.sync();
    } catch (error) {
      this.failedFolder(this.paths.absolute(''), error);
      this.halted = true;
    }
  }

  private failedFolder(path: string, error: unknown): void {
    const errno = errnoOf(error);
    if (errno === undefined || !(error instanceof Error)) throw error;
    this.failed.push({ path, kind: 'folder', errno, message: error.message });
  }

  private removedRepositories(): readonly string[] {
    const marks = [MANIFESTS, LAYERS, UPLOADS];
    return [...this.unmarked]
      .filter((name) => marks.every((mark) => isGone(this.paths.absolute(`${repositoryFolder(name)}/${mark}`))))
      .sort();
  }

  /** Without it the run counts as one that died: it can be restored all the same. */
  private writeRecord(): void {
    const { folder, record } = this.prepared;
    const ended: RunRecord = {
      ...record,
      endedAt: new Date(this.ports.now()).toISOString(),
      actions: this.done,
      bytes: this.bytes,
      diskBytes: this.diskBytes,
      state: this.options.trash ? 'trash' : 'deleted',
      repositoriesRemoved: this.removedRepositories(),
    };
    try {
      writeRunRecord(folder, ended);
    } catch (error) {
      this.failedFolder(folder.record, error);
    }
  }

  private outcome(): SweepOutcome {
    return {
      run: this.options.run,
      actionsDone: this.done,
      bytes: this.bytes,
      diskBytes: this.diskBytes,
      gone: this.gone,
      skipped: this.skipped,
      failed: this.failed,
      dropped: this.dropped,
      left: this.prepared.totals.actions - this.seen,
      stopped: this.stopped,
      repositoriesRemoved: this.removedRepositories(),
    };
  }
}

function isGone(absolute: string): boolean {
  return lstatSync(absolute, { throwIfNoEntry: false }) === undefined;
}

function assertOrder(before: ActionKind | undefined, kind: ActionKind): void {
  if (before !== undefined && ACTION_KINDS.indexOf(before) >= ACTION_KINDS.indexOf(kind)) {
    throw new RangeError(`a plan has ${kind} after ${before}`);
  }
}
