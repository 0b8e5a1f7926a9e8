import { stringify } from 'csv-stringify/sync';
import { escapeCsvText } from './escape.ts';
import { fatesOf, fateWord } from './fates.ts';
import type { Listing, QueryResult, RepositoryRow, RetentionOfRepository, ScanSummary } from './model.ts';
import type { History } from './model-history.ts';
import type { ComparedTag, Comparison } from './model-retention.ts';

type Cell = string | number | bigint | boolean | null;

/** RFC 4180: a head line, CRLF, quotes where needed; a text that a spreadsheet would run as a formula gets a `'` before it. */
function renderCsv(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [heads, ...rows].map((row) => row.map(cleanCell));
  // With CRLF as the end of a record the package leaves a bare LF unquoted: a name could forge a record of its own.
  return stringify(cells, {
    quoted_match: /[\r\n]/,
    escape_formulas: true,
    record_delimiter: '\r\n',
    cast: { boolean: String },
  });
}

/** An integer beyond what a number holds comes as text, and is no formula for its sign. */
const LARGE_NEGATIVE = /^-[1-9]\d{15,18}$/;

function cleanCell(cell: Cell): Cell {
  if (typeof cell !== 'string') return cell;
  return LARGE_NEGATIVE.test(cell) ? BigInt(cell) : escapeCsvText(cell);
}

/** Every field of a repository row; the record makes it a compile error to forget one. */
const REPOSITORY_FIELDS: Record<keyof RepositoryRow, true> = {
  name: true,
  tags: true,
  revisions: true,
  untaggedRevisions: true,
  layerLinks: true,
  orphanedLayers: true,
  orphanedBytes: true,
  orphanedDiskBytes: true,
  danglingLinks: true,
  references: true,
  bytes: true,
  diskBytes: true,
  exclusiveBytes: true,
  sharedBytes: true,
  reclaimableBytes: true,
  growthBytes: true,
  uploads: true,
  lastPushedAt: true,
};

/** Repository rows, the fields of the JSON in its order. Problems and totals are in JSON only. */
export function renderRepositoriesCsv(rows: readonly RepositoryRow[]): string {
  return renderFields(rows, Object.keys(REPOSITORY_FIELDS).filter(isRepositoryField));
}

function isRepositoryField(field: string): field is keyof RepositoryRow {
  return field in REPOSITORY_FIELDS;
}

/** Every tag that a policy says something of, with what becomes of it and why; `createdAt` where that is what orders. */
export function renderRetentionCsv(retention: readonly RetentionOfRepository[]): string {
  const rows = fatesOf(retention).map(({ repository, policy, tag, digest, pushedAt, createdAt = null, ...why }) => {
    return [repository, policy, tag, digest, pushedAt, createdAt, ...fateCells(why)];
  });
  return renderCsv(['repository', 'policy', 'tag', 'digest', 'pushedAt', 'createdAt', 'fate', 'reasons'], rows);
}

/** The tags on which two policies differ. */
export function renderComparisonCsv({ tags }: Comparison): string {
  const heads = ['repository', 'tag', 'digest', 'pushedAt', 'aFate', 'aReasons', 'bFate', 'bReasons'];
  const rows = tags.map(({ repository, tag, digest, pushedAt, a, b }) => {
    return [repository, tag, digest, pushedAt, ...fateCells(a), ...fateCells(b)];
  });
  return renderCsv(heads, rows);
}

function fateCells(fate: ComparedTag['a']): readonly [string, string] {
  return [fateWord(fate), fate.reasons.join('; ')];
}

/** The totals of a scan as one row, the fields of the JSON in its order. Problems are in JSON only. */
export function renderScanCsv({ totals }: ScanSummary): string {
  return renderFields(
    [totals],
    [
      'repositories',
      'tags',
      'revisions',
      'layerLinks',
      'tagIndexEntries',
      'uploads',
      'manifests',
      'blobs',
      'bytes',
      'diskBytes',
    ],
  );
}

/** All scans that an index keeps, the oldest first: the fields of the JSON in its order. */
export function renderScansCsv({ scans }: History): string {
  return renderFields(scans, [
    'scannedAt',
    'repositories',
    'tags',
    'revisions',
    'blobs',
    'bytes',
    'referencedBytes',
    'taggedBytes',
    'freeBytes',
    'capacityBytes',
  ]);
}

/** The repositories that changed between two scans. */
export function renderChangesCsv({ comparison }: History): string {
  return renderFields(comparison?.repositories ?? [], [
    'name',
    'change',
    'tags',
    'revisions',
    'referencedBytes',
    'taggedBytes',
    'orphanedBytes',
    'growthBytes',
    'tagsAdded',
    'revisionsAdded',
    'untaggedGrowthBytes',
    'orphanedGrowthBytes',
  ]);
}

/** A listing: its repositories, its tags and revisions (told apart by `kind`), or the references of a manifest. */
export function renderListingCsv(listing: Listing): string {
  switch (listing.kind) {
    case 'registry':
      return renderRepositoriesCsv(listing.repositories);
    case 'repository':
      return renderRepositoryListing(listing);
    case 'manifest':
      return renderFields(listing.references, [
        'kind',
        'digest',
        'mediaType',
        'platform',
        'present',
        'bytes',
        'exclusiveBytes',
        'sharedBytes',
      ]);
  }
}

function renderRepositoryListing(listing: Extract<Listing, { kind: 'repository' }>): string {
  const heads = [
    'kind',
    'tag',
    'digest',
    'mediaType',
    'untagged',
    'bytes',
    'exclusiveBytes',
    'sharedBytes',
    'pushedAt',
  ];
  const tags = listing.tags.map((row) => ['tag', row.tag, row.digest, row.mediaType, null, ...sizes(row)]);
  const revisions = listing.revisions.map((row) => [
    'revision',
    row.tags.join(' '),
    row.digest,
    row.mediaType,
    row.untagged,
    ...sizes(row),
  ]);
  return renderCsv(heads, [...tags, ...revisions]);
}

function sizes(
  row:
    | Extract<Listing, { kind: 'repository' }>['revisions'][number]
    | Extract<Listing, { kind: 'repository' }>['tags'][number],
): Cell[] {
  return [row.bytes, row.exclusiveBytes, row.sharedBytes, row.pushedAt];
}

function renderFields<Field extends string>(
  rows: readonly Readonly<Record<Field, Cell>>[],
  fields: readonly Field[],
): string {
  return renderCsv(
    fields,
    rows.map((row) => fields.map((field) => row[field])),
  );
}

/** The rows of a query under its column names. */
export function renderQueryCsv(result: QueryResult): string {
  return renderCsv(result.columns, result.rows);
}
