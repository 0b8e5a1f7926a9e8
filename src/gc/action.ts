/**
 * The words of a plan: one deletion, what it expects to find, and why it is made. A plan file, a journal and a report all
 * speak of the same actions.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import type { Digest } from '../layout/digest.ts';

/** In the order of deletion: a reference goes before what it refers to. */
export const ACTION_KINDS = [
  'tag',
  'tag-index-entry',
  'revision',
  'signature-link',
  'layer-link',
  'blob',
  'upload',
  'stray-temporary-file',
  'empty-directory',
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** What must be found there again. Times are ISO 8601 with milliseconds, sizes bytes. */
export type Expectation =
  /** A link: the digest that it spells (null: none that can be read), and its time (null: not known). */
  | { readonly link: string | null; readonly modifiedAt: string | null }
  /** A file, a blob's `data`, or of an upload all that it holds and its newest time. */
  | { readonly bytes: number; readonly modifiedAt: string | null }
  /** A folder: its entries. */
  | { readonly entries: readonly string[] };

type ReasonCode =
  /** Nothing that is kept reaches it. */
  | 'unreferenced'
  /** No tag names it, and no manifest that is kept. */
  | 'untagged'
  /** A link that nothing needs. */
  | 'orphaned'
  /** A link whose target is not there, or goes. */
  | 'dangling'
  /** An upload that nobody has fed for long. */
  | 'stale'
  /** A file that a registry left when it died. */
  | 'stray'
  /** A folder that holds nothing, or nothing once the plan is done. */
  | 'empty'
  /** The operator named it, or what holds it. */
  | 'named'
  /** No rule of the policy keeps it. */
  | 'policy';

export interface Reason {
  readonly code: ReasonCode;
  /** A sentence for people. */
  readonly text: string;
}

/** One deletion. */
export interface Action {
  readonly kind: ActionKind;
  /** Which batch it is done in, from 1. */
  readonly batch: number;
  /** Relative to `docker/registry/v2`: the folder that goes, or of a stray file the file. */
  readonly path: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: Digest;
  readonly bytes: number;
  readonly diskBytes: number;
  readonly expect: Expectation;
  readonly reason: Reason;
  /** What it refers to, in the inventory; not part of a plan file. If the action is not done, all that this reaches stays. */
  readonly refersTo?: DigestId;
  /** Of a tag its row in the inventory, for all that it has ever named; not part of a plan file. */
  readonly tagRow?: number;
}
