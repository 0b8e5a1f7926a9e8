import { metricFacts } from '../../query/metric-facts.ts';
import type { Report } from '../../report/model.ts';
import { OTHER_REPOSITORIES } from '../../report/model-metrics.ts';
import { renderOpenMetrics } from '../../report/openmetrics.ts';
import { VERSION } from '../../shared/version.ts';
import { listReadableRuns } from '../../sweep/runs.ts';
import { stateFolder } from '../../sweep/state-folder.ts';
import type { Session } from './session.ts';

/**
 * `report --format openmetrics`, in a file that everybody can read. `top`: series of their own for so many repositories;
 * `looks`: whether the volume may be asked for its runs.
 */
export async function deliverMetrics(
  session: Session,
  report: Report,
  { top, looks }: { readonly top: number; readonly looks: boolean },
): Promise<void> {
  const runs = looks ? listReadableRuns(stateFolder(session.root, undefined)) : undefined;
  const facts = metricFacts(report, runs, { version: VERSION, top, others: OTHER_REPOSITORIES });
  // Another program is to find it there.
  await session.deliver(await renderOpenMetrics(facts), 'everybody');
}
