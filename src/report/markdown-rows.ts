/** Lists as Markdown: a table of the rows that `csv` has, with numbers for people. */
import { escapeMarkdown } from './escape.ts';
import {
  formatBytes,
  formatBytesOrUnknown,
  formatCount,
  formatDay,
  formatSignedBytes,
  formatSignedCount,
  formatTime,
} from './format.ts';
import { drawMarkdownTable, joinBlocks, type MarkdownColumn } from './markdown.ts';
import { creditNoteOf, MEASURES, showMeasure } from './measures.ts';
import type {
  Listing,
  QueryResult,
  Rank,
  RankKey,
  ReferenceRow,
  RepositoryRow,
  RevisionRow,
  SizedRow,
  TagRow,
} from './model.ts';
import type { History, RepositoryChange, ScanTotals } from './model-history.ts';
import type { RunsResult } from './model-sweep.ts';

const BESIDE: readonly RankKey[] = ['size', 'exclusive', 'reclaimable', 'orphaned-bytes', 'tags', 'revisions'];

/** The ranked repositories, the ranked number first, with what is to be known of it. */
export function drawMarkdownRank({ by, repositories }: Rank): string[] {
  const keys = [by, ...BESIDE.filter((key) => key !== by)];
  const note = creditNoteOf(by);
  return [drawMarkdownTable(repositoryColumns(keys), repositories), ...(note === undefined ? [] : [note])];
}

function repositoryColumns(keys: readonly RankKey[]): readonly MarkdownColumn<RepositoryRow>[] {
  return [
    { head: 'repository', cell: ({ name }) => escapeMarkdown(name) },
    ...keys.map((key): MarkdownColumn<RepositoryRow> => {
      return { head: MEASURES[key].head, align: 'right', cell: (row) => showMeasure(key, row) };
    }),
    { head: 'last push', cell: ({ lastPushedAt }) => formatDay(lastPushedAt) },
  ];
}

/** `rank`. */
export function renderRankMarkdown(rank: Rank): string {
  return joinBlocks(rank.repositories.length === 0 ? ['No repositories.'] : drawMarkdownRank(rank));
}

const SIZE_COLUMNS: readonly MarkdownColumn<SizedRow>[] = [
  { head: 'size', align: 'right', cell: ({ bytes }) => formatBytesOrUnknown(bytes) },
  { head: 'exclusive', align: 'right', cell: ({ exclusiveBytes }) => formatBytesOrUnknown(exclusiveBytes) },
  { head: 'shared', align: 'right', cell: ({ sharedBytes }) => formatBytesOrUnknown(sharedBytes) },
];

const TAG_COLUMNS: readonly MarkdownColumn<TagRow>[] = [
  { head: 'tag', cell: ({ tag }) => escapeMarkdown(tag) },
  { head: 'digest', cell: ({ digest }) => (digest === null ? '(unreadable)' : escapeMarkdown(digest)) },
  ...SIZE_COLUMNS,
  { head: 'pushed', cell: ({ pushedAt }) => formatTime(pushedAt) },
  { head: 'media type', cell: ({ mediaType }) => escapeMarkdown(mediaType ?? '') },
];

const REVISION_COLUMNS: readonly MarkdownColumn<RevisionRow>[] = [
  { head: 'revision', cell: ({ digest }) => escapeMarkdown(digest) },
  { head: 'tags', cell: ({ tags, untagged }) => (untagged ? '(untagged)' : escapeMarkdown(tags.join(' '))) },
  ...SIZE_COLUMNS,
  { head: 'pushed', cell: ({ pushedAt }) => formatTime(pushedAt) },
  { head: 'media type', cell: ({ mediaType }) => escapeMarkdown(mediaType ?? '') },
];

const REFERENCE_COLUMNS: readonly MarkdownColumn<ReferenceRow>[] = [
  { head: 'kind', cell: ({ kind }) => kind },
  { head: 'digest', cell: ({ digest }) => escapeMarkdown(digest) },
  { head: 'there', cell: ({ present }) => (present ? 'yes' : '**missing**') },
  ...SIZE_COLUMNS,
  { head: 'platform', cell: ({ platform }) => escapeMarkdown(platform ?? '') },
  { head: 'media type', cell: ({ mediaType }) => escapeMarkdown(mediaType ?? '') },
];

/** `ls`. */
export function renderListingMarkdown(listing: Listing): string {
  switch (listing.kind) {
    case 'registry':
      if (listing.repositories.length === 0) return joinBlocks(['No repositories.']);
      return joinBlocks([drawMarkdownTable(repositoryColumns(BESIDE), listing.repositories)]);
    case 'repository':
      return joinBlocks([
        `## ${escapeMarkdown(listing.repository)}`,
        listing.tags.length === 0 ? 'No tags.' : drawMarkdownTable(TAG_COLUMNS, listing.tags),
        listing.revisions.length === 0 ? 'No revisions.' : drawMarkdownTable(REVISION_COLUMNS, listing.revisions),
      ]);
    case 'manifest':
      return joinBlocks([
        `## ${escapeMarkdown(listing.repository)}`,
        `${escapeMarkdown(listing.digest)} ${listing.tags.map(escapeMarkdown).join(' ')}`.trimEnd(),
        drawMarkdownTable(SIZE_COLUMNS, [listing]),
        listing.references.length === 0
          ? 'It names nothing.'
          : drawMarkdownTable(REFERENCE_COLUMNS, listing.references),
      ]);
  }
}

const SCAN_COLUMNS: readonly MarkdownColumn<ScanTotals>[] = [
  { head: 'scanned', cell: ({ scannedAt }) => formatTime(scannedAt) },
  { head: 'repositories', align: 'right', cell: ({ repositories }) => formatCount(repositories) },
  { head: 'tags', align: 'right', cell: ({ tags }) => formatCount(tags) },
  { head: 'revisions', align: 'right', cell: ({ revisions }) => formatCount(revisions) },
  { head: 'blobs', align: 'right', cell: ({ blobs }) => formatCount(blobs) },
  { head: 'stored', align: 'right', cell: ({ bytes }) => formatBytes(bytes) },
  { head: 'referenced', align: 'right', cell: ({ referencedBytes }) => formatBytes(referencedBytes) },
  { head: 'tagged', align: 'right', cell: ({ taggedBytes }) => formatBytes(taggedBytes) },
  { head: 'free', align: 'right', cell: ({ freeBytes }) => formatBytesOrUnknown(freeBytes) },
];

const CHANGE_COLUMNS: readonly MarkdownColumn<RepositoryChange>[] = [
  { head: 'repository', cell: ({ name }) => escapeMarkdown(name) },
  { head: '', cell: ({ change }) => change },
  { head: 'growth', align: 'right', cell: ({ growthBytes }) => formatSignedBytes(growthBytes) },
  { head: 'referenced', align: 'right', cell: ({ referencedBytes }) => formatBytesOrUnknown(referencedBytes) },
  { head: 'untagged', align: 'right', cell: ({ untaggedGrowthBytes }) => formatSignedBytes(untaggedGrowthBytes) },
  { head: 'orphaned', align: 'right', cell: ({ orphanedGrowthBytes }) => formatSignedBytes(orphanedGrowthBytes) },
  { head: 'tags', align: 'right', cell: ({ tagsAdded }) => formatSignedCount(tagsAdded) },
  { head: 'revisions', align: 'right', cell: ({ revisionsAdded }) => formatSignedCount(revisionsAdded) },
];

/** `history`: the scans, and where it was asked for what changed between two. */
export function renderHistoryMarkdown({ registry, scans, comparison }: History, isCompared: boolean): string {
  const title = `## History of ${escapeMarkdown(registry.root)}`;
  if (!isCompared || comparison === null) return joinBlocks([title, drawMarkdownTable(SCAN_COLUMNS, scans)]);
  const { from, to, repositories } = comparison;
  return joinBlocks([
    title,
    `From ${formatTime(from)} to ${formatTime(to)}.`,
    repositories.length === 0 ? 'No repository changed.' : drawMarkdownTable(CHANGE_COLUMNS, repositories),
  ]);
}

const RUN_COLUMNS: readonly MarkdownColumn<RunsResult['runs'][number]>[] = [
  { head: 'run', cell: ({ run }) => escapeMarkdown(run) },
  { head: 'started', cell: ({ startedAt }) => formatTime(startedAt) },
  { head: 'mode', cell: ({ mode }) => escapeMarkdown(mode ?? '') },
  { head: 'actions', align: 'right', cell: ({ actions }) => formatCount(actions) },
  { head: 'bytes', align: 'right', cell: ({ bytes }) => formatBytes(bytes) },
  { head: 'on disk', align: 'right', cell: ({ diskBytes }) => formatBytes(diskBytes) },
  { head: 'state', cell: ({ state }) => state },
];

/** `runs`. */
export function renderRunsMarkdown({ runs }: RunsResult): string {
  return joinBlocks([runs.length === 0 ? 'No sweep was carried out here.' : drawMarkdownTable(RUN_COLUMNS, runs)]);
}

/** `query`: numbers as they are. */
export function renderQueryMarkdown({ columns, rows }: QueryResult): string {
  if (columns.length === 0) return '';
  const drawn = columns.map((head, at): MarkdownColumn<QueryResult['rows'][number]> => {
    const isNumber = rows.every((row) => typeof row[at] !== 'string');
    const cell = (row: QueryResult['rows'][number]): string => showValue(row[at] ?? null);
    return { head: escapeMarkdown(head), cell, ...(isNumber ? { align: 'right' } : {}) };
  });
  return joinBlocks([drawMarkdownTable(drawn, rows)]);
}

function showValue(value: string | number | null): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? escapeMarkdown(value) : String(value);
}
