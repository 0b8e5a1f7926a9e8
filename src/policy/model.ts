/**
 * A retention policy as a value. Rules only ever keep, and are OR-ed; a repository obeys the first policy whose
 * `repositories` match it, and one that none matches keeps everything.
 */
import type { Digest } from '../layout/digest.ts';
import type { RepositoryName, TagName } from '../layout/names.ts';
import type { StatedPolicy } from './stated.ts';

/** How tags are put in order where a rule counts: by the time of `current/link`, when the image was created, version, name. */
export const ORDERS = ['pushed', 'created', 'semver', 'name'] as const;
export type Order = (typeof ORDERS)[number];

/** What a calendar rule counts, the finest first. Weeks are those of ISO 8601; all in UTC. */
export const CALENDARS = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
export type Calendar = (typeof CALENDARS)[number];

/** What a version rule counts within. */
export const VERSION_GROUPS = ['major', 'minor'] as const;
export type VersionGroup = (typeof VERSION_GROUPS)[number];

/** A pattern over whole tag names, of RE2: it never backtracks. */
export interface TagPattern {
  /** As it was written. */
  readonly text: string;
  readonly matches: (tag: string) => boolean;
}

/** One reason to keep a tag. Counts are of distinct images, not of tags. */
export type Keeper =
  | { readonly kind: 'always' }
  | { readonly kind: 'last'; readonly count: number }
  | { readonly kind: 'within'; readonly seconds: number }
  | { readonly kind: 'calendar'; readonly calendar: Calendar; readonly count: number }
  | { readonly kind: 'semver'; readonly count: number; readonly per?: VersionGroup };

/** Keeps among the tags that a pattern matches; without patterns, among all. */
export interface TagRule {
  readonly patterns: readonly TagPattern[];
  /** At least one. */
  readonly keepers: readonly Keeper[];
}

/** What becomes of revisions that no tag names: all stay, or those of which a keeper says so. None: all may go. */
export type UntaggedRule = 'all' | readonly Extract<Keeper, { kind: 'last' | 'within' }>[];

export interface Policy {
  /** Names it in reasons: `name` of the file, else its place in the list. */
  readonly name: string;
  /** Globs; `!` excludes. */
  readonly repositories: readonly string[];
  readonly keepTags: readonly TagRule[];
  readonly keepUntagged: UntaggedRule;
  /** Whether signatures and other referrers go with their subject. Else they stay. */
  readonly deleteReferrers: boolean;
  /** Seconds: untagged revisions and referrers go only when older. */
  readonly delaySeconds: number;
  /** Tags that are kept whatever the rules say; they count among `last N`. `latest` is one unless the policy names it. */
  readonly protect: readonly TagPattern[];
  /** So many images of a repository are kept at least, the first in the order. */
  readonly minKeep: number;
  readonly orderBy: Order;
}

/** An image reference by a tag, without its registry: `team/app` and `1.4` of `host:5000/team/app:1.4`. */
export interface TagReference {
  readonly path: RepositoryName;
  readonly tag: TagName;
}

/** All that decides which tags stay roots. */
export interface Retention {
  /** At least one. */
  readonly policies: readonly Policy[];
  /** Running workloads: kept wherever they are, with every tag that names them. */
  readonly keepDigests: ReadonlySet<Digest>;
  /** Running workloads that are told by a tag: all that it names, or has named, is kept. Absent: none. */
  readonly keepTagged?: readonly TagReference[];
  /** Whether orderings by push time are taken though a restore has flattened the times. */
  readonly trustTimes: boolean;
  /** The words that it was made of; absent where nobody gave any. */
  readonly stated?: StatedPolicy;
}
