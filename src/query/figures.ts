/** The figures that reports and ranks are put together of. Whoever only does that needs nothing of what computes them. */
import type { Report } from '../report/model.ts';
import type { Problem } from '../shared/problem.ts';
import type { ViewOptions } from './view.ts';

/** What is the same of a volume in every mode. */
export interface VolumeFigures extends Pick<Report, 'registry' | 'complete' | 'totals' | 'trash'> {
  readonly problems: readonly Problem[];
}

/** What a report says of one mode. */
export interface ModeFigures extends Pick<
  Report,
  'mode' | 'notices' | 'referenced' | 'unreferenced' | 'reclaimable' | 'held' | 'repositories'
> {
  /** Allocated bytes that its plan frees, as far as they are known. */
  readonly freedDiskBytes: number;
}

type More = Pick<Report, 'target' | 'policy' | 'ifUntagged'>;

/** Puts a report together. */
export function reportOf(
  volume: VolumeFigures,
  figures: ModeFigures,
  { target, policy, ifUntagged }: More,
  { minAgeSeconds }: Pick<ViewOptions, 'minAgeSeconds'>,
  generatedAt: number,
): Report {
  return {
    schema: 'regsweep.report/1',
    generatedAt: new Date(generatedAt).toISOString(),
    registry: volume.registry,
    mode: figures.mode,
    minAgeSeconds,
    complete: volume.complete,
    notices: figures.notices,
    totals: volume.totals,
    referenced: figures.referenced,
    unreferenced: figures.unreferenced,
    reclaimable: figures.reclaimable,
    held: figures.held,
    trash: volume.trash,
    ...(target === undefined ? {} : { target }),
    ifUntagged,
    ...(policy === undefined ? {} : { policy }),
    repositories: figures.repositories,
    problems: volume.problems,
  };
}
