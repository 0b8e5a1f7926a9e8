/** What somebody selected on the page, as the plan that `rm`, `sweep` or `plan` makes of it. */
import { analyse, type Analysis } from '../gc/analysis.ts';
import { configsToRead } from '../gc/created.ts';
import type { Plan } from '../gc/plan.ts';
import { buildPlan } from '../gc/plan.ts';
import type { PlanHeader } from '../gc/plan-file.ts';
import type { PlanMode } from '../gc/reasons.ts';
import { refusalsOf, type SweepLimits } from '../gc/refusals.ts';
import type { Removals } from '../gc/removals.ts';
import { parseReferences, resolveRemoval } from '../gc/removal-names.ts';
import { momentOf } from '../gc/thresholds.ts';
import type { Retention } from '../policy/model.ts';
import { parsePolicies } from '../policy/parse.ts';
import type { Selection } from '../report/model-serve.ts';
import { AppError, SeveralErrors } from '../shared/errors.ts';
import type { MarkedIndex } from './view.ts';

/** The options of the command line that shape every plan of the page. */
export interface PlanShape {
  readonly minAgeSeconds: number;
  /** `undefined`: uploads stay, however old. */
  readonly uploadsOlderThanSeconds: number | undefined;
  readonly limits: SweepLimits;
}

/** An index that selections are asked of, one after the other. */
export interface PlannedIndex extends MarkedIndex {
  readonly removals: Removals;
}

export interface PlannedSelection {
  readonly mode: PlanMode;
  /** Marked as the plan wants it. */
  readonly analysis: Analysis;
  readonly plan: Plan;
  /** What speaks against it. */
  readonly refusals: readonly string[];
  /** For the header of its file. */
  readonly options: PlanHeader['options'];
  readonly policy?: PlanHeader['policy'];
}

/** Nothing can be planned, and why. */
export interface Unplannable {
  readonly refusals: readonly string[];
}

const POLICY_FILE = 'policy.yml';

/** The plan of a selection at `now` (epoch milliseconds). */
export function planSelection(
  index: PlannedIndex,
  selection: Selection,
  shape: PlanShape,
  now: number,
): PlannedSelection | Unplannable {
  try {
    switch (selection.kind) {
      case 'references':
        return planRemoval(index, selection.references, shape);
      case 'mode':
        return planByMode(index, selection.mode, shape, now);
      case 'policy':
        return planByPolicy(index, selection.text, shape, now);
    }
  } catch (error) {
    if (error instanceof AppError) return { refusals: sentencesOf(error) };
    throw error;
  }
}

function planRemoval(index: PlannedIndex, references: readonly string[], shape: PlanShape): PlannedSelection {
  const { analysis } = index;
  const removal = resolveRemoval(analysis.inventory, parseReferences(references));
  const { plan, refusals } = index.removals.plan(removal);
  return {
    mode: 'rm',
    analysis,
    plan,
    refusals: [...refusals.map(sentence), ...judged(index, 'rm', plan, shape)],
    options: { references, minAgeSeconds: shape.minAgeSeconds },
  };
}

function planByMode(
  index: MarkedIndex,
  mode: 'revisions' | 'untagged',
  shape: PlanShape,
  now: number,
): PlannedSelection {
  const { analysis } = index;
  const plan = buildPlan(analysis.inventory, analysis[mode].marking, momentOf(analysis.youngSince, { ...shape, now }));
  return { mode, analysis, plan, refusals: judged(index, mode, plan, shape), options: optionsOf(mode, shape) };
}

function planByPolicy(index: MarkedIndex, text: string, shape: PlanShape, now: number): PlannedSelection | Unplannable {
  const parsed = parsePolicies(text);
  if (!parsed.valid) {
    return { refusals: parsed.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`) };
  }
  const { inventory, youngSince } = index.analysis;
  const retention: Retention = { policies: parsed.policies, keepDigests: new Set(), trustTimes: false };
  refuseUnreadConfigs(inventory, retention);
  const isIncluded = (): boolean => true;
  const analysis = analyse(inventory, { isIncluded, youngSince, retention, now });
  if (analysis.policy === undefined) throw new TypeError('it was not marked by a policy');
  const plan = buildPlan(inventory, analysis.policy.marking, momentOf(youngSince, { ...shape, now }));
  return {
    mode: 'policy',
    analysis,
    plan,
    refusals: judged(index, 'policy', plan, shape),
    options: optionsOf('policy', shape),
    policy: { file: { name: POLICY_FILE, text }, keepDigests: [], trustTimes: false },
  };
}

/** Without its config an image would pass for one that does not say when it was created. */
function refuseUnreadConfigs(inventory: Analysis['inventory'], retention: Retention): void {
  if (!retention.policies.some(({ orderBy }) => orderBy === 'created')) return;
  const read = new Set(inventory.configs.digest);
  const wanted = configsToRead(inventory, { retention, isIncluded: () => true, isLimited: false });
  const unread = wanted.filter((id) => !read.has(id)).length;
  if (unread === 0) return;
  throw new AppError(
    'usage',
    `the policy orders by when images were created, and the index does not say it of ${unread} of them`,
    'regsweep report ROOT --policy policy.yml reads it into the index, once',
  );
}

function judged(index: MarkedIndex, mode: PlanMode, plan: Plan, { limits }: PlanShape): readonly string[] {
  return refusalsOf({ ...index, inventory: index.analysis.inventory, mode }, plan, limits).map(sentence);
}

function optionsOf(mode: PlanMode, shape: PlanShape): PlanHeader['options'] {
  return {
    untagged: mode === 'untagged',
    repo: [],
    minAgeSeconds: shape.minAgeSeconds,
    uploadsOlderThanSeconds: shape.uploadsOlderThanSeconds ?? null,
  };
}

function sentencesOf(error: AppError): readonly string[] {
  return error instanceof SeveralErrors ? error.errors.map(sentence) : [sentence(error)];
}

function sentence({ message, hint }: { readonly message: string; readonly hint?: string | undefined }): string {
  return hint === undefined ? message : `${message}: ${hint}`;
}
