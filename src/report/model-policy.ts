/** What `policy check` says: the contract that other programs parse. Durations are seconds. */

/** A rule that keeps: `count` images (or versions, hours, days, …), or what was pushed within so many `seconds`. */
export interface CheckedKeeper {
  readonly kind: 'always' | 'last' | 'within' | 'calendar' | 'semver';
  readonly count?: number;
  readonly seconds?: number;
  readonly calendar?: 'hourly' | 'daily' | 'weekly' | 'monthly' | 'yearly';
  readonly per?: 'major' | 'minor';
}

export interface CheckedPolicy {
  readonly name: string;
  readonly repositories: readonly string[];
  /** Without patterns: all tags. */
  readonly keepTags: readonly { readonly patterns: readonly string[]; readonly keep: readonly CheckedKeeper[] }[];
  readonly keepUntagged: 'all' | readonly CheckedKeeper[];
  readonly deleteReferrers: boolean;
  readonly delaySeconds: number;
  readonly protect: readonly string[];
  readonly minKeep: number;
  readonly orderBy: 'pushed' | 'created' | 'semver' | 'name';
}

/** What is wrong, from line 1 and column 1 up. */
interface CheckedProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string | null;
}

export interface PolicyCheck {
  readonly schema: 'regsweep.policy/1';
  readonly file: string;
  readonly valid: boolean;
  /** In the order in which they are tried; none where the file is not valid. */
  readonly policies: readonly CheckedPolicy[];
  readonly problems: readonly CheckedProblem[];
}
