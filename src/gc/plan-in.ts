/** Of an analysis the marking that a mode asks for, and the plan that it means. */
import type { Analysis, ModeAnalysis } from './analysis.ts';
import { buildPlan, type Plan } from './plan.ts';
import { momentOf } from './thresholds.ts';

/** When a plan is made, and how old uploads must be to go: as `momentOf` takes it. */
type Wish = Parameters<typeof momentOf>[1];

/** The marking that the mode asks for, within its target. */
export function inMode(analysis: Analysis, mode: ModeAnalysis['mode']): ModeAnalysis {
  if (analysis.limited?.mode === mode) return analysis.limited;
  if (mode !== 'policy') return analysis[mode];
  if (analysis.policy === undefined) throw new TypeError('it was not marked by a policy');
  return analysis.policy;
}

/** What a sweep in this mode would delete. */
export function planIn(analysis: Analysis, mode: ModeAnalysis['mode'], wish: Wish): Plan {
  return planBy(analysis, inMode(analysis, mode), wish);
}

/** As `planIn`, by a marking that is at hand. */
export function planBy(
  { inventory, youngSince }: Analysis,
  { marking }: Pick<ModeAnalysis, 'marking'>,
  wish: Wish,
): Plan {
  return buildPlan(inventory, marking, momentOf(youngSince, wish));
}
