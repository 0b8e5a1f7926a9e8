/** What came of hashing blobs: `scan/` finds it out, and results are made of it. */

/**
 * `right`: its content is what its digest says. `wrong`: it is not. `changed`: it is not, and somebody wrote to the file
 * meanwhile. `missing`: it was here when the volume was scanned. `not-a-file`: something else stands in its place. `failed`: it
 * cannot be read. `not-done`: told to stop before its end.
 */
type BlobState = 'right' | 'wrong' | 'changed' | 'missing' | 'not-a-file' | 'failed' | 'not-done';

export interface BlobCheck {
  readonly state: BlobState;
  /** So many were read. */
  readonly bytes: number;
  /** Of `failed`: why, as the system names it. */
  readonly errno?: string;
}
