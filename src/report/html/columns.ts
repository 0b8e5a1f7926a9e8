/** The columns of the table of repositories, in the report as in the page. */
import { formatDay } from '../format.ts';
import { MEASURES, showMeasure } from '../measures.ts';
import type { RankKey, RepositoryRow } from '../model.ts';

export interface RepositoryColumn {
  readonly key: RankKey | 'name' | 'pushed';
  readonly head: string;
  /** Numbers stand at the right. */
  readonly isNumber: boolean;
  readonly show: (row: RepositoryRow) => string;
  /** By what it is sorted: numbers and texts; null comes last. */
  readonly sortedBy: (row: RepositoryRow) => number | string | null;
}

const SHOWN: readonly RankKey[] = [
  'size',
  'exclusive',
  'reclaimable',
  'orphaned-bytes',
  'tags',
  'revisions',
  'untagged',
  'growth',
];

export const NAME_COLUMN: RepositoryColumn = {
  key: 'name',
  head: 'repository',
  isNumber: false,
  show: ({ name }) => name,
  sortedBy: ({ name }) => name,
};

/** All but the name, which heads its row. */
export const VALUE_COLUMNS: readonly RepositoryColumn[] = [
  ...SHOWN.map((key): RepositoryColumn => {
    const { head, value } = MEASURES[key];
    return { key, head, isNumber: true, show: (row) => showMeasure(key, row), sortedBy: value };
  }),
  {
    key: 'pushed',
    head: 'last push',
    isNumber: true,
    show: ({ lastPushedAt }) => formatDay(lastPushedAt),
    sortedBy: ({ lastPushedAt }) => lastPushedAt,
  },
];
