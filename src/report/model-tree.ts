/** What `tree` says, and what the pictures of a volume are drawn from. Sizes are bytes. */

/** Bytes by what becomes of them. Each blob is counted in one class. By a policy only tags that it keeps count as tags. */
export interface ClassBytes {
  /** What tags of one repository reach, and of no other. */
  readonly kept: number;
  /** What tags of several repositories reach. */
  readonly shared: number;
  /** What only revisions without a tag reach; 0 where tags alone are roots. */
  readonly untagged: number;
  /** What nothing references and a sweep would take. */
  readonly orphaned: number;
  /** What nothing references, but is kept back: young, in doubt, excluded. */
  readonly held: number;
}

/** The volume, a namespace, or a repository; a repository may have others below its name. */
export interface VolumeNode {
  /** The last part of the name; empty for the volume. */
  readonly name: string;
  /** The whole name; empty for the volume. */
  readonly path: string;
  readonly isRepository: boolean;
  /** Of the node and of all below it. */
  readonly repositories: number;
  readonly tags: number;
  /** Referenced bytes that it reaches as a whole: exclusive + shared. */
  readonly bytes: number;
  readonly exclusiveBytes: number;
  readonly sharedBytes: number;
  /** Credited whole to every node whose repositories link a blob. */
  readonly reclaimableBytes: number;
  /**
   * Each blob counted once, at the lowest node that has below it all repositories which use it: so these add up to the volume.
   * Those use it that its class speaks of: whose tags reach it, else whose revisions do; where nothing references it, those
   * that link it. What no repository links is of the volume itself.
   */
  readonly own: ClassBytes;
  /** `own`, and that of all nodes below. */
  readonly below: ClassBytes;
  /** The largest `below` first; equals by name. */
  readonly children: readonly VolumeNode[];
}

export interface VolumeTree {
  readonly schema: 'regsweep.tree/1';
  readonly registry: { readonly root: string; readonly scannedAt: string };
  readonly mode: 'revisions' | 'untagged' | 'policy';
  readonly volume: VolumeNode;
}
