/** A tag as a policy sees it, and what a policy says of it. */

export interface JudgedTag {
  readonly name: string;
  /** A number for the image that it names now, the same for the same digest; `undefined`: nothing can be told of it. */
  readonly image: number | undefined;
  /** Time of `current/link`, epoch milliseconds; NaN where it is not known. */
  readonly pushedAt: number;
  /** When its image was created, as that says itself, epoch milliseconds; NaN or absent where it is not known. */
  readonly createdAt?: number;
  /** Its name says that it is about another manifest: it never counts. */
  readonly isReferrer: boolean;
  /** It, or the image that it names, is younger than `--min-age`. */
  readonly isYoung: boolean;
  /** A running workload names its image, or a part of that. */
  readonly isInUse: boolean;
  /** A signature or another referrer of its image, or of a part of that, would go with it and is too young to go. */
  readonly isHeldBack: boolean;
  /** Why it can never be deleted, whatever a policy says. */
  readonly fixed?: string;
}

export interface Decision {
  /** `follows`: it stays or goes with the manifest that it is about. */
  readonly fate: 'stays' | 'goes' | 'follows';
  /** What keeps it, each in a few words; of a tag that goes, why nothing does. */
  readonly reasons: readonly string[];
}

/** What one keeper says of one tag. */
export interface Verdict {
  readonly keeps: boolean;
  readonly words: string;
}
