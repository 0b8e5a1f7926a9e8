/**
 * What the page of `serve` and its server say to each other, as JSON. Sizes are bytes, times ISO 8601, UTC. Types only: the
 * page imports them, and brings no code of the server along.
 */
import type { History } from './model-history.ts';
import type { Listing, Reclaimable, Report, RepositoryRow } from './model.ts';
import type { VolumeNode } from './model-tree.ts';
import type { RunsResult } from './model-sweep.ts';
import type { Problem } from '../shared/problem.ts';

/** Work that runs beside the page: a process of its own, so it goes on whoever looks. */
export interface Job {
  readonly id: number;
  readonly kind: 'scan' | 'sweep' | 'restore';
  readonly state: 'running' | 'done' | 'failed';
  /** The stage that it is at, in words; empty before the first. */
  readonly stage: string;
  /** What it counts, as `repositories`; `bytes` are sizes. */
  readonly unit: string;
  readonly done: number;
  /** Null where it is not known yet. */
  readonly total: number | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Its exit status; null while it runs. */
  readonly status: number | null;
  /** Why it was refused, and what it said on stderr, the last lines; empty where it said nothing. */
  readonly messages: string;
  /** Of a sweep or restore: the run. */
  readonly run: string | null;
  /** Of a sweep that ended: what it freed. */
  readonly freedBytes: number | null;
}

/** `GET /api/state`, and each event `state` of `GET /api/events`. */
export interface ServedState {
  readonly schema: 'regsweep.serve/1';
  readonly root: string;
  /** Of the index that is served; null where there is none yet. */
  readonly scannedAt: string | null;
  /** Raised whenever another index is served: whoever holds older answers asks again. */
  readonly generation: number;
  /** The newest last; none older than the last ten. */
  readonly jobs: readonly Job[];
  /** Whether a scan may be asked for. */
  readonly mayScan: boolean;
  /** Whether a plan may be carried out from the page. */
  readonly maySweep: boolean;
  /** Where it may not: why, and with which option it might. */
  readonly sweepRefusal: string | null;
}

/** What report, page and pictures show of the whole. `GET /api/overview` */
export interface Overview {
  readonly report: Omit<Report, 'repositories'>;
  readonly tree: VolumeNode;
  readonly ages: readonly AgeBand[];
  /** Null where the index keeps no scans. */
  readonly history: History | null;
}

/** Tags by when they were last pushed. */
export interface AgeBand {
  /** In words, as `7 to 30 days`. */
  readonly label: string;
  /** Of those of at least so many days; the last band has no end. */
  readonly fromDays: number;
  readonly tags: number;
  /** What they reach that no newer band does: so these add up. */
  readonly bytes: number;
}

/**
 * `GET /api/repositories?search=&by=&descending=&offset=&limit=`: those whose name contains all words of `search`, ordered by
 * `by` (a `RankKey`, `name` or `pushed`), `descending` unless it is `false`.
 */
export interface RepositoryPage {
  readonly total: number;
  readonly rows: readonly RepositoryRow[];
}

/** `GET /api/problems?offset=&limit=`: the overview has the first two hundred. */
export interface ProblemPage {
  readonly total: number;
  readonly rows: readonly Problem[];
}

/** `GET /api/repository?name=` */
export type RepositoryAnswer = Extract<Listing, { kind: 'repository' }>;

/** Somebody who uses a blob. */
export interface UsedBy {
  readonly repository: string;
  /** Tags through which, the first few. */
  readonly tags: readonly string[];
  readonly tagCount: number;
}

/** `GET /api/manifest?repository=&reference=` (`:tag` or `@digest`) */
export interface ManifestAnswer {
  readonly listing: Extract<Listing, { kind: 'manifest' }>;
  /** What its config says; null of an index, and where it cannot be read. */
  readonly config: ConfigFacts | null;
  /** Of each reference, by digest: the other repositories that use it, the first few, and how many. */
  readonly usedBy: Readonly<Record<string, { readonly count: number; readonly repositories: readonly UsedBy[] }>>;
}

/** What an image config says (OCI image-spec, config.md). All of it is hostile text, cut to a bounded length. */
export interface ConfigFacts {
  readonly created: string | null;
  readonly architecture: string | null;
  readonly os: string | null;
  readonly author: string | null;
  readonly user: string | null;
  readonly workingDirectory: string | null;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly exposedPorts: readonly string[];
  readonly environment: readonly string[];
  readonly labels: readonly (readonly [string, string])[];
  readonly history: readonly { readonly created: string | null; readonly createdBy: string; readonly empty: boolean }[];
}

/** `GET /api/search?q=` */
export interface SearchAnswer {
  readonly repositories: readonly string[];
  readonly tags: readonly { readonly repository: string; readonly tag: string }[];
  readonly digests: readonly { readonly digest: string; readonly kind: string; readonly bytes: number | null }[];
  /** Whether there are more than are given. */
  readonly more: boolean;
}

/** What is to go. */
export type Selection =
  | { readonly kind: 'references'; readonly references: readonly string[] }
  | { readonly kind: 'mode'; readonly mode: 'revisions' | 'untagged' }
  | { readonly kind: 'policy'; readonly text: string };

/** `POST /api/effect` with a `Selection`: what would go. */
export interface Effect {
  /** False where nothing can be planned: `refusals` say why. */
  readonly possible: boolean;
  readonly actions: number;
  readonly freed: { readonly bytes: number; readonly diskBytes: number; readonly inodes: number };
  readonly counts: Pick<
    Reclaimable,
    'blobs' | 'revisions' | 'tags' | 'tagIndexEntries' | 'layerLinks' | 'uploads' | 'emptyDirectories'
  >;
  /** Files of which the index does not say what they take on disk: `diskBytes` is without them. A scan of the page knows all. */
  readonly unstated: number;
  /** What cannot go, or what speaks against it, each in a sentence; where in a policy text, `line:column` stands first. */
  readonly refusals: readonly string[];
  /** Of a policy: tags with what keeps them or lets them go, the first few; and how many of each there are. */
  readonly tags: readonly {
    readonly repository: string;
    readonly tag: string;
    readonly kept: boolean;
    readonly reasons: readonly string[];
  }[];
  readonly tagsKept: number;
  readonly tagsGoing: number;
  /** The command line that shows the same plan; a policy stands in it as `policy.yml`. */
  readonly command: string;
  /** Of the index that it was told of, as in `ServedState`. */
  readonly generation: number;
}

/**
 * `POST /api/sweep`: `confirmation` is `delete N`, N the number of actions that the effect showed, and `generation` is that of
 * the effect: of another index as many things may go, and others.
 */
export interface SweepRequest {
  readonly selection: Selection;
  readonly confirmation: string;
  readonly generation: number;
}

/** `POST /api/restore`: `confirmation` is `restore` and the run. */
export interface RestoreRequest {
  readonly run: string;
  readonly confirmation: string;
}

/** `GET /api/runs` */
export type RunsAnswer = RunsResult;

/** Every answer with a status from 400 on. */
export interface ServedError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}
