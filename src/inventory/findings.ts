/**
 * The vocabulary of what reading a volume yields, row by row: scanning speaks it, the builder of the inventory hears it.
 */
import type { Problem } from '../shared/problem.ts';
import type { EmptyFolder } from './inventory.ts';
import type { StatedFile } from './link-columns.ts';

/** A revision's `link`; NaN where it is no file that could be read. */
export interface FoundLinkFile {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly diskBytes: number;
  readonly flags: number;
}

export interface FoundTag {
  readonly name: string;
  /** Epoch milliseconds; NaN where there is no `current/link`. */
  readonly time: number;
  readonly flags: number;
}

export interface FoundManifest {
  readonly health: number;
  readonly kind: number;
  readonly mediaType: string;
  readonly artifactType: string;
  /** NaN where the file was not there. */
  readonly bytes: number;
  readonly diskBytes: number;
  readonly time: number;
  /** As the document itself says, epoch milliseconds; NaN or absent where it does not. */
  readonly created?: number;
}

export interface FoundReference {
  readonly kind: number;
  readonly flags: number;
  readonly bytes: number;
  readonly mediaType: string;
  readonly platform: string;
}

export interface FoundUpload {
  readonly name: string;
  readonly startedAt: number;
  readonly newestAt: number;
  readonly bytes: number;
  readonly diskBytes: number;
  readonly inodes: number;
  readonly throughLink: boolean;
}

export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
  readonly diskBytes: number;
  readonly time: number;
}

/** `D` is the digest itself where it is read, its id where it is collected. */
export interface Findings<D> {
  blob(digest: D, flags: number): void;
  revision(repository: number, digest: D, link: FoundLinkFile): void;
  tag(repository: number, current: D | undefined, tag: FoundTag): void;
  /** Belongs to the tag before it. */
  tagIndexEntry(digest: D): void;
  layerLink(repository: number, digest: D, flags: number): void;
  alias(from: D, to: D): void;
  upload(repository: number, upload: FoundUpload): void;
  emptyFolder(repository: number | undefined, kind: EmptyFolder['kind'], path: string): void;
  strayFile(repository: number | undefined, file: FoundFile): void;
  manifest(digest: D, subject: D | undefined, manifest: FoundManifest): void;
  /** A document that was read for an earlier scan, and whose file is as it was then. */
  knownManifest(digest: D, file: StatedFile): void;
  /** Belongs to the manifest before it. */
  reference(target: D, reference: FoundReference): void;
  /** A config that was read for when its image was created: epoch milliseconds; NaN where it does not say. */
  config(digest: D, created: number): void;
  problem(problem: Problem): void;
  /** Something could not be read: whatever it would have kept alive is unknown. */
  incomplete(): void;
}
