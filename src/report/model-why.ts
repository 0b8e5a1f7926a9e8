/** What `why` says: the contract that other programs parse. Sizes are bytes, times ISO 8601, UTC. */

/** A link of a chain, from what keeps it (a tag, a revision, what is held) down to the digest that was asked for. */
export interface ChainLink {
  readonly kind:
    | 'repository'
    | 'tag'
    | 'revision'
    /** Only where what nothing references is held: what a tag once named, and what a repository links. */
    | 'tag-index-entry'
    | 'layer-link'
    | 'index'
    | 'manifest'
    | 'config'
    | 'layer'
    | 'blob'
    /** Kept because the manifest that it is about is. */
    | 'referrer';
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

/** What was asked for by another name than the digest: a link in a repository, or a digest that stands for a blob. */
export interface AskedAs {
  readonly kind: 'tag' | 'revision' | 'layer-link' | 'tag-index-entry' | 'alias';
  readonly repository?: string;
  readonly tag?: string;
  /** The digest that stands for it. */
  readonly digest?: string;
  /** Whether a sweep would leave that link, whatever becomes of what it names; null for an alias. */
  readonly kept: boolean | null;
  /** Why the policy lets the tag stay or go; null where no policy says. */
  readonly because: string | null;
}

export interface Why {
  readonly schema: 'regsweep.why/1';
  /** As it was given. */
  readonly reference: string;
  readonly asked: AskedAs | null;
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
  /** The newest time of it, of the links to it, and of what is young and names it; null where none is known. */
  readonly newestAt: string | null;
  /** Until when it is young; null where it is not. */
  readonly youngUntil: string | null;
  /**
   * The shortest chains, each from what keeps it: so many of all as were asked for. None where nothing does, or where it stays
   * by itself: too young, or where nothing may be deleted.
   */
  readonly chains: readonly (readonly ChainLink[])[];
  /** How many such shortest chains there are; more than 2^53 is told as that. */
  readonly chainCount: number;
  /** From the root to the nearest; none of what is only held. */
  readonly dominators: readonly Dominator[];
  /** Whether it would go with `--untagged`; null where that is the mode. */
  readonly goesUntagged: boolean | null;
  /** The newest first; those without a time last, by name. Bounded as the chains are. */
  readonly lastLinkedBy: readonly LinkedBy[];
  readonly linkCount: number;
}
