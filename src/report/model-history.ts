/** What `history` says: the contract that other programs parse. Sizes are bytes, times ISO 8601, UTC. */

/** Totals of one scan that the index keeps. */
export interface ScanTotals {
  readonly scannedAt: string;
  readonly repositories: number;
  readonly tags: number;
  readonly revisions: number;
  readonly blobs: number;
  readonly bytes: number;
  /** What revisions and tags reach. */
  readonly referencedBytes: number;
  /** What tags reach. */
  readonly taggedBytes: number;
  /** Of the file system that the volume lies on, when it was scanned; null where it did not say. */
  readonly freeBytes: number | null;
  readonly capacityBytes: number | null;
}

/** A repository in two scans: null where it was not there. */
export interface RepositoryChange {
  readonly name: string;
  readonly change: 'appeared' | 'gone' | 'grew' | 'shrank' | 'same-size';
  readonly tags: number | null;
  readonly revisions: number | null;
  readonly referencedBytes: number | null;
  readonly taggedBytes: number | null;
  /** `referencedBytes` now less those then; what is not there has none. */
  readonly growthBytes: number;
  readonly tagsAdded: number;
  readonly revisionsAdded: number;
  /** How much more of it no tag reaches, though a revision does. */
  readonly untaggedGrowthBytes: number;
}

export interface ScanComparison {
  /** `scannedAt` of both. */
  readonly from: string;
  readonly to: string;
  readonly growthBytes: number;
  readonly referencedGrowthBytes: number;
  /** How much more became unreachable: nothing references it any more. */
  readonly unreferencedGrowthBytes: number;
  /** How much more only revisions without a tag reach. */
  readonly untaggedGrowthBytes: number;
  /** All that changed, the largest change first; equals by name. */
  readonly repositories: readonly RepositoryChange[];
}

/** How fast the volume grows, by least squares over the scans that are kept. */
export interface Forecast {
  readonly scans: number;
  readonly days: number;
  readonly bytesPerDay: number;
  /** The slope less and more twice its standard error. Null where two scans leave nothing to tell it by. */
  readonly bytesPerDayLow: number | null;
  readonly bytesPerDayHigh: number | null;
  /** What was free at the newest scan. */
  readonly freeBytes: number | null;
  /** Null where it does not grow, or where nothing says what is free. */
  readonly daysUntilFull: number | null;
  /** By the higher rate, and by the lower; null where that does not fill it. */
  readonly daysUntilFullLow: number | null;
  readonly daysUntilFullHigh: number | null;
}

export interface History {
  readonly schema: 'regsweep.history/1';
  readonly registry: { readonly root: string };
  /** The oldest first. */
  readonly scans: readonly ScanTotals[];
  /** Null where there is only one scan. */
  readonly comparison: ScanComparison | null;
  /** Null where there are fewer than two scans, or no time between them. */
  readonly forecast: Forecast | null;
}
