/**
 * What a report says of a policy: the contract that other programs parse. Sizes are bytes; `diskBytes` is null where a blob
 * was not stat-ed.
 */

import type { Reclaimable, RetentionOfRepository } from './model.ts';

interface Fates {
  readonly kept: number;
  readonly going: number;
}

/** What would go besides if just this rule were not there. What several rules keep is the cost of none. */
export interface RuleFigures {
  /** The name of its policy; null for `keepDigests`, which holds beside all policies. */
  readonly policy: string | null;
  /** The word of a policy file, or `keepDigests`. `deleteReferrers` where that is false: then it keeps. */
  readonly rule: 'keepTags' | 'protect' | 'minKeep' | 'keepUntagged' | 'delay' | 'deleteReferrers' | 'keepDigests';
  /** Its place in `keepTags`, from 0 up; null for all else. */
  readonly index: number | null;
  /** Of a rule that keeps for several reasons one of them, by its place from 0 up; null: the rule as a whole. */
  readonly keeper: number | null;
  readonly text: string;
  readonly tags: number;
  readonly images: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly diskBytes: number | null;
}

/** An image is what a tag names or a revision is, but for signatures, referrers and what an index beside it holds. */
export interface PolicyFigures {
  readonly tags: Fates;
  readonly images: Fates;
  /** In the order of the policies; a rule that keeps for several reasons is followed by each of them. None with a target. */
  readonly rules: readonly RuleFigures[];
}

/** What becomes of a tag, and why. */
interface ComparedFate {
  readonly kept: boolean;
  readonly reasons: readonly string[];
}

export interface ComparedTag {
  readonly repository: string;
  readonly tag: string;
  /** Null where `current/link` cannot be read. */
  readonly digest: string | null;
  readonly pushedAt: string | null;
  readonly a: ComparedFate;
  readonly b: ComparedFate;
}

export interface ComparedPolicy extends Pick<PolicyFigures, 'tags' | 'images'> {
  /** The file, as it was given, or `command line`. */
  readonly name: string;
  readonly reclaimable: Reclaimable;
}

interface ComparedFigures {
  readonly tagsGoing: number;
  /** As in a repository's row. */
  readonly reclaimableBytes: number;
}

export interface ComparedRepository {
  readonly name: string;
  readonly a: ComparedFigures;
  readonly b: ComparedFigures;
}

/** Two policies over the same index; `a` is the one of the report. */
export interface Comparison {
  readonly a: ComparedPolicy;
  readonly b: ComparedPolicy;
  /** Those in which the two do not take the same number of tags and bytes: the greatest difference of bytes first. */
  readonly repositories: readonly ComparedRepository[];
  /** Those that one keeps and the other does not: by repository, pushed last first. */
  readonly tags: readonly ComparedTag[];
}

/** What `plan --explain` says beside its plan. */
export interface Explanation {
  readonly schema: 'regsweep.retention/1';
  readonly registry: { readonly root: string; readonly scannedAt: string; readonly layoutVersion: 'v2' };
  /** As in a report with `--explain`. */
  readonly retention: readonly RetentionOfRepository[];
}
