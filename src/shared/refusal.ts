/** Reasons not to sweep. They are values, not errors: all of them are listed, not just the first. */

/** Stable, for scripts to match on: never renamed, only added to. */
export type RefusalCode =
  /** What the volume itself says. */
  | 'scan-incomplete'
  | 'metadata-elsewhere'
  | 'tags-may-be-incomplete'
  | 'lost-repositories'
  | 'max-delete-percent'
  /** What `rm` was asked to take, and what needs it. */
  | 'needed-by-index'
  | 'needed-by-tag'
  | 'never-deleted'
  | 'repository-in-doubt'
  /** Whether another sweep, restore or purge is under way. */
  | 'locked'
  /** Whether somebody may be writing. */
  | 'proof-missing'
  | 'not-quiet'
  | 'registry-config'
  | 'registry-running'
  | 'open-writer'
  | 'registry-writable'
  | 'registry-unproven'
  | 'registry-other';

export interface Refusal {
  readonly code: RefusalCode;
  /** One sentence that names what was found, and where. */
  readonly message: string;
  /** What would lift it. */
  readonly hint?: string;
}

/** What an attempt to prove that nobody writes came to. It holds if there is no refusal. */
export interface Proof {
  readonly refusals: readonly Refusal[];
  /** What could not be looked at, or looks odd, and yet is no reason to refuse. */
  readonly warnings: readonly string[];
  /** What was shown, and how far it reaches. */
  readonly notes: readonly string[];
}

/** Several proofs as one: it holds if each of them does. */
export function joinProofs(proofs: readonly Proof[]): Proof {
  return {
    refusals: proofs.flatMap(({ refusals }) => refusals),
    warnings: proofs.flatMap(({ warnings }) => warnings),
    notes: proofs.flatMap(({ notes }) => notes),
  };
}
