/** The report: what is there, what a sweep would free, what is held, who is to blame, what is damaged. */
import { amountsBy, together } from '../gc/amounts.ts';
import type { Analysis } from '../gc/analysis.ts';
import type { Plan } from '../gc/plan.ts';
import { inMode, planBy, planIn } from '../gc/plan-in.ts';
import { planTotals, type PlanTotals } from '../gc/plan-totals.ts';
import { DAMAGED, EXCLUDED, LEVELS, REFERENCED, YOUNG } from '../gc/mark.ts';
import { judgeVolume } from '../gc/refusals.ts';
import { momentOf } from '../gc/thresholds.ts';
import type { Freed, Reclaimable, Report } from '../report/model.ts';
import { reportOf, type ModeFigures, type VolumeFigures } from './figures.ts';
import { policyFigures } from './policy-figures.ts';
import { allProblems } from './problems.ts';
import { rowsUnder } from './rows.ts';
import { untaggedTotal } from './standard-figures.ts';
import { totalsOf } from './totals.ts';
import { targetResult } from './target.ts';
import { registryOf, type MarkedIndex, type ViewOptions } from './view.ts';

/** Builds the report of a marked index, made at `generatedAt` (epoch milliseconds). Pure: the same values give the same report. */
export function buildReport(index: MarkedIndex, options: ViewOptions, generatedAt = options.now): Report {
  const { analysis } = index;
  const figures = modeFigures(index, planIn(analysis, options.mode, options), options);
  const isUntagged = options.mode === 'untagged' && analysis.limited === undefined;
  const total = isUntagged ? figures.reclaimable.total : totalIfUntagged(index, options);
  const more = {
    ...targetResult(analysis, figures.freedDiskBytes),
    ...(options.mode === 'policy' && analysis.policy !== undefined
      ? { policy: policyFigures(analysis, analysis.policy) }
      : {}),
  };
  const volume = index.figures?.volume ?? volumeFigures(analysis);
  return reportOf(volume, figures, { ...more, ifUntagged: { total } }, options, generatedAt);
}

/** What was kept is of all repositories, and does where none is left alone. */
function totalIfUntagged({ analysis, figures }: MarkedIndex, options: ViewOptions): Freed {
  const isWhole = !inMode(analysis, options.mode).marking.held.includes(EXCLUDED);
  const kept = isWhole && figures ? untaggedTotal(figures, momentOf(analysis.youngSince, options)) : undefined;
  return kept ?? freedOf(planTotals(analysis.inventory, planBy(analysis, analysis.untagged, options)));
}

export function volumeFigures(analysis: Analysis): VolumeFigures {
  const { inventory } = analysis;
  return {
    registry: registryOf(inventory),
    complete: inventory.complete,
    totals: totalsOf(inventory),
    trash: inventory.trash,
    problems: allProblems(analysis),
  };
}

/** Of the mode that `options` name, and the plan that it means. */
export function modeFigures(index: MarkedIndex, plan: Plan, options: ViewOptions): ModeFigures {
  const { analysis } = index;
  const { inventory } = analysis;
  const totals = planTotals(inventory, plan);
  const byLevel = amountsBy(inventory, inMode(analysis, options.mode).marking.level, LEVELS);
  const atLevel = (wanted: number) => together(byLevel.slice(wanted, wanted + 1));
  return {
    mode: options.mode,
    notices: judgeVolume({ ...index, inventory, mode: options.mode }),
    referenced: atLevel(REFERENCED),
    unreferenced: together(byLevel.filter((_, group) => group !== REFERENCED)),
    reclaimable: reclaimableOf(totals),
    held: { excluded: atLevel(EXCLUDED), damaged: atLevel(DAMAGED), young: atLevel(YOUNG) },
    repositories: rowsUnder(index, plan, options),
    freedDiskBytes: totals.total.diskBytes,
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
