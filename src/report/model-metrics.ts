/** What the metrics of a report are made of. Sizes are bytes. */
import type { Report, RepositoryRow } from './model.ts';
import type { RunsResult } from './model-sweep.ts';

/** The name under which the repositories are put together that have no series of their own: none that anybody can push to. */
export const OTHER_REPOSITORIES = '(others)';

/** Of `OTHER_REPOSITORIES` the sums: what several of them share counts in each. */
export type RepositoryFigures = Pick<
  RepositoryRow,
  | 'name'
  | 'bytes'
  | 'exclusiveBytes'
  | 'reclaimableBytes'
  | 'orphanedBytes'
  | 'tags'
  | 'revisions'
  | 'untaggedRevisions'
>;

type RunState = RunsResult['runs'][number]['state'];

/** The runs of one state. */
export interface SweptFigures {
  readonly runs: number;
  readonly bytes: number;
  readonly diskBytes: number;
}

export interface SweepFigures {
  /** The run that began last; null where there is none. */
  readonly last: { readonly at: string; readonly bytes: number; readonly diskBytes: number } | null;
  /** Of each state, whether there are runs of it or not. */
  readonly states: Readonly<Record<RunState, SweptFigures>>;
}

export interface MetricFacts {
  /** Of the program. */
  readonly version: string;
  readonly report: Report;
  /** The largest, and all others as one where there are any. */
  readonly repositories: readonly RepositoryFigures[];
  /** Null where nobody looked. */
  readonly sweeps: SweepFigures | null;
}
