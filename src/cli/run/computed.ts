/** Answers that need the inventory: of a scan, or of an index that keeps no such figures, or none that still hold. */
import { momentOf } from '../../gc/thresholds.ts';
import { buildListing } from '../../query/listing.ts';
import { allProblems } from '../../query/problems.ts';
import { volumeFigures } from '../../query/report.ts';
import { repositoryRows } from '../../query/rows.ts';
import { listedRows, standardRows, summaryOf, type VolumeSummary } from '../../query/standard-figures.ts';
import type { Listing, RepositoryRow, ScanSummary } from '../../report/model.ts';
import { severitiesOf } from '../../shared/problem.ts';
import { isStandard, type MarkingOptions } from './marking.ts';
import type { Opened } from './opened.ts';
import type { Session } from './session.ts';

type Damage = Pick<VolumeSummary, 'damage' | 'complete'>;

export interface RowsAnswer extends Damage {
  readonly rows: readonly RepositoryRow[];
}

export interface ListingAnswer extends Damage {
  readonly listing: Listing;
}

/** The rows of `rank`. */
export async function computedRows(
  session: Session,
  marking: MarkingOptions,
  depth: number | undefined,
): Promise<RowsAnswer> {
  const opened = await session.open(marking);
  const { figures } = opened;
  const isMade = figures !== undefined && depth === undefined && isStandard(marking);
  const made = isMade ? standardRows(figures, marking.mode, momentOf(opened.analysis.youngSince, marking)) : undefined;
  return { rows: made ?? repositoryRows(opened, marking, depth), ...damageOf(opened) };
}

export async function computedListing(session: Session, reference: string | undefined): Promise<ListingAnswer> {
  const opened = await session.open();
  const { figures } = opened;
  const rows = figures && reference === undefined ? listedRows(figures, opened.analysis) : undefined;
  const listing =
    rows === undefined
      ? buildListing(opened, reference)
      : ({ schema: 'regsweep.ls/1', kind: 'registry', repositories: rows } as const);
  return { listing, ...damageOf(opened) };
}

export async function computedSummary(session: Session, kept: Parameters<Session['open']>[0]): Promise<ScanSummary> {
  const opened = await session.open(kept);
  return summaryOf(opened.figures?.volume ?? volumeFigures(opened.analysis), opened);
}

function damageOf({ figures, analysis, inventory: { complete } }: Opened): Damage {
  return { damage: figures?.volume.damage ?? severitiesOf(allProblems(analysis)), complete };
}
