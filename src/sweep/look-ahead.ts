/**
 * Looks at blobs before their turn, in threads beside the one that takes them away: looking costs more than renaming. Only
 * what is as expected is settled so; whatever is odd, or was seen too long ago, is looked at again in its turn.
 */
import type { Action } from '../gc/action.ts';
import type { Digest } from '../layout/digest.ts';
import { blobFolder } from '../layout/paths.ts';
import { BlobFolders } from '../scan/blob-folders.ts';
import type { Pool } from '../scan/pool.ts';
import { isSameTime } from './checked.ts';

/** So many actions are looked at together. */
const PIECE = 256;
/** So many pieces are under way while one is carried out. */
const AHEAD = 2;
/** For how long a look is believed. Milliseconds. */
const BELIEVED = 250;

/** Consecutive actions of one kind. */
export interface Piece {
  readonly kind: Action['kind'];
  readonly actions: readonly Action[];
  /** Absent: nobody has looked. */
  readonly looks?: Looks;
}

/** What was seen of the actions of a piece. */
class Looks {
  /** `since`: before anything was looked at, epoch milliseconds. */
  constructor(
    private readonly folders: BlobFolders,
    private readonly since: number,
  ) {}

  /** Whether the target of the action with this number in its piece was seen as the action expects it, and just now. */
  haveSeen(index: number, { expect }: Action, now: number): boolean {
    const age = now - this.since;
    // A clock that was set back tells nothing.
    if (!(age >= 0 && age <= BELIEVED) || !('bytes' in expect)) return false;
    const seen = this.folders.at(index);
    return seen !== undefined && seen.bytes === expect.bytes && isSameTime(expect.modifiedAt, seen.time);
  }
}

/** Cuts a batch into pieces, and has the next ones looked at by `pool`. A pool that fails is not asked again. */
export class LookAhead {
  private hasFailed = false;

  constructor(
    private readonly pool: Pool | undefined,
    private readonly now: () => number,
  ) {}

  async *pieces(batch: Iterable<Action>): AsyncGenerator<Piece> {
    const coming: Promise<Piece>[] = [];
    for (const actions of cut(batch)) {
      coming.push(this.look(actions));
      const first = coming.length > AHEAD ? coming.shift() : undefined;
      if (first !== undefined) yield first;
    }
    yield* coming;
  }

  private async look(piece: Piece): Promise<Piece> {
    const digests = this.pool === undefined || this.hasFailed ? undefined : digestsOf(piece);
    if (this.pool === undefined || digests === undefined) return piece;
    const since = this.now();
    try {
      const { packet } = await this.pool.run({ kind: 'blob-folders', digests });
      return { ...piece, looks: new Looks(new BlobFolders(packet, digests.length), since) };
    } catch {
      // Whatever it was: each target is looked at in its turn, too.
      this.hasFailed = true;
      return piece;
    }
  }
}

/** `undefined` where there is anything but blobs where their digests have them: they are looked at by these. */
function digestsOf({ kind, actions }: Piece): readonly Digest[] | undefined {
  if (kind !== 'blob') return undefined;
  const digests: Digest[] = [];
  for (const { digest, path } of actions) {
    if (digest === undefined || path !== blobFolder(digest)) return undefined;
    digests.push(digest);
  }
  return digests;
}

function* cut(batch: Iterable<Action>): Generator<Piece> {
  let actions: Action[] = [];
  for (const action of batch) {
    const [first] = actions;
    if (first !== undefined && (first.kind !== action.kind || actions.length === PIECE)) {
      yield { kind: first.kind, actions };
      actions = [];
    }
    actions.push(action);
  }
  const [first] = actions;
  if (first !== undefined) yield { kind: first.kind, actions };
}
