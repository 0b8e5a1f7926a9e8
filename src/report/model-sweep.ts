/**
 * What `sweep`, `rm`, `runs`, `restore` and `purge` say: the contract that other programs parse. Renderers take these and
 * compute nothing. Sizes are bytes (`bytes` apparent, `diskBytes` allocated), times ISO 8601, UTC.
 */
import type { Refusal } from '../shared/refusal.ts';
import type { Reclaimable, TargetResult } from './model.ts';

type SweepMode = 'revisions' | 'untagged' | 'policy' | 'rm';

/** Why a sweep ended before its plan did. */
export type StopReason = 'signal' | 'duration' | 'until' | 'max-bytes' | 'registry-writable';

/** An action that was not done because something else stands there than the plan expects. */
export interface SkippedAction {
  readonly kind: string;
  /** Relative to `docker/registry/v2`. */
  readonly path: string;
  readonly reason: string;
}

/** An action that the system refused. */
export interface FailedAction {
  readonly kind: string;
  readonly path: string;
  /** `EACCES`, `EIO`, … */
  readonly errno: string;
}

/** What was done, once a plan was carried out. */
export interface SweepDone {
  /** Its name, for `restore` and `purge`; null where there was nothing to do. */
  readonly run: string | null;
  /** Whether it can be taken back: moved to the trash, not deleted at once. */
  readonly inTrash: boolean;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly actions: number;
  readonly bytes: number;
  readonly diskBytes: number;
  /** Things that were not there any more. */
  readonly gone: number;
  /** Actions that were not done because one that was not done still needs what they would take. */
  readonly dropped: number;
  /** Actions that were not reached. */
  readonly left: number;
  readonly stopped: StopReason | null;
  readonly skipped: readonly SkippedAction[];
  readonly failed: readonly FailedAction[];
  /** What came back because it was pushed again or named anew meanwhile. */
  readonly putBack: readonly string[];
  /** Free bytes of the file system afterwards less before, as it says itself: others use it too. */
  readonly freedOnFileSystem: number;
}

/** What fits into `--max-bytes`. */
interface BudgetResult {
  /** What may go, allocated. */
  readonly diskBytes: number;
  readonly actions: number;
  readonly freedDiskBytes: number;
  /** Actions that are left for a later sweep. */
  readonly left: number;
}

export interface SweepResult {
  readonly schema: 'regsweep.sweep/1';
  readonly generatedAt: string;
  readonly registry: { readonly root: string; readonly scannedAt: string; readonly layoutVersion: 'v2' };
  readonly mode: SweepMode;
  readonly minAgeSeconds: number;
  readonly plan: Reclaimable & { readonly actions: number };
  /** With `--max-bytes`: what of the plan goes in this sweep, or would. */
  readonly budget?: BudgetResult;
  /** With `--target-free`: of what is planned, or was done. */
  readonly target?: TargetResult;
  /** Reasons not to sweep, all of them. */
  readonly refusals: readonly Refusal[];
  /** What an operator should know all the same. */
  readonly warnings: readonly string[];
  /** What shows that nobody writes, and how far that reaches. */
  readonly notes: readonly string[];
  /** Actions of a plan file that are not in what the volume says now. */
  readonly notInPlan: readonly SkippedAction[];
  readonly trash: { readonly runs: number; readonly bytes: number; readonly diskBytes: number };
  /** Null where nothing was carried out: a dry run, or a refusal. */
  readonly done: SweepDone | null;
}

interface RunRow {
  readonly run: string;
  readonly startedAt: string;
  /** Null where it was cut off. */
  readonly endedAt: string | null;
  /** Null where it was cut off before it had begun. */
  readonly mode: string | null;
  readonly actions: number;
  readonly bytes: number;
  readonly diskBytes: number;
  readonly state: 'trash' | 'purged' | 'restored' | 'partial';
  /** Of which it left nothing. */
  readonly repositoriesRemoved: readonly string[];
}

export interface RunsResult {
  readonly schema: 'regsweep.runs/1';
  /** Oldest first. */
  readonly runs: readonly RunRow[];
}

export interface RestoreResult {
  readonly schema: 'regsweep.restore/1';
  readonly run: string;
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  /** Null where it was refused. */
  readonly done: {
    /** How many of its deletions were put back. */
    readonly restored: number;
    /** It had been restored before. */
    readonly already: boolean;
    readonly stopped: 'signal' | 'registry-writable' | null;
    /** Here something else stands by now; that stays, and what the run took stays in the trash. */
    readonly kept: readonly string[];
    /** Images that cannot be whole again, and what they need that is nowhere. They stay in the trash. */
    readonly leftOut: readonly { readonly path: string; readonly digest: string; readonly missing: string }[];
    readonly failed: readonly FailedAction[];
  } | null;
}

export interface PurgeResult {
  readonly schema: 'regsweep.purge/1';
  readonly runs: readonly {
    readonly run: string;
    readonly bytes: number;
    readonly diskBytes: number;
    /** What could not be removed, absolute paths. */
    readonly failed: readonly { readonly path: string; readonly errno: string }[];
  }[];
  readonly freedOnFileSystem: number;
}
