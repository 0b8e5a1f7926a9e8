/** Blobs that a sweep would take, and their apparent bytes. */
export interface ReclaimableTotals {
  readonly blobs: number;
  readonly bytes: number;
}

/** What one repository of the generated tree holds. */
export interface RepositoryTotals {
  readonly repository: string;
  readonly tags: number;
  /** Revisions that have their `link`. */
  readonly revisions: number;
  readonly layerLinks: number;
  /** `marking manifest` and `marking blob` lines that the registry's own dry run prints, its heading left out. */
  readonly markingLines: number;
}

/** What a generated tree holds; every count is of what is on disk. */
export interface Totals {
  readonly repositories: number;
  readonly tags: number;
  readonly tagIndexEntries: number;
  /** Revisions that have their `link`. */
  readonly revisions: number;
  /** Revision folders that the API's DELETE left without `link`. */
  readonly deletedRevisions: number;
  /** All layer links, dangling ones included. */
  readonly layerLinks: number;
  readonly danglingLayerLinks: number;
  readonly uploads: number;
  readonly blobs: number;
  /** Apparent bytes of all blobs. */
  readonly blobBytes: number;
  readonly markingLines: number;
  /** Unreferenced blobs by mode of marking, whatever their age. */
  readonly reclaimable: { readonly revisions: ReclaimableTotals; readonly untagged: ReclaimableTotals };
  /** Sorted by name. */
  readonly perRepository: readonly RepositoryTotals[];
}
