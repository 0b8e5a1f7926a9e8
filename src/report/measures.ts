/** The numbers that repositories are ranked by, each under the name that its column has. */
import { formatBytes, formatCount, formatSignedBytes } from './format.ts';
import type { RankKey, RepositoryRow } from './model.ts';

export interface Measure {
  readonly head: string;
  readonly value: (row: RepositoryRow) => number | null;
  readonly show: (value: number) => string;
}

export const MEASURES: Record<RankKey, Measure> = {
  'orphaned-bytes': { head: 'orphaned', value: (row) => row.orphanedBytes, show: formatBytes },
  'orphaned-layers': { head: 'orphaned layers', value: (row) => row.orphanedLayers, show: formatCount },
  references: { head: 'references', value: (row) => row.references, show: formatCount },
  reclaimable: { head: 'reclaimable', value: (row) => row.reclaimableBytes, show: formatBytes },
  exclusive: { head: 'exclusive', value: (row) => row.exclusiveBytes, show: formatBytes },
  size: { head: 'size', value: (row) => row.bytes, show: formatBytes },
  tags: { head: 'tags', value: (row) => row.tags, show: formatCount },
  revisions: { head: 'revisions', value: (row) => row.revisions, show: formatCount },
  untagged: { head: 'untagged', value: (row) => row.untaggedRevisions, show: formatCount },
  growth: { head: 'growth', value: (row) => row.growthBytes, show: formatSignedBytes },
};

/** The value of a column, as it is shown; `-` where it is not known. */
export function showMeasure(key: RankKey, row: RepositoryRow): string {
  const { value, show } = MEASURES[key];
  const measured = value(row);
  return measured === null ? '-' : show(measured);
}

/** The reclaimable column credits a shared blob to each repository that links it. */
export function creditNoteOf(by: RankKey): string | undefined {
  if (by !== 'reclaimable') return undefined;
  return 'A shared blob counts whole for each repository: the column may exceed the total.';
}
