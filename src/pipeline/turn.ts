/**
 * The turn of a sweep: from before its scan until it is over nobody else of ours changes the volume. A restore that ends
 * between the scan and the sweep has put back what the scan took for garbage.
 *
 * A volume has one lock, that of the registry root's own state folder, whatever `--state` says. The folder that `--state`
 * names has another, for all that keep their runs there; it is taken second.
 */
import type { LockHolder } from '../db/lock-note.ts';
import type { SweepLock } from '../db/lock.ts';
import { AppError } from '../shared/errors.ts';
import type { HeldLock } from '../sweep/arm.ts';
import { isSameFolder, openStateFolder, stateFolder } from '../sweep/state-folder.ts';
import { FolderLock, isNoRoom } from './folder-lock.ts';
import { othersOf, type Others } from './others.ts';

export interface Turn {
  readonly lock: HeldLock;
  /** The state folder as a real path. */
  readonly state: string;
  /** How far the lock does not reach. */
  readonly warnings: readonly string[];
}

export class SweepTurn {
  private readonly own: FolderLock;
  /** That of `--state`. */
  private readonly named: FolderLock | undefined;

  /**
   * Takes the locks of the state folders that are there already; where there is none nobody holds one, and none is made for a
   * sweep that may be refused. Throws `usage` for a state folder among the registry's own files.
   */
  constructor(
    private readonly root: string,
    /** `--state`. */
    private readonly given: string | undefined,
    private readonly holder: LockHolder,
  ) {
    this.own = new FolderLock(root, undefined, holder);
    this.named = given === undefined || isOwn(root, given) ? undefined : new FolderLock(root, given, holder);
    // Who is refused is in nobody's way.
    if (this.own.isRefused || this.named?.isRefused === true) this.release();
  }

  /** Who else has a lock of this volume now. */
  others(): Others {
    return othersOf([this.own.look(), this.named?.look()], this.holder.host);
  }

  /** Throws `locked` where somebody else has a turn, or may have had one since, and `no-room` where no lock can be taken. */
  take(): Turn {
    const own = this.takeOwn();
    // Asked anew: where neither was there before, the one that was made now may be the other by another name.
    const named = this.given === undefined || isOwn(this.root, this.given) ? undefined : this.named?.take();
    const locks = [own, named].filter((lock) => typeof lock === 'object');
    return {
      lock: {
        get held() {
          return locks.every(({ held }) => held);
        },
      },
      state: openStateFolder(this.root, this.given),
      warnings: [...(typeof own === 'string' ? [own] : []), ...(locks.every(({ noted }) => noted) ? [] : [NO_NOTE])],
    };
  }

  release(): void {
    this.named?.release();
    this.own.release();
  }

  /**
   * The lock of the registry root, or why there is none: who sweeps with `--state` needs no write under the root, so a root
   * that takes none must not stop him, as long as nobody else is seen to hold it.
   */
  private takeOwn(): SweepLock | string {
    try {
      return this.own.take();
    } catch (error) {
      if (this.named === undefined || !isNoRoom(error)) throw error;
      const look = this.own.look();
      if (look instanceof Error) throw look;
      if (look !== undefined) throw new AppError('no-room', look, `sweep as who may read ${this.own.path}`);
      return `${error.message}: only the lock of ${this.named.path} is held, and a sweep with another --state does not see it`;
    }
  }
}

const NO_NOTE =
  'the file system is full, and no note of the lock could be left on it: nothing of ours must change this volume from another machine meanwhile';

function isOwn(root: string, given: string): boolean {
  const [own, named] = [stateFolder(root, undefined), stateFolder(root, given)];
  return own === named || isSameFolder(own, named);
}
