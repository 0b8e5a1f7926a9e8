/** Format name to renderer, for each kind of result. Every renderer is a pure function of the result. */
import { AppError } from '../shared/errors.ts';
import type { Appearance } from './appearance.ts';
import {
  renderChangesCsv,
  renderComparisonCsv,
  renderListingCsv,
  renderQueryCsv,
  renderRepositoriesCsv,
  renderRetentionCsv,
  renderScanCsv,
  renderScansCsv,
} from './csv.ts';
import { renderJson } from './json.ts';
import { drawMarkdownRetention } from './markdown-retention.ts';
import { renderReportMarkdown } from './markdown-report.ts';
import {
  renderHistoryMarkdown,
  renderListingMarkdown,
  renderQueryMarkdown,
  renderRankMarkdown,
  renderRunsMarkdown,
} from './markdown-rows.ts';
import { renderVerificationMarkdown } from './markdown-verify.ts';
import type { Listing, QueryResult, Rank, Report, ScanSummary } from './model.ts';
import type { ReportAs } from './model-as.ts';
import type { History } from './model-history.ts';
import type { Explanation } from './model-retention.ts';
import type { PolicyCheck } from './model-policy.ts';
import type { VolumeTree } from './model-tree.ts';
import type { PullCheck, Verification } from './model-verify.ts';
import type { Why } from './model-why.ts';
import type { RepairResult } from './model-repair.ts';
import type { PurgeResult, RestoreResult, RunsResult, SweepResult } from './model-sweep.ts';
import {
  renderHistoryLines,
  renderListingLines,
  renderQueryLines,
  renderReportLines,
  renderRepositoryLines,
  renderRetentionLines,
  renderRunLines,
  renderScanLines,
  renderTreeLines,
  renderVerificationLines,
} from './ndjson.ts';
import { renderReportAsTable } from './table-as.ts';
import { renderHistoryTable } from './table-history.ts';
import { renderListingTable } from './table-listing.ts';
import { renderPolicyTable } from './table-policy.ts';
import { renderQueryTable } from './table-query.ts';
import { renderRankTable } from './table-rank.ts';
import { renderRepairTable } from './table-repair.ts';
import { renderReportTable, type ShownBeside } from './table-report.ts';
import { renderExplanationTable } from './table-retention.ts';
import { renderPurgeTable, renderRestoreTable, renderRunsTable } from './table-runs.ts';
import { renderScanTable } from './table-scan.ts';
import { renderTreeTable } from './table-tree.ts';
import { renderPullTable } from './table-pull.ts';
import { renderVerifyTable } from './table-verify.ts';
import { renderWhyTable, type ShownBesideWhy } from './table-why.ts';
import { renderSweepTable, type ShownBesideSweep } from './table-sweep.ts';

type Renderers = Readonly<Partial<Record<string, () => string>>>;

/** `report`; the table shows a little besides. Throws `usage` for a format it has not. */
export function renderReport(format: string, report: Report, shown: ShownBeside, appearance: Appearance): string {
  return renderWith(format, {
    table: () => renderReportTable(report, shown, appearance),
    json: () => renderJson(report),
    csv: () => renderReportCsv(report),
    ndjson: () => renderReportLines(report),
    markdown: () => renderReportMarkdown(report, shown.worst),
  });
}

/** `report --as`. Throws `usage` for a format it has not. */
export function renderReportAs(format: string, result: ReportAs, appearance: Appearance): string {
  return renderWith(format, {
    table: () => renderReportAsTable(result, appearance),
    json: () => renderJson(result),
  });
}

/** CSV is one table: of what was asked for besides the figures, else of the repositories. */
function renderReportCsv({ comparison, retention, repositories }: Report): string {
  if (comparison !== undefined) return renderComparisonCsv(comparison);
  return retention === undefined ? renderRepositoriesCsv(repositories) : renderRetentionCsv(retention);
}

/** What `plan --explain` says. Throws `usage` for a format it has not. */
export function renderExplanation(format: string, explanation: Explanation, appearance: Appearance): string {
  return renderWith(format, {
    table: () => renderExplanationTable(explanation, appearance),
    json: () => renderJson(explanation),
    csv: () => renderRetentionCsv(explanation.retention),
    ndjson: () => renderRetentionLines(explanation.retention),
    markdown: () => `${drawMarkdownRetention(explanation.retention)}\n`,
  });
}

/** `rank`. Throws `usage` for a format it has not. */
export function renderRank(format: string, rank: Rank, appearance: Appearance): string {
  return renderWith(format, {
    table: () => renderRankTable(rank, appearance),
    json: () => renderJson(rank),
    csv: () => renderRepositoriesCsv(rank.repositories),
    ndjson: () => renderRepositoryLines(rank.repositories),
    markdown: () => renderRankMarkdown(rank),
  });
}

/** `tree`; `left`: how many names are not in it. Throws `usage` for a format it has not. */
export function renderTree(format: string, tree: VolumeTree, left: number, appearance: Appearance): string {
  return renderWith(format, {
    table: () => renderTreeTable(tree, left, appearance),
    json: () => renderJson(tree),
    ndjson: () => renderTreeLines(tree.volume),
  });
}

/** `history`; CSV has the scans, or what changed between two where that was asked for. Throws `usage` for a format it has not. */
export function renderHistory(format: string, history: History, isCompared: boolean, appearance: Appearance): string {
  return renderWith(format, {
    table: () => renderHistoryTable(history, appearance),
    json: () => renderJson(history),
    csv: () => (isCompared ? renderChangesCsv(history) : renderScansCsv(history)),
    ndjson: () => renderHistoryLines(history, isCompared),
    markdown: () => renderHistoryMarkdown(history, isCompared),
  });
}

/** `scan`. Throws `usage` for a format it has not. */
export function renderScan(format: string, summary: ScanSummary, appearance: Appearance): string {
  return renderWith(format, {
    table: () => renderScanTable(summary, appearance),
    json: () => renderJson(summary),
    csv: () => renderScanCsv(summary),
    ndjson: () => renderScanLines(summary),
  });
}

/** `ls`. Throws `usage` for a format it has not. */
export function renderListing(format: string, listing: Listing, appearance: Appearance): string {
  return renderWith(format, {
    table: () => renderListingTable(listing, appearance),
    json: () => renderJson(listing),
    csv: () => renderListingCsv(listing),
    ndjson: () => renderListingLines(listing),
    markdown: () => renderListingMarkdown(listing),
  });
}

/** `why`; the table shows a little besides. Throws `usage` for a format it has not. */
export function renderWhy(format: string, why: Why, shown: ShownBesideWhy, appearance: Appearance): string {
  return renderWith(format, { table: () => renderWhyTable(why, shown, appearance), json: () => renderJson(why) });
}

/** `query`. Throws `usage` for a format it has not. */
export function renderQuery(format: string, result: QueryResult, appearance: Appearance): string {
  return renderWith(format, {
    table: () => renderQueryTable(result, appearance),
    json: () => renderJson(result),
    csv: () => renderQueryCsv(result),
    ndjson: () => renderQueryLines(result),
    markdown: () => renderQueryMarkdown(result),
  });
}

/** `sweep` and `rm`; the table shows a little besides. Throws `usage` for a format they have not. */
export function renderSweep(
  format: string,
  result: SweepResult,
  shown: ShownBesideSweep,
  appearance: Appearance,
): string {
  return renderWith(format, {
    table: () => renderSweepTable(result, shown, appearance),
    json: () => renderJson(result),
  });
}

/** `repair`; the table shows a little besides. Throws `usage` for a format it has not. */
export function renderRepair(
  format: string,
  result: RepairResult,
  shown: ShownBesideSweep,
  appearance: Appearance,
): string {
  return renderWith(format, {
    table: () => renderRepairTable(result, shown, appearance),
    json: () => renderJson(result),
  });
}

/** `verify`. Throws `usage` for a format it has not. */
export function renderVerification(format: string, result: Verification, appearance: Appearance): string {
  return renderWith(format, {
    table: () => renderVerifyTable(result, appearance),
    json: () => renderJson(result),
    ndjson: () => renderVerificationLines(result),
    markdown: () => renderVerificationMarkdown(result),
  });
}

/** `verify --pull-check`. Throws `usage` for a format it has not. */
export function renderPullCheck(format: string, result: PullCheck, appearance: Appearance): string {
  return renderWith(format, { table: () => renderPullTable(result, appearance), json: () => renderJson(result) });
}

/** `runs`. Throws `usage` for a format it has not. */
export function renderRuns(format: string, result: RunsResult, appearance: Appearance): string {
  return renderWith(format, {
    table: () => renderRunsTable(result, appearance),
    json: () => renderJson(result),
    ndjson: () => renderRunLines(result),
    markdown: () => renderRunsMarkdown(result),
  });
}

/** `restore`. Throws `usage` for a format it has not. */
export function renderRestore(format: string, result: RestoreResult, appearance: Appearance): string {
  return renderWith(format, { table: () => renderRestoreTable(result, appearance), json: () => renderJson(result) });
}

/** `purge`. Throws `usage` for a format it has not. */
export function renderPurge(format: string, result: PurgeResult, appearance: Appearance): string {
  return renderWith(format, { table: () => renderPurgeTable(result, appearance), json: () => renderJson(result) });
}

/** `policy check`. Throws `usage` for a format it has not. */
export function renderPolicyCheck(format: string, check: PolicyCheck, appearance: Appearance): string {
  return renderWith(format, { table: () => renderPolicyTable(check, appearance), json: () => renderJson(check) });
}

function renderWith(format: string, renderers: Renderers): string {
  const render = Object.hasOwn(renderers, format) ? renderers[format] : undefined;
  if (render === undefined) {
    throw new AppError('usage', `no format "${format}" here`, `formats: ${Object.keys(renderers).join(', ')}`);
  }
  return render();
}
