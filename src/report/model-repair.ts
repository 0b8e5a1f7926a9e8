/** What `repair` says: the contract that other programs parse. Times are ISO 8601, UTC; paths relative to `docker/registry/v2`. */
import type { Refusal } from '../shared/refusal.ts';
import type { SweepDone } from './model-sweep.ts';

interface About {
  readonly path: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** One thing that is written, made or taken. */
export interface RepairAction extends About {
  readonly kind: string;
  /** What must be found there again: nothing (`absent`), or a link (null: none that can be read) and its time. */
  readonly expect: object;
  readonly reason: { readonly code: string; readonly text: string };
}

/** Something that is wrong, and is not mended. */
export interface RepairLeft extends About {
  /** What to do about it, in a word. */
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

export interface RepairResult {
  readonly schema: 'regsweep.repair/1';
  readonly generatedAt: string;
  readonly registry: { readonly root: string; readonly scannedAt: string; readonly layoutVersion: 'v2' };
  readonly dropDangling: boolean;
  readonly relinkChildren: boolean;
  readonly plan: {
    readonly actions: number;
    /** What is made and written. */
    readonly folders: number;
    readonly links: number;
    /** What is taken. */
    readonly tags: number;
    readonly tagIndexEntries: number;
    readonly revisions: number;
    readonly layerLinks: number;
    /** In the order in which it is done. */
    readonly list: readonly RepairAction[];
  };
  /** By code, then by path. */
  readonly left: readonly RepairLeft[];
  /** Reasons not to carry it out, all of them. */
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly string[];
  /** What shows that nobody writes, and how far that reaches. */
  readonly notes: readonly string[];
  /** Null where nothing was carried out: a dry run, or a refusal. */
  readonly done: SweepDone | null;
}
