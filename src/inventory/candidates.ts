/** Files that are worth a stat, by row. */
export interface Candidates {
  /** Digest ids. */
  readonly blobs: readonly number[];
  /** Rows of `layerLinks`. */
  readonly layerLinks: readonly number[];
  /** Rows of `tagIndexEntries`. */
  readonly tagIndexEntries: readonly number[];
}
