/** Of an analysis the marking that a mode asks for, and the plan that it means. */
import type { Analysis, ModeAnalysis } from './analysis.ts';
import { buildPlan, type Plan } from './plan.ts';
import { momentOf, type PlanMoment } from './thresholds.ts';

/** The marking that the mode asks for, within its target. */
export function inMode(analysis: Analysis, mode: ModeAnalysis['mode']): ModeAnalysis {
  if (analysis.limited?.mode === mode) return analysis.limited;
  if (mode !== 'policy') return analysis[mode];
  if (analysis.policy === undefined) throw new TypeError('it was not marked by a policy');
  return analysis.policy;
}

/** What a sweep in this mode would delete. */
export function planIn(analysis: Analysis, mode: ModeAnalysis['mode'], when: PlanMoment): Plan {
  return planBy(analysis, inMode(analysis, mode), when);
}

/** As `planIn`, by a marking that is at hand. */
export function planBy(
  { inventory, youngSince }: Analysis,
  { marking }: Pick<ModeAnalysis, 'marking'>,
  when: PlanMoment,
): Plan {
  return buildPlan(inventory, marking, momentOf(youngSince, when));
}
