/** What somebody selected on the page, as the plan that `rm`, `sweep` or `plan` makes of it. */
import { analyse, type Analysis } from '../gc/analysis.ts';
import { configsToRead, unreadConfigs } from '../gc/created.ts';
import { allHeights } from '../gc/order.ts';
import { buildPlan, type Plan, type PlanOptions } from '../gc/plan.ts';
import type { PlanHeader } from '../gc/plan-file.ts';
import type { PlanMode } from '../gc/reasons.ts';
import { blownFuse, volumeRefusals, type SweepLimits } from '../gc/refusals.ts';
import { Governed } from '../gc/retention.ts';
import { Removals } from '../gc/removals.ts';
import { parseReferences, resolveRemoval } from '../gc/removal-names.ts';
import { uploadsBefore } from '../gc/thresholds.ts';
import type { Retention } from '../policy/model.ts';
import { parsePolicies } from '../policy/parse.ts';
import type { Selection } from '../report/model-serve.ts';
import { AppError, SeveralErrors } from '../shared/errors.ts';
import type { Refusal } from '../shared/refusal.ts';
import type { MarkedIndex } from './view.ts';

/** The options of the command line that shape every plan of the page. */
export interface PlanShape {
  readonly minAgeSeconds: number;
  /** `undefined`: uploads stay, however old. */
  readonly uploadsOlderThanSeconds: number | undefined;
  readonly limits: SweepLimits;
}

/** An index that selections are asked of, one after the other: what does not depend on them is made once. */
export interface PlannedIndex extends MarkedIndex {
  readonly shape: PlanShape;
  readonly removals: Removals;
  readonly heights: Uint32Array;
  /** Under no policy. */
  readonly ungoverned: Governed;
  /** What the volume says against a plan of each mode, whatever is in it. */
  readonly volumeRefusals: (mode: PlanMode) => readonly Refusal[];
}

export function plannedIndex(index: MarkedIndex, shape: PlanShape): PlannedIndex {
  const { inventory, graph, youngSince, revisions } = index.analysis;
  const { newest } = revisions.marking;
  const heights = allHeights(inventory);
  const made = new Map<PlanMode, readonly Refusal[]>();
  return {
    ...index,
    shape,
    heights,
    ungoverned: new Governed(inventory, graph, { retention: UNGOVERNED, isIncluded, youngSince, now: NaN, newest }),
    removals: new Removals(inventory, graph, heights),
    volumeRefusals: (mode) => {
      const refusals = made.get(mode) ?? volumeRefusals({ ...index, inventory, mode }, shape.limits);
      made.set(mode, refusals);
      return refusals;
    },
  };
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

const UNGOVERNED: Retention = { policies: [], keepDigests: new Set(), trustTimes: false };

/** The page has no `--repo`. */
const isIncluded = (): boolean => true;

/** The plan of a selection at `now` (epoch milliseconds). */
export function planSelection(index: PlannedIndex, selection: Selection, now: number): PlannedSelection | Unplannable {
  try {
    switch (selection.kind) {
      case 'references':
        return planRemoval(index, selection.references);
      case 'mode':
        return planByMode(index, selection.mode, now);
      case 'policy':
        return planByPolicy(index, selection.text, now);
    }
  } catch (error) {
    if (error instanceof AppError) return { refusals: sentencesOf(error) };
    throw error;
  }
}

function planRemoval(index: PlannedIndex, references: readonly string[]): PlannedSelection {
  const { analysis } = index;
  const removal = resolveRemoval(analysis.inventory, parseReferences(references));
  const { plan, refusals } = index.removals.plan(removal);
  return {
    mode: 'rm',
    analysis,
    plan,
    refusals: [...refusals.map(sentence), ...judged(index, 'rm', plan)],
    options: { references, minAgeSeconds: index.shape.minAgeSeconds },
  };
}

function planByMode(index: PlannedIndex, mode: 'revisions' | 'untagged', now: number): PlannedSelection {
  const { analysis } = index;
  const plan = buildPlan(analysis.inventory, analysis[mode].marking, momentOf(analysis, index, now));
  return { mode, analysis, plan, refusals: judged(index, mode, plan), options: optionsOf(mode, index.shape) };
}

function planByPolicy(index: PlannedIndex, text: string, now: number): PlannedSelection | Unplannable {
  const parsed = parsePolicies(text);
  if (!parsed.valid) {
    return { refusals: parsed.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`) };
  }
  const { inventory, graph, youngSince } = index.analysis;
  const { ungoverned: known } = index;
  const retention: Retention = { ...UNGOVERNED, policies: parsed.policies };
  refuseUnreadConfigs(inventory, retention);
  const { newest } = known;
  const analysis = analyse(inventory, { graph, newest, known, isIncluded, youngSince, retention, now });
  if (analysis.policy === undefined) throw new TypeError('it was not marked by a policy');
  const plan = buildPlan(inventory, analysis.policy.marking, momentOf(analysis, index, now));
  return {
    mode: 'policy',
    analysis,
    plan,
    refusals: judged(index, 'policy', plan),
    options: optionsOf('policy', index.shape),
    policy: { file: { name: POLICY_FILE, text }, keepDigests: [], trustTimes: false },
  };
}

function refuseUnreadConfigs(inventory: Analysis['inventory'], retention: Retention): void {
  if (!retention.policies.some(({ orderBy }) => orderBy === 'created')) return;
  const wanted = configsToRead(inventory, { retention, isIncluded: () => true, isLimited: false });
  const unread = unreadConfigs(inventory, wanted).length;
  if (unread === 0) return;
  throw new AppError(
    'usage',
    `the policy orders by when images were created, and the index does not say it of ${unread} of them`,
    'regsweep report ROOT --policy policy.yml reads it into the index, once',
  );
}

function momentOf({ youngSince }: Analysis, { shape, heights }: PlannedIndex, now: number): PlanOptions {
  return { youngSince, uploadsBefore: uploadsBefore(shape.uploadsOlderThanSeconds, now), heights };
}

/** As `refusalsOf`. */
function judged(index: PlannedIndex, mode: PlanMode, plan: Plan): readonly string[] {
  const blown = blownFuse(index.analysis.inventory, plan, index.shape.limits.maxDeletePercent);
  return [...index.volumeRefusals(mode), ...(blown === undefined ? [] : [blown])].map(sentence);
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
