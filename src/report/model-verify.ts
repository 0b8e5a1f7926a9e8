/** What `verify` says. Sizes are bytes; times are ISO 8601, UTC. */
import type { Problem, ProblemCode } from '../shared/problem.ts';
import type { Report } from './model.ts';

/** An image that cannot be pulled, or that can be on some platforms alone. */
export interface Affected {
  readonly repository: string;
  /** Null: by its digest alone. */
  readonly tag: string | null;
  /** Null where nobody can say what the tag names. */
  readonly digest: string | null;
  /** Null: on any. */
  readonly platforms: readonly string[] | null;
}

export interface VerifiedProblem extends Problem {
  /** How many tags, and images without one, cannot be pulled for this. */
  readonly affected: number;
  /** The first of them; `images` has all. */
  readonly affects: readonly Affected[];
}

/**
 * `damaged`: something of it is missing or wrong. `partial`: an index that lost some of its children. `ghost`: an index that lost
 * all of them. `orphaned-referrer`: what it is about is not here.
 */
export type ImageClass = 'damaged' | 'ghost' | 'partial' | 'orphaned-referrer';

export interface BrokenImage {
  readonly class: ImageClass;
  readonly repository: string;
  /** Sorted; none: by its digest alone. */
  readonly tags: readonly string[];
  readonly digest: string | null;
  /** Of an index: where it can be pulled, and where not. */
  readonly platforms: { readonly pulls: readonly string[]; readonly lost: readonly string[] } | null;
  /** The first of the paths at which something is missing or wrong: those of problems. */
  readonly paths: readonly string[];
}

/** What a code means, and what to do. */
export interface ExplainedCode {
  readonly code: ProblemCode;
  readonly count: number;
  readonly meaning: string;
  readonly advice: string;
}

/** With `--data`. */
export interface CheckedData {
  /** `all`, `5%` or `1/7`. */
  readonly subset: string;
  readonly selected: { readonly blobs: number; readonly bytes: number };
  readonly hashed: { readonly blobs: number; readonly bytes: number };
  /** False where `--max-duration` or a signal ended it. */
  readonly finished: boolean;
  readonly durationSeconds: number;
  /** Blobs that no run has found right yet. */
  readonly neverVerified: number;
  /** Of all others, when the one was verified that was not for longest. */
  readonly oldestVerifiedAt: string | null;
}

export interface Checked {
  readonly repositories: number;
  readonly revisions: number;
  readonly tags: number;
  readonly tagIndexEntries: number;
  readonly layerLinks: number;
  readonly manifests: number;
  /** All were stat-ed. */
  readonly blobs: number;
  readonly bytes: number;
  /** Null without `--data`. */
  readonly data: CheckedData | null;
}

export interface Verification {
  readonly schema: 'regsweep.verify/1';
  readonly registry: Report['registry'];
  /** False where a folder or file could not be read. */
  readonly complete: boolean;
  /** What status 3 stands for: a problem of severity `error`. */
  readonly damaged: boolean;
  readonly problems: readonly VerifiedProblem[];
  /** Of each code that is among the problems, once. */
  readonly codes: readonly ExplainedCode[];
  readonly images: readonly BrokenImage[];
  readonly checked: Checked;
}

/** A manifest that a pull gets: the image, or of an index each below it. */
export interface PulledManifest {
  readonly digest: string;
  /** As the index says it; null where it does not, or where this is what was asked for. */
  readonly platform: string | null;
  readonly works: boolean;
  readonly problems: readonly Problem[];
}

export interface PullCheck {
  readonly schema: 'regsweep.verify/1';
  readonly registry: { readonly root: string };
  readonly pull: {
    readonly repository: string;
    readonly tag: string | null;
    /** Null where the tag does not say. */
    readonly digest: string | null;
    /** Whether all of it can be pulled: an index on each of its platforms. */
    readonly works: boolean;
    readonly manifests: readonly PulledManifest[];
  };
  readonly problems: readonly Problem[];
  readonly codes: readonly ExplainedCode[];
  /** What was looked at. */
  readonly checked: { readonly manifests: number; readonly blobs: number; readonly hashedBytes: number | null };
}
