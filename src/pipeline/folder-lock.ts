/** The lock of one state folder, from before a scan until a sweep is over. */
import type { LockHolder } from '../db/lock-note.ts';
import { acquireLock, LockedError, type SweepLock } from '../db/lock.ts';
import { AppError } from '../shared/errors.ts';
import { hasStateFolder, openStateFolder, stateFolder } from '../sweep/state-folder.ts';
import { lookAt, type Look } from './others.ts';

export class FolderLock {
  readonly path: string;
  private lock: SweepLock | undefined;
  private readonly failure: AppError | undefined;

  /** Takes the lock if the folder is there. Throws `usage` for one among the registry's own files. */
  constructor(
    private readonly root: string,
    /** `--state`; `undefined` for the registry root's own. */
    private readonly given: string | undefined,
    private readonly holder: LockHolder,
  ) {
    this.path = stateFolder(root, given);
    if (!hasStateFolder(root, given)) return;
    try {
      this.lock = this.acquire();
    } catch (error) {
      if (!(error instanceof LockedError) && !isNoRoom(error)) throw error;
      // There may be more reasons not to sweep: all of them are told.
      this.failure = error;
    }
  }

  /** Whether somebody else had it when it was to be taken. */
  get isRefused(): boolean {
    return this.failure instanceof LockedError;
  }

  /** Who else has it. */
  look(): Look {
    if (this.failure instanceof LockedError) return this.failure;
    return this.lock === undefined ? lookAt(this.path, this.holder.host) : undefined;
  }

  /** Throws `locked` where somebody else has it, or may have had it since; `no-room` where the folder cannot be written. */
  take(): SweepLock {
    if (this.failure !== undefined) throw this.failure;
    if (this.lock === undefined && hasStateFolder(this.root, this.given)) throw hadByAnother();
    this.lock ??= this.acquire();
    return this.lock;
  }

  release(): void {
    this.lock?.release();
  }

  private acquire(): SweepLock {
    return acquireLock(openStateFolder(this.root, this.given), this.holder);
  }
}

/** Whether no lock can be taken, for want of room or of rights. */
export function isNoRoom(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'no-room';
}

function hadByAnother(): AppError {
  return new AppError(
    'locked',
    'another sweep or restore of this registry began since it was scanned',
    'nothing was changed; sweep again, once that is over',
  );
}
