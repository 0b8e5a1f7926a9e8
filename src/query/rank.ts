import type { Rank, RankKey, RepositoryRow } from '../report/model.ts';
import { compareText } from '../shared/problem.ts';

/** What each key ranks by. */
export const RANK_VALUES: Record<RankKey, (row: RepositoryRow) => number | null> = {
  'orphaned-bytes': (row) => row.orphanedBytes,
  'orphaned-layers': (row) => row.orphanedLayers,
  references: (row) => row.references,
  reclaimable: (row) => row.reclaimableBytes,
  exclusive: (row) => row.exclusiveBytes,
  size: (row) => row.bytes,
  tags: (row) => row.tags,
  revisions: (row) => row.revisions,
  untagged: (row) => row.untaggedRevisions,
  growth: (row) => row.growthBytes,
};

/** The `top` repositories with the greatest value of `by`, equals by name; those of unknown growth come last. */
export function rankRows(rows: readonly RepositoryRow[], by: RankKey, top: number): Rank {
  const value = RANK_VALUES[by];
  const ranked = rows.toSorted((a, b) => compareDescending(value(a), value(b)) || compareText(a.name, b.name));
  return { schema: 'regsweep.rank/1', by, repositories: ranked.slice(0, top) };
}

/** The few repositories that a one-screen report shows: by what they would give back, else by what they weigh alone. */
export function worstRows(rows: readonly RepositoryRow[], top: number): Rank {
  const by: RankKey = rows.some((row) => row.reclaimableBytes > 0) ? 'reclaimable' : 'exclusive';
  const ranked = rankRows(rows, by, top);
  return { ...ranked, repositories: ranked.repositories.filter((row) => (RANK_VALUES[by](row) ?? 0) > 0) };
}

/** Null, which is not known, comes last. */
export function compareDescending(a: number | null, b: number | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return b - a;
}
