/** What `why` says: the contract that other programs parse. Sizes are bytes, times ISO 8601, UTC. */

/** A link of a chain, from what keeps it (a tag, a revision, what is held) down to the digest that was asked for. */
export interface ChainLink {
  readonly kind: 'repository' | 'tag' | 'revision' | 'index' | 'manifest' | 'config' | 'layer' | 'blob' | 'referrer';
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
  /** Of a child of an index. */
  readonly platform?: string;
}

/** One thing that alone keeps it: without it nothing would. */
export interface Dominator {
  readonly kind: 'repository' | 'tag' | 'revision' | 'index' | 'manifest';
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
  /** What would go, altogether, if that went. */
  readonly exclusiveBytes: number;
}

/** A link to it. */
export interface LinkedBy {
  readonly kind: 'tag' | 'tag-index-entry' | 'revision' | 'layer-link';
  readonly repository: string;
  readonly tag?: string;
  /** Null where its time was not read. */
  readonly linkedAt: string | null;
}

export interface Why {
  readonly schema: 'regsweep.why/1';
  readonly digest: string;
  readonly mode: 'revisions' | 'untagged' | 'policy';
  /** What it is, as far as the index tells. */
  readonly mediaType: string | null;
  readonly bytes: number | null;
  readonly present: boolean;
  /** Whether a sweep in this mode would leave it. */
  readonly kept: boolean;
  /** What keeps it back though nothing references it; null where something does, or where it goes. */
  readonly held: 'excluded' | 'damaged' | 'young' | null;
  /** In a sentence. */
  readonly because: string;
  /** Until when it is young; null where it is not. */
  readonly youngUntil: string | null;
  /** The shortest chains, each from what keeps it: so many of all as were asked for. */
  readonly chains: readonly (readonly ChainLink[])[];
  /** How many such shortest chains there are; more than 2^53 is told as that. */
  readonly chainCount: number;
  /** From the root to the nearest. */
  readonly dominators: readonly Dominator[];
  /** Whether it would go with `--untagged`; null where that is the mode. */
  readonly goesUntagged: boolean | null;
  /** The newest first; those without a time last, by name. Bounded as the chains are. */
  readonly lastLinkedBy: readonly LinkedBy[];
  readonly linkCount: number;
}
