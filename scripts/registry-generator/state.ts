import type { Digest } from '../../src/layout/digest.ts';

/** A manifest that is on the volume. */
export interface PushedManifest {
  readonly digest: Digest;
  /** Ledger ids of the manifest itself and of the config and layers that it names. */
  readonly blobs: readonly number[];
  /** What the push leaves a layer link for: config and layers, not manifests. */
  readonly linked: readonly Digest[];
  /** Descriptors in the document. */
  readonly descriptors: number;
  readonly children: readonly PushedManifest[];
}

/** A manifest as one repository holds it. */
export interface HeldRevision {
  readonly manifest: PushedManifest;
  /** Epoch seconds of the push into this repository. */
  readonly time: number;
  /** False when the API has deleted it. */
  readonly present: boolean;
}

export interface HeldTag {
  readonly name: string;
  readonly current: HeldRevision;
  /** All that the tag has named, oldest first, `current` included. */
  readonly entries: readonly HeldRevision[];
}

/** What one repository holds, before its links are written. */
export interface RepositoryState {
  readonly name: string;
  readonly revisions: readonly HeldRevision[];
  readonly tags: readonly HeldTag[];
  /** Time of the first push of each, in epoch seconds. */
  readonly layerLinks: ReadonlyMap<Digest, number>;
}
