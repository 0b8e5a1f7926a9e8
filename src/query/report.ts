/** The report: what is there, what a sweep would free, what is held, who is to blame, what is damaged. */
import { planTotals, type PlanTotals } from '../gc/plan-totals.ts';
import { DAMAGED, EXCLUDED, LEVELS, REFERENCED, YOUNG } from '../gc/mark.ts';
import { judgeVolume } from '../gc/refusals.ts';
import type { Freed, Reclaimable, Report } from '../report/model.ts';
import { policyFigures } from './policy-figures.ts';
import { allProblems } from './problems.ts';
import { rowsUnder } from './rows.ts';
import { amountsBy, together, totalsOf } from './totals.ts';
import { targetResult } from './target.ts';
import { inMode, planBy, planIn, registryOf, type MarkedIndex, type ViewOptions } from './view.ts';

/** Builds the report of a marked index, made at `generatedAt` (epoch milliseconds). Pure: the same values give the same report. */
export function buildReport(index: MarkedIndex, options: ViewOptions, generatedAt = options.now): Report {
  const { analysis } = index;
  const { inventory } = analysis;
  const { level } = inMode(analysis, options.mode).marking;
  const plan = planIn(analysis, options.mode, options);
  const totals = planTotals(inventory, plan);
  const isUntagged = options.mode === 'untagged' && analysis.limited === undefined;
  const untagged = isUntagged ? totals : planTotals(inventory, planBy(analysis, analysis.untagged, options));
  const byLevel = amountsBy(inventory, level, LEVELS);
  const atLevel = (wanted: number) => together(byLevel.slice(wanted, wanted + 1));
  return {
    schema: 'regsweep.report/1',
    generatedAt: new Date(generatedAt).toISOString(),
    registry: registryOf(inventory),
    mode: options.mode,
    minAgeSeconds: options.minAgeSeconds,
    complete: inventory.complete,
    notices: judgeVolume({ ...index, inventory, mode: options.mode }),
    totals: totalsOf(inventory),
    referenced: atLevel(REFERENCED),
    unreferenced: together(byLevel.filter((_, group) => group !== REFERENCED)),
    reclaimable: reclaimableOf(totals),
    held: { excluded: atLevel(EXCLUDED), damaged: atLevel(DAMAGED), young: atLevel(YOUNG) },
    trash: inventory.trash,
    ...targetResult(analysis, totals.total.diskBytes),
    ifUntagged: { total: freedOf(untagged) },
    ...(options.mode === 'policy' && analysis.policy !== undefined
      ? { policy: policyFigures(analysis, analysis.policy) }
      : {}),
    repositories: rowsUnder(index, plan, options),
    problems: allProblems(analysis),
  };
}

/** What a plan frees, in the words of the contract. */
export function reclaimableOf(totals: PlanTotals): Reclaimable {
  type Class = PlanTotals['blobs'];
  const count = ({ count }: Class): { readonly count: number } => ({ count });
  const sized = ({ count, bytes, diskBytes }: Class): Omit<Class, 'inodes'> => ({ count, bytes, diskBytes });
  return {
    blobs: { ...sized(totals.blobs), diskBytes: totals.unstated.blobs > 0 ? null : totals.blobs.diskBytes },
    revisions: count(totals.revisions),
    tags: count(totals.tags),
    tagIndexEntries: count(totals.tagIndexEntries),
    layerLinks: count(totals.layerLinks),
    signatureLinks: count(totals.signatureLinks),
    uploads: sized(totals.uploads),
    strayFiles: sized(totals.strayFiles),
    emptyDirectories: count(totals.emptyDirectories),
    total: freedOf(totals),
  };
}

/** Allocated bytes are a number only where all of it was stat-ed: never one that is too small. */
function freedOf({ total: { bytes, diskBytes, inodes }, unstated: { blobs, links } }: PlanTotals): Freed {
  return { bytes, diskBytes: blobs + links > 0 ? null : diskBytes, inodes };
}
