/** Results as lines of JSON, for what reads them one at a time (`jq`, a log shipper, a database). */
import { AppError } from '../shared/errors.ts';
import { escapeJsonDocument } from './escape.ts';
import { fatesOf } from './fates.ts';
import type { Listing, QueryResult, Report, RepositoryRow, RetentionOfRepository, ScanSummary } from './model.ts';
import type { History } from './model-history.ts';
import type { Line } from './model-lines.ts';
import type { RunsResult } from './model-sweep.ts';
import type { VolumeNode } from './model-tree.ts';
import type { Verification } from './model-verify.ts';

function renderLines(lines: Iterable<Line>): string {
  return spell(lines);
}

function spell(lines: Iterable<object>): string {
  return Array.from(lines, (line) => `${escapeJsonDocument(JSON.stringify(line))}\n`).join('');
}

/** Figures, then repositories, then problems, then tags where a policy was to be explained or compared. */
export function renderReportLines(report: Report): string {
  const { repositories, problems, retention = [], comparison, ...figures } = report;
  return renderLines([
    { kind: 'report', ...figures },
    ...repositoryLines(repositories),
    ...problems.map((problem): Line => ({ kind: 'problem', ...problem })),
    ...fateLines(retention),
    ...(comparison?.tags ?? []).map((tag): Line => ({ kind: 'compared-tag', ...tag })),
  ]);
}

function repositoryLines(rows: readonly RepositoryRow[]): Line[] {
  return rows.map((row) => ({ kind: 'repository', ...row }));
}

function fateLines(retention: readonly RetentionOfRepository[]): Line[] {
  return fatesOf(retention).map((fate) => ({ kind: 'fate', ...fate }));
}

/** Repositories, the fields of the JSON. */
export function renderRepositoryLines(rows: readonly RepositoryRow[]): string {
  return renderLines(repositoryLines(rows));
}

/** Every tag that a policy says something of, with what becomes of it and why. */
export function renderRetentionLines(retention: readonly RetentionOfRepository[]): string {
  return renderLines(fateLines(retention));
}

/** The totals of a scan, then its problems. */
export function renderScanLines({ problems, ...figures }: ScanSummary): string {
  return renderLines([
    { kind: 'scan', ...figures },
    ...problems.map((problem): Line => ({ kind: 'problem', ...problem })),
  ]);
}

/** All scans that an index keeps, the oldest first; or the repositories that changed between two. */
export function renderHistoryLines({ scans, comparison }: History, isCompared: boolean): string {
  if (!isCompared) return renderLines(scans.map((scan) => ({ kind: 'kept-scan', ...scan })));
  return renderLines((comparison?.repositories ?? []).map((change) => ({ kind: 'change', ...change })));
}

/** A listing: its repositories, its tags and revisions, or the references of a manifest. */
export function renderListingLines(listing: Listing): string {
  switch (listing.kind) {
    case 'registry':
      return renderRepositoryLines(listing.repositories);
    case 'repository': {
      const { repository, tags, revisions } = listing;
      return renderLines([
        ...tags.map((row): Line => ({ kind: 'tag', repository, ...row })),
        ...revisions.map((row): Line => ({ kind: 'revision', repository, ...row })),
      ]);
    }
    case 'manifest':
      return renderLines(listing.references);
  }
}

/** The names of a volume, each before those below it. */
export function renderTreeLines(volume: VolumeNode): string {
  return renderLines(nodeLines(volume));
}

function* nodeLines({ children, ...node }: VolumeNode): Generator<Line> {
  yield { kind: 'node', ...node };
  for (const child of children) yield* nodeLines(child);
}

/** What was looked at, then problems, then the images that are not whole. */
export function renderVerificationLines({ problems, images, ...result }: Verification): string {
  const { schema, registry, complete, damaged, checked } = result;
  return renderLines([
    { kind: 'verification', schema, registry, complete, damaged, checked },
    ...problems.map((problem): Line => ({ kind: 'verified-problem', ...problem })),
    ...images.map((image): Line => ({ kind: 'broken-image', ...image })),
  ]);
}

/** The sweeps that were carried out, oldest first. */
export function renderRunLines({ runs }: RunsResult): string {
  return renderLines(runs.map((run) => ({ kind: 'run', ...run })));
}

/** The rows of a query, an object each, by its column names. Throws `usage` where two columns have one name. */
export function renderQueryLines({ columns, rows }: QueryResult): string {
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) {
    throw new AppError('usage', `two columns are called "${twice}"`, 'give one of them another name: AS');
  }
  return spell(rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null]))));
}
