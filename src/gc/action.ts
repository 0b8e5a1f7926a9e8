/**
 * The words of a plan: one action, what it expects to find, and why it is done. A plan file, a journal and a report all
 * speak of the same actions.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import type { Digest } from '../layout/digest.ts';

/** What a repair makes. A link is written after the folders that the registry wants, and before anything goes. */
const MENDING_KINDS = ['make-folder', 'write-link'] as const;

/** In the order of deletion: a reference goes before what it refers to. */
export const DELETION_KINDS = [
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

/** In the order in which they are done. */
export const ACTION_KINDS = [...MENDING_KINDS, ...DELETION_KINDS] as const;
export type MendingKind = (typeof MENDING_KINDS)[number];
export type DeletionKind = (typeof DELETION_KINDS)[number];
export type ActionKind = (typeof ACTION_KINDS)[number];

/** Whether an action of this kind puts something on the volume; all others take something away. */
export function isMending(kind: ActionKind): kind is MendingKind {
  return kind === 'make-folder' || kind === 'write-link';
}

/** What must be found there again. Times are ISO 8601 with milliseconds, sizes bytes. */
export type Expectation =
  /** A link: the digest that it spells (null: none that can be read), and its time (null: not known). */
  | { readonly link: string | null; readonly modifiedAt: string | null }
  /** A file, a blob's `data`, or of an upload all that it holds and its newest time. */
  | { readonly bytes: number; readonly modifiedAt: string | null }
  /** A folder: its entries. */
  | { readonly entries: readonly string[] }
  /** Nothing: there is to be something from now on. */
  | { readonly absent: true };

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
  | 'policy'
  /** What needs it is here, and so is what it names: the link between them is not. */
  | 'not-linked'
  /** A link that the registry cannot use. */
  | 'unusable'
  /** A tag that names nothing. */
  | 'nameless'
  /** A folder that the registry looks for. */
  | 'missing';

export interface Reason {
  readonly code: ReasonCode;
  /** A sentence for people. */
  readonly text: string;
}

/** One deletion, or one thing that a repair makes. */
export interface Action {
  readonly kind: ActionKind;
  /** Which batch it is done in, from 1. */
  readonly batch: number;
  /** Relative to `docker/registry/v2`: the folder that goes or is made, the stray file, or the link that is written. */
  readonly path: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: Digest;
  /** Apparent, of all that goes with it. */
  readonly bytes: number;
  /** Allocated. */
  readonly diskBytes: number;
  readonly expect: Expectation;
  readonly reason: Reason;
  /** Of a link that is written, the time that its file gets: of the one before it, else of what it names. ISO 8601. */
  readonly time?: string;
  /**
   * What it refers to, in the inventory; not part of a plan file. If the action is not done, all that this reaches stays.
   * @internal
   */
  readonly refersTo?: DigestId;
  /**
   * Of a tag its row in the inventory, for all that it has ever named; not part of a plan file.
   * @internal
   */
  readonly tagRow?: number;
}
