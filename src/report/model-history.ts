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
  /** Of its orphaned layers: it links them, and no manifest that its revisions and tags reach names them. */
  readonly orphanedBytes: number | null;
  /** `referencedBytes` now less those then; what is not there has none. */
  readonly growthBytes: number;
  /** Now less those then: less than none where some went. */
  readonly tagsAdded: number;
  readonly revisionsAdded: number;
  /** How much more of it no tag reaches, though a revision does. */
  readonly untaggedGrowthBytes: number;
  /** How much more of it is orphaned. */
  readonly orphanedGrowthBytes: number;
}

/** A repository over all scans that are kept. */
interface RepositoryTrend {
  readonly name: string;
  /** At each of `scans`; null where it was not there. */
  readonly referencedBytes: readonly (number | null)[];
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
  /** All that changed, the largest change of any of its bytes first; equals by name. */
  readonly repositories: readonly RepositoryChange[];
}

/**
 * How fast the stored bytes grow, by least squares over the scans that are kept. Rates are whole bytes, days have two
 * digits behind the point.
 */
export interface Forecast {
  /** How many it goes by: where the clock was set back, the scans that are later by it than those after them are left out. */
  readonly scans: number;
  /** From the first to the last of those. */
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
  /** Of the repositories that changed most, the first few. */
  readonly trends: readonly RepositoryTrend[];
  /** Null where there are fewer than two scans to go by. */
  readonly forecast: Forecast | null;
}
