/** What a sweep is given, and what it comes to. */
import type { Action, ActionKind } from '../gc/action.ts';
import type { Graph } from '../gc/graph.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Pool } from '../scan/pool.ts';
import type { Progress } from '../shared/progress.ts';
import type { Armed } from './arm.ts';
import type { JournalHeader } from './journal.ts';

/** All that is to be done. It becomes an `ArmedPlan` by `arm`. */
export interface SweepWork {
  /** What the plan was made of: what fails is followed in it to what then has to stay. */
  readonly inventory: Inventory;
  readonly graph: Graph;
  /** The plan's first line, for the journal. */
  readonly header: JournalHeader;
  /**
   * The actions, batch by batch, each in the order of deletion; called twice, and the same both times: once for the
   * journal, once to do it. One action at a time exists.
   */
  readonly batches: () => Iterable<Iterable<Action>>;
}

export type ArmedPlan = Armed<SweepWork>;

export interface SweepOptions {
  /** `<registry root>/.regsweep`, or what `--state` says. A real path, and it exists. */
  readonly state: string;
  /** `runName`. */
  readonly run: string;
  /** False: `--no-trash`. There is no way back. */
  readonly trash: boolean;
  /** When to stop, epoch milliseconds, and what set it. */
  readonly deadline?: { readonly at: number; readonly of: 'duration' | 'until' };
}

export interface SweepPorts {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  now(): number;
  /** Asks again that nobody writes: before each class and every 60 s. Throws `registry-writable`. */
  askAgain(): Promise<void>;
  /** Looks ahead at what goes into the trash; absent: everything is looked at in its turn alone. */
  readonly pool?: Pool;
}

/** It was not what the plan expects, and stays. */
export interface Skipped {
  readonly path: string;
  readonly kind: ActionKind;
  readonly reason: string;
}

/** It could not be removed. */
export interface Failed {
  readonly path: string;
  readonly kind: ActionKind | 'folder';
  readonly errno: string;
  readonly message: string;
}

export type Stop = 'signal' | 'duration' | 'until' | 'max-bytes' | 'registry-writable';

export interface SweepOutcome {
  /** `null` where there was nothing to do. */
  readonly run: string | null;
  readonly actionsDone: number;
  /** Of what was done. */
  readonly bytes: number;
  readonly diskBytes: number;
  /** What had vanished already. */
  readonly gone: number;
  readonly skipped: readonly Skipped[];
  readonly failed: readonly Failed[];
  /** Actions that were not done because something that refers to their target stayed. */
  readonly dropped: number;
  /** Actions that were not reached. */
  readonly left: number;
  readonly stopped: Stop | null;
  /** Repositories of which nothing is left. */
  readonly repositoriesRemoved: readonly string[];
}
