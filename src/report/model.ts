/**
 * What `report` and `rank` say: the contract that other programs parse. Renderers take these and compute nothing.
 * Sizes are bytes. `bytes` is apparent size, `diskBytes` is allocated (`st_blocks * 512`), null where nothing was stat-ed.
 * Times are ISO 8601, UTC.
 */
import type { Problem } from '../shared/problem.ts';
import type { Comparison, PolicyFigures } from './model-retention.ts';

type Mode = 'revisions' | 'untagged' | 'policy';

export interface Amount {
  readonly blobs: number;
  readonly bytes: number;
  readonly diskBytes: number | null;
}

interface CountedBytes {
  readonly count: number;
  readonly bytes: number;
  /** Null where the index is of a scan that did not stat all of it: by a policy that it was not made for. */
  readonly diskBytes: number | null;
}

export interface Freed {
  readonly bytes: number;
  /** As of `CountedBytes`. */
  readonly diskBytes: number | null;
  /** Files and folders. */
  readonly inodes: number;
}

export interface Totals {
  readonly repositories: number;
  readonly tags: number;
  readonly revisions: number;
  readonly layerLinks: number;
  readonly tagIndexEntries: number;
  readonly uploads: number;
  readonly manifests: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly diskBytes: number | null;
}

export interface Reclaimable {
  readonly blobs: CountedBytes;
  readonly revisions: { readonly count: number };
  readonly tags: { readonly count: number };
  readonly tagIndexEntries: { readonly count: number };
  readonly layerLinks: { readonly count: number };
  readonly signatureLinks: { readonly count: number };
  readonly uploads: CountedBytes;
  readonly strayFiles: CountedBytes;
  readonly emptyDirectories: { readonly count: number };
  readonly total: Freed;
}

/** What `--target-free` wants, and how far the plan gets. */
export interface TargetResult {
  readonly diskBytes: number;
  readonly reached: boolean;
  readonly freedDiskBytes: number;
  /** Of those, what goes before any image does. Null for a plan file, which does not say, and where not all went. */
  readonly garbageDiskBytes: number | null;
  /** Images that go, of `candidates` that may. Null for a plan file, and where not all went. */
  readonly images: number | null;
  readonly candidates: number | null;
}

/** The name of the row for unreferenced blobs that no repository links. */
export const NO_REPOSITORY = '(no repository)';

export interface RepositoryRow {
  readonly name: string;
  readonly tags: number;
  readonly revisions: number;
  readonly untaggedRevisions: number;
  readonly layerLinks: number;
  readonly orphanedLayers: number;
  readonly orphanedBytes: number;
  readonly orphanedDiskBytes: number | null;
  readonly danglingLinks: number;
  readonly references: number;
  /** Referenced bytes that this repository reaches: exclusive + shared. */
  readonly bytes: number;
  readonly diskBytes: number | null;
  readonly exclusiveBytes: number;
  readonly sharedBytes: number;
  /** Credited whole to every repository that links a blob: the column may exceed the total. */
  readonly reclaimableBytes: number;
  /** `bytes` now less `bytes` in the scan before; null where there is none to compare with. */
  readonly growthBytes: number | null;
  readonly uploads: number;
  readonly lastPushedAt: string | null;
}

/** Something about the whole volume that the reader must know before trusting the figures. */
interface Notice {
  readonly code:
    'scan-incomplete' | 'metadata-elsewhere' | 'tags-may-be-incomplete' | 'lost-repositories' | 'no-repositories';
  readonly message: string;
}

/** What a policy says of the tags of one repository. */
export interface RetentionOfRepository {
  readonly repository: string;
  /** The name of its policy. */
  readonly policy: string;
  /** The newest first: pushed last, or where the policy orders by it created last. */
  readonly tags: readonly {
    readonly tag: string;
    /** Null where `current/link` cannot be read. */
    readonly digest: string | null;
    readonly pushedAt: string | null;
    /** Where the policy orders by it; null where the image does not say. */
    readonly createdAt?: string | null;
    readonly kept: boolean;
    /** What keeps it, or why nothing does. */
    readonly reasons: readonly string[];
  }[];
}

export interface Report {
  readonly schema: 'regsweep.report/1';
  readonly generatedAt: string;
  readonly registry: { readonly root: string; readonly scannedAt: string; readonly layoutVersion: 'v2' };
  readonly mode: Mode;
  readonly minAgeSeconds: number;
  /** False where a folder or file could not be read: then nothing may be swept. */
  readonly complete: boolean;
  readonly notices: readonly Notice[];
  readonly totals: Totals;
  readonly referenced: Amount;
  readonly unreferenced: Amount;
  readonly reclaimable: Reclaimable;
  readonly held: { readonly excluded: Amount; readonly damaged: Amount; readonly young: Amount };
  readonly trash: { readonly runs: number; readonly bytes: number; readonly diskBytes: number };
  /** With `--target-free`. */
  readonly target?: TargetResult;
  readonly ifUntagged: { readonly total: Freed };
  /** In mode `policy`. */
  readonly policy?: PolicyFigures;
  /** With `--compare`. */
  readonly comparison?: Comparison;
  /** With `--explain`: sorted by repository. */
  readonly retention?: readonly RetentionOfRepository[];
  /** Sorted by name. */
  readonly repositories: readonly RepositoryRow[];
  readonly problems: readonly Problem[];
}

export const RANK_KEYS = [
  'orphaned-bytes',
  'orphaned-layers',
  'references',
  'reclaimable',
  'exclusive',
  'size',
  'tags',
  'revisions',
  'untagged',
  'growth',
] as const;
export type RankKey = (typeof RANK_KEYS)[number];

export interface Rank {
  readonly schema: 'regsweep.rank/1';
  readonly by: RankKey;
  /** Worst first; equals by name. */
  readonly repositories: readonly RepositoryRow[];
}

export interface ScanSummary {
  readonly schema: 'regsweep.scan/1';
  readonly registry: { readonly root: string; readonly scannedAt: string; readonly layoutVersion: 'v2' };
  /** Where the index is. */
  readonly database: string;
  readonly complete: boolean;
  readonly durationSeconds: number;
  readonly totals: Totals;
  readonly problems: readonly Problem[];
}

/** What a row of `ls` is about. */
export interface SizedRow {
  readonly bytes: number | null;
  readonly exclusiveBytes: number | null;
  readonly sharedBytes: number | null;
}

export interface TagRow extends SizedRow {
  readonly tag: string;
  /** Null where `current/link` cannot be read. */
  readonly digest: string | null;
  readonly mediaType: string | null;
  readonly pushedAt: string | null;
}

export interface RevisionRow extends SizedRow {
  readonly digest: string;
  readonly mediaType: string | null;
  /** Tags of this repository that name it now. */
  readonly tags: readonly string[];
  readonly untagged: boolean;
  readonly pushedAt: string | null;
}

export interface ReferenceRow extends SizedRow {
  readonly kind: 'config' | 'layer' | 'child' | 'blob' | 'candidate' | 'subject';
  readonly digest: string;
  readonly mediaType: string | null;
  readonly platform: string | null;
  /** Whether the blob is on the volume. */
  readonly present: boolean;
}

export type Listing =
  | { readonly schema: 'regsweep.ls/1'; readonly kind: 'registry'; readonly repositories: readonly RepositoryRow[] }
  | {
      readonly schema: 'regsweep.ls/1';
      readonly kind: 'repository';
      readonly repository: string;
      readonly tags: readonly TagRow[];
      readonly revisions: readonly RevisionRow[];
    }
  | {
      readonly schema: 'regsweep.ls/1';
      readonly kind: 'manifest';
      readonly repository: string;
      readonly digest: string;
      readonly mediaType: string | null;
      readonly artifactType: string | null;
      readonly bytes: number | null;
      readonly exclusiveBytes: number | null;
      readonly sharedBytes: number | null;
      readonly tags: readonly string[];
      readonly references: readonly ReferenceRow[];
    };

/**
 * The answer of `query`: columns and rows as SQLite gives them; digests as `alg:hex` where a column is a digest. An integer
 * that a number cannot hold exactly is a string.
 */
export interface QueryResult {
  readonly schema: 'regsweep.query/1';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}
