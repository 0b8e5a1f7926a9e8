/**
 * The turn of a sweep: from before its scan until it is over nobody else of ours changes the volume. A restore that ends
 * between the scan and the sweep has put back what the scan took for garbage.
 */
import { acquireLock, type LockHolder, type SweepLock } from '../db/lock.ts';
import { AppError } from '../shared/errors.ts';
import { hasStateFolder, openStateFolder } from '../sweep/state-folder.ts';

export interface Turn {
  /** The lock, and the state folder as a real path. */
  readonly lock: SweepLock;
  readonly state: string;
}

export class SweepTurn {
  private lock: SweepLock | undefined;
  private readonly failure: AppError | undefined;

  /**
   * Takes the lock where there is a state folder already; where there is none nobody holds one, and none is made for a sweep
   * that may be refused. Throws `locked`.
   */
  constructor(
    private readonly root: string,
    /** `--state`. */
    private readonly given: string | undefined,
    private readonly holder: LockHolder,
  ) {
    if (!hasStateFolder(root, given)) return;
    try {
      this.lock = acquireLock(openStateFolder(root, given), holder);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'no-room') throw error;
      // There may be better reasons not to sweep: all of them are told first.
      this.failure = error;
    }
  }

  /** Throws `locked` where somebody else may have had a turn since, and `no-room` where the folder cannot be written. */
  take(): Turn {
    if (this.failure !== undefined) throw this.failure;
    if (this.lock === undefined && hasStateFolder(this.root, this.given)) throw hadByAnother();
    const state = openStateFolder(this.root, this.given);
    this.lock ??= acquireLock(state, this.holder);
    return { lock: this.lock, state };
  }

  release(): void {
    this.lock?.release();
  }
}

function hadByAnother(): AppError {
  return new AppError(
    'locked',
    'another sweep or restore of this registry began since it was scanned',
    'nothing was changed; sweep again, once that is over',
  );
}
