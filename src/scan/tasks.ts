/**
 * The work that is handed out while scanning. A task is small and stands alone: any thread may do it, in any order.
 * Large folders are cut into parts, so that one huge repository does not leave the other threads idle.
 */
import type { Digest } from '../layout/digest.ts';
import type { RepositoryPlace } from './reading.ts';

export interface RepositoryTask extends RepositoryPlace {
  readonly hasManifests: boolean;
  readonly hasLayers: boolean;
  readonly hasUploads: boolean;
}

/** A part of one of a repository's folders: these folders in it. */
export interface PartTask {
  readonly kind: 'part';
  readonly section: 'revisions' | 'tags' | 'layers';
  readonly repository: RepositoryPlace;
  readonly path: string;
  /** Of revisions and layer links; empty for tags. */
  readonly algorithm: string;
  readonly names: readonly string[];
}

/** A folder below `blobs`: an algorithm's, whose two-digit folders `prefixes` are to be listed. */
export interface BlobsTask {
  readonly kind: 'blobs';
  readonly algorithm: string;
  readonly path: string;
  readonly prefixes: readonly string[];
  readonly throughLink: boolean;
}

/** Documents to read as manifests. */
export interface ManifestsTask {
  readonly kind: 'manifests';
  /** Packed. */
  readonly digests: Uint32Array;
  /** It is no problem if one is none. */
  readonly candidates: boolean;
  /** Bytes and time (epoch milliseconds) of each when it was read for an earlier scan, in turn; NaN where it was not. */
  readonly known: Float64Array | undefined;
}

/** Files to stat, as `StateReader` packs them. */
export interface StatesTask {
  readonly kind: 'states';
  readonly files: Uint32Array;
}

/** Folders of blobs to look at. Text of one form is sent faster than it could be packed. */
interface BlobFoldersTask {
  readonly kind: 'blob-folders';
  readonly digests: readonly Digest[];
}

export type Task =
  | { readonly kind: 'repositories'; readonly repositories: readonly RepositoryTask[] }
  | PartTask
  | BlobsTask
  | ManifestsTask
  /** Configs to read for when their images were created. Digests are packed. */
  | { readonly kind: 'configs'; readonly digests: Uint32Array }
  | StatesTask
  | BlobFoldersTask;

/** A task that asks many questions, which can wait side by side. */
export type WalkTask = Exclude<Task, BlobFoldersTask>;

export interface TaskResult {
  /** Findings; of a `states` task an outcome byte and three numbers a path, of `blob-folders` two numbers a folder. */
  readonly packet: Uint32Array<ArrayBuffer>;
  /** Tasks that this one was too large for. */
  readonly more: readonly Task[];
  /** What an answer of the disk took, microseconds; absent where none was timed. */
  readonly latency?: number | undefined;
}

/** How many folders of one repository are read in one go. */
export const PART_SIZE = 512;

/** Cuts a list into pieces of at most `size`. */
export function pieces<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const cut: T[][] = [];
  for (let from = 0; from < list.length; from += size) cut.push(list.slice(from, from + size));
  return cut;
}
