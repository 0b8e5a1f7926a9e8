/**
 * What the two standard modes give, as a scan leaves it in its index: to be given out again for as long as computing it would
 * give the same.
 */
import { isAsStale, isAsYoung, type Lasting } from '../gc/lasting.ts';
import type { Freed, Report, RepositoryRow, ScanSummary } from '../report/model.ts';
import type { Severities } from '../shared/problem.ts';
import { reportOf, type ModeFigures, type VolumeFigures } from './figures.ts';
import type { ViewOptions } from './view.ts';
import type { Moment } from '../gc/thresholds.ts';

export type StandardMode = 'revisions' | 'untagged';

export interface LastingFigures extends ModeFigures {
  readonly lasting: Lasting;
  /** Of each repository of which uploads go: the bytes of those, which are in its reclaimable bytes. */
  readonly uploadBytes: readonly (readonly [name: string, bytes: number])[];
}

export interface VolumeSummary extends VolumeFigures {
  readonly damage: Severities;
}

export interface StandardFigures {
  readonly volume: VolumeSummary;
  /** One flag (1) for each revision that is not referenced where tags alone are roots. */
  readonly untaggedRevisions: Uint8Array;
  /** Absent where the scan was told to leave repositories alone. */
  readonly modes?: Readonly<Record<StandardMode, LastingFigures>>;
}

/** The report in a standard mode, as `buildReport` would build it; `undefined` where only that can tell. */
export function standardReport(
  figures: StandardFigures,
  options: ViewOptions,
  moment: Moment,
  generatedAt: number,
): Report | undefined {
  const own = lastingFigures(figures, options.mode, moment);
  const total = untaggedTotal(figures, moment);
  if (own === undefined || total === undefined) return undefined;
  return reportOf(figures.volume, own, { ifUntagged: { total } }, options, generatedAt);
}

/** What `--untagged` would free in all; `undefined` as for `standardReport`. */
export function untaggedTotal(figures: StandardFigures, moment: Moment): Freed | undefined {
  return lastingFigures(figures, 'untagged', moment)?.reclaimable.total;
}

/** The rows in a standard mode, as `repositoryRows` would give them without a depth; `undefined` as for `standardReport`. */
export function standardRows(
  figures: StandardFigures,
  mode: ViewOptions['mode'],
  moment: Moment,
): readonly RepositoryRow[] | undefined {
  return lastingFigures(figures, mode, moment)?.repositories;
}

/** The rows that `ls` shows, in which no upload is reclaimable; `undefined` as for `standardReport`. */
export function listedRows(
  { modes }: StandardFigures,
  { youngSince }: Pick<Moment, 'youngSince'>,
): readonly RepositoryRow[] | undefined {
  if (modes === undefined || !isAsYoung(modes.revisions.lasting, youngSince)) return undefined;
  const uploads = new Map(modes.revisions.uploadBytes);
  return modes.revisions.repositories.map((row) => ({
    ...row,
    reclaimableBytes: row.reclaimableBytes - (uploads.get(row.name) ?? 0),
  }));
}

/** What `scan` prints. */
export function summaryOf(
  { registry, complete, totals, problems }: VolumeFigures,
  { database, durationSeconds }: { readonly database: string; readonly durationSeconds: number },
): ScanSummary {
  return { schema: 'regsweep.scan/1', registry, database, complete, durationSeconds, totals, problems };
}

function lastingFigures(
  { modes }: StandardFigures,
  mode: ViewOptions['mode'],
  { youngSince, uploadsBefore }: Moment,
): LastingFigures | undefined {
  if (modes === undefined || mode === 'policy') return undefined;
  const figures = modes[mode];
  const { lasting } = figures;
  return isAsYoung(lasting, youngSince) && isAsStale(lasting, uploadsBefore) ? figures : undefined;
}
