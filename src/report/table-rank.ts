import type { Appearance, Style } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { drawBar } from './bars.ts';
import { escapeTerminal } from './escape.ts';
import { formatDay } from './format.ts';
import type { Column } from './grid.ts';
import { drawGrid } from './grid.ts';
import { creditNoteOf, MEASURES, showMeasure } from './measures.ts';
import type { Rank, RankKey, RepositoryRow } from './model.ts';
import { wrapBehind } from './text.ts';

/** What stands beside the ranked number, the most telling first: the last ones go when the terminal is narrow. */
const BESIDE: readonly RankKey[] = [
  'orphaned-bytes',
  'reclaimable',
  'exclusive',
  'size',
  'orphaned-layers',
  'references',
  'revisions',
  'untagged',
  'tags',
  'growth',
];

/** The columns that the one-screen report has room for. */
const IN_REPORT: readonly RankKey[] = ['reclaimable', 'orphaned-bytes', 'exclusive', 'size'];

const BAR_WIDTH = 16;
const NARROW_BAR_WIDTH = 6;
const NARROW = 72;

/** `rank` as a table: the ranked number first with a bar, the other numbers as far as there is room. */
export function renderRankTable(rank: Rank, appearance: Appearance): string {
  const style = styleFor(appearance);
  if (rank.repositories.length === 0) return 'No repositories.\n';
  const lines = drawRank(rank, BESIDE, style);
  return `${[...lines, ...creditNote(rank, style)].join('\n')}\n`;
}

/** The lines of the report's short ranking. */
export function drawWorstRepositories(worst: Rank, style: Style): string[] {
  return [
    `${style.title('Worst repositories')}  by ${MEASURES[worst.by].head}`,
    ...drawRank(worst, IN_REPORT, style),
    ...creditNote(worst, style),
  ];
}

/** Repositories as `ls` prints them: by name, without a ranking. */
export function drawRepositories(rows: readonly RepositoryRow[], style: Style): string[] {
  const keys: readonly RankKey[] = ['size', 'exclusive', 'tags', 'revisions', 'untagged', 'orphaned-bytes'];
  const columns: Column[] = [
    { head: 'repository', cut: 'end' },
    ...keys.map((key, at): Column => measureColumn(key, at)),
    { head: 'last push', drop: keys.length },
  ];
  return drawGrid(
    columns,
    rows.map((row) => [
      escapeTerminal(row.name),
      ...keys.map((key) => showMeasure(key, row)),
      formatDay(row.lastPushedAt),
    ]),
    style,
    0,
  );
}

function drawRank(rank: Rank, keys: readonly RankKey[], style: Style): string[] {
  const beside = keys.filter((key) => key !== rank.by);
  const barWidth = style.width < NARROW ? NARROW_BAR_WIDTH : BAR_WIDTH;
  const magnitude = (row: RepositoryRow): number => Math.abs(MEASURES[rank.by].value(row) ?? 0);
  const greatest = rank.repositories.reduce((most, row) => Math.max(most, magnitude(row)), 0);
  const columns: Column[] = [
    { head: 'repository', cut: 'end' },
    { head: '' },
    measureColumn(rank.by),
    ...beside.map((key, at) => measureColumn(key, at + 1)),
  ];
  const rows = rank.repositories.map((row) => [
    escapeTerminal(row.name),
    style.warning(drawBar(magnitude(row), greatest, barWidth, style)),
    showMeasure(rank.by, row),
    ...beside.map((key) => showMeasure(key, row)),
  ]);
  return drawGrid(columns, rows, style);
}

function measureColumn(key: RankKey, drop?: number): Column {
  const column: Column = { head: MEASURES[key].head, align: 'right' };
  return drop === undefined ? column : { ...column, drop };
}

/** Said wherever it is ranked by. */
function creditNote(rank: Rank, style: Style): string[] {
  const note = style.width < NARROW ? undefined : creditNoteOf(rank.by);
  return note === undefined ? [] : wrapBehind('  ', note, style).map((line) => style.faint(line));
}
