/** What `report --as` says: the contract that other programs parse. Sizes are bytes, as in `model.ts`. */
import type { Report } from './model.ts';

export interface PredictedBlob {
  readonly digest: string;
  /** Zero where its folder is a symbolic link: only the link goes. */
  readonly bytes: number;
  readonly diskBytes: number;
}

interface PredictedLink {
  readonly repository: string;
  readonly digest: string;
}

interface PredictedTagIndexEntry extends PredictedLink {
  readonly tag: string;
}

export interface PredictedLoss {
  /** `revision` and `layer-link` are links of the repository; the others are blobs. */
  readonly kind: 'revision' | 'manifest' | 'config' | 'layer' | 'layer-link';
  readonly digest: string;
}

export interface PredictedBrokenTag {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  readonly losses: readonly PredictedLoss[];
}

export interface CountedSize {
  readonly count: number;
  readonly bytes: number;
  readonly diskBytes: number;
}

interface Counted {
  readonly count: number;
}

/** What one of the two deletes and the other does not. */
export interface OnlyOne {
  readonly blobs: CountedSize;
  readonly revisions: Counted;
  readonly tagIndexEntries: Counted;
  readonly layerLinks: Counted;
}

export interface ReportAs {
  readonly schema: 'regsweep.report-as/1';
  readonly generatedAt: string;
  readonly registry: Report['registry'];
  readonly as: 'distribution-2.8' | 'distribution-3';
  /** `garbage-collect --delete-untagged`, as `-m`. */
  readonly deleteUntagged: boolean;
  /** How its run would end. */
  readonly ending: {
    readonly kind: 'done' | 'abort' | 'panic' | 'endless';
    /** 0, 1 and 2; null: it would not end. */
    readonly exitStatus: number | null;
    /** What it would print on stderr; for `endless`, why. Null where it is done. */
    readonly message: string | null;
    /** The file that the message is about, relative to the registry root. */
    readonly path: string | null;
  };
  /** Digests that it marks, whether anything is behind them or not; null where it does not come so far. */
  readonly marked: number | null;
  /**
   * False where it would fail at a place that nobody can foretell, since it deletes in another order each time: then some of
   * these may still stand.
   */
  readonly certain: boolean;
  readonly deletes: {
    readonly blobs: CountedSize;
    readonly revisions: Counted;
    readonly tagIndexEntries: Counted;
    readonly layerLinks: Counted;
  };
  /** The same, one by one. */
  readonly deletions: {
    readonly blobs: readonly PredictedBlob[];
    readonly revisions: readonly PredictedLink[];
    readonly tagIndexEntries: readonly PredictedTagIndexEntry[];
    readonly layerLinks: readonly PredictedLink[];
  };
  /** Tags that name a whole image now and would not afterwards, with what each loses. */
  readonly brokenTags: readonly PredictedBrokenTag[];
  /** Tags that name no whole image now already, and would lose more of it. */
  readonly damagedTagsThatLoseMore: number;
  /** Beside a sweep of ours. */
  readonly sweep: {
    readonly mode: 'revisions' | 'untagged';
    readonly minAgeSeconds: number;
    /** What the sweep would free, and the registry's own collector leaves. */
    readonly onlySweep: OnlyOne & {
      readonly uploads: CountedSize;
      readonly strayFiles: CountedSize;
      readonly emptyDirectories: Counted;
    };
    /** What the registry's own collector deletes, and the sweep keeps. */
    readonly onlyCollector: OnlyOne;
  };
}
