/** What a report's metrics need besides the report: few repositories, and what sweeps took. */
import type { Report, RepositoryRow } from '../report/model.ts';
import type { MetricFacts, RepositoryFigures, SweepFigures, SweptFigures } from '../report/model-metrics.ts';
import type { RunsResult } from '../report/model-sweep.ts';
import { rankRows } from './rank.ts';

type Run = RunsResult['runs'][number];

/** `others`: the name of all repositories but the `top` largest, by the bytes that they reach. No `runs`: nobody looked. */
export function metricFacts(
  report: Report,
  runs: readonly Run[] | undefined,
  { version, top, others }: { readonly version: string; readonly top: number; readonly others: string },
): MetricFacts {
  return {
    version,
    report,
    repositories: top === 0 ? [] : largest(report.repositories, top, others),
    sweeps: runs === undefined ? null : sweepFigures(runs),
  };
}

function largest(rows: readonly RepositoryRow[], top: number, others: string): readonly RepositoryFigures[] {
  const ranked = rankRows(rows, 'size', rows.length).repositories;
  // Nobody can push to such a name, but whoever writes to the volume can make it: two series of one name would be one.
  const own = new Set(ranked.filter(({ name }) => name !== others).slice(0, top));
  const rest = ranked.filter((row) => !own.has(row));
  const sum = (of: (row: RepositoryRow) => number): number => rest.reduce((total, row) => total + of(row), 0);
  const together: RepositoryFigures = {
    name: others,
    bytes: sum((row) => row.bytes),
    exclusiveBytes: sum((row) => row.exclusiveBytes),
    reclaimableBytes: sum((row) => row.reclaimableBytes),
    orphanedBytes: sum((row) => row.orphanedBytes),
    tags: sum((row) => row.tags),
    revisions: sum((row) => row.revisions),
    untaggedRevisions: sum((row) => row.untaggedRevisions),
  };
  return [...own, ...(rest.length === 0 ? [] : [together])];
}

function sweepFigures(runs: readonly Run[]): SweepFigures {
  const last = runs.at(-1);
  const of = (state: Run['state']): SweptFigures => {
    const those = runs.filter((run) => run.state === state);
    const sum = (value: (run: Run) => number): number => those.reduce((total, run) => total + value(run), 0);
    return { runs: those.length, bytes: sum(({ bytes }) => bytes), diskBytes: sum(({ diskBytes }) => diskBytes) };
  };
  return {
    last:
      last === undefined ? null : { at: last.endedAt ?? last.startedAt, bytes: last.bytes, diskBytes: last.diskBytes },
    states: { trash: of('trash'), purged: of('purged'), restored: of('restored'), partial: of('partial') },
  };
}
