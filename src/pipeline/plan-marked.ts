/** From what is kept to what goes: a plan with its figures, and the lines of its file. */
import type { Action } from '../gc/action.ts';
import { actionsOf } from '../gc/actions.ts';
import { amountsBy, together, type Amount } from '../gc/amounts.ts';
import { tagReasons } from '../gc/explain.ts';
import { DAMAGED, EXCLUDED, LEVELS, REFERENCED, YOUNG } from '../gc/mark.ts';
import { planLines, type PlanHeader } from '../gc/plan-file.ts';
import { planHeader } from '../gc/plan-header.ts';
import { inMode, planIn } from '../gc/plan-in.ts';
import { planTotals, type PlanTotals } from '../gc/plan-totals.ts';
import type { Plan } from '../gc/plan.ts';
import type { Retention } from '../policy/model.ts';
import { AppError } from '../shared/errors.ts';
import type { Marked } from './mark-inventory.ts';
import { refuseNoNumber } from './requests.ts';
import type { TargetRequest } from './scan-registry.ts';

/** What is to go. */
export interface PlanRequest {
  /**
   * What the roots are: every revision, only what tags name, or what the policies keep. Absent: as the target has it, where it
   * was marked for one, else the policies where it was marked by any, else every revision.
   */
  readonly mode?: 'revisions' | 'untagged' | 'policy';
  /** Seconds: uploads that are older go. Absent: none does. */
  readonly uploadsOlderThanSeconds?: number | undefined;
  /** Epoch milliseconds: when the plan is made, from which the age of uploads is told. Absent: as it was marked. */
  readonly now?: number;
}

/** How many blobs there are, by what becomes of them. */
export interface PlannedAmounts {
  readonly referenced: Amount;
  /** What goes, and what is held: the sum of both. */
  readonly unreferenced: Amount;
  /** Unreferenced, but kept back, counted in this order: outside `repositories`, in doubt, young. */
  readonly held: { readonly excluded: Amount; readonly damaged: Amount; readonly young: Amount };
}

/** What a sweep would delete. Nothing of it is done. */
export interface Planned {
  readonly mode: 'revisions' | 'untagged' | 'policy';
  /** What it frees, class by class. */
  readonly totals: PlanTotals;
  /** Blobs of the whole registry. */
  readonly amounts: PlannedAmounts;
  /** The deletions, in their order, each made as it is asked for: a plan may have millions. The same at every call. */
  readonly actions: () => Iterable<Action>;
  /**
   * The lines of its file, each with its line break, which `regsweep sweep --plan` takes. Throws `usage` where the sizes or
   * times of what goes are not known (the inventory was scanned for something else), and where it is of a policy that has no
   * words.
   */
  readonly lines: () => Iterable<string>;
  /** @internal */
  readonly plan: Plan;
}

/**
 * Plans what a mode lets go. Throws `AppError`: `usage` for the mode `policy` of what was marked without one, for another mode
 * than that of the target that it was marked for, and for what is no age or no time.
 */
export function planMarked(marked: Marked, request: PlanRequest = {}): Planned {
  const { inventory, analysis, asked } = marked;
  const { mode = modeOf(asked), now = asked.now, uploadsOlderThanSeconds } = request;
  refuseNoNumber({ uploadsOlderThanSeconds, now });
  if (mode === 'policy' && analysis.policy === undefined) {
    throw new AppError('usage', 'it was not marked by a policy', 'give its retention to the marking');
  }
  // It would not be held to the target, and its file would say that it was.
  if (asked.target !== undefined && asked.target.mode !== mode) {
    throw new AppError('usage', `it was marked for a target of mode ${asked.target.mode}, not ${mode}`);
  }
  const plan = planIn(analysis, mode, { uploadsOlderThanSeconds, now });
  let made: PlanTotals | undefined;
  const totals = (): PlanTotals => (made ??= planTotals(inventory, plan));
  const actions = (): Iterable<Action> => actionsOf(inventory, plan, { mode, batch: 1, ...tagReasons(analysis) });
  return {
    mode,
    get totals() {
      return totals();
    },
    get amounts() {
      return plannedAmounts(marked, mode);
    },
    actions,
    lines: () => {
      if (!asked.isScannedFor) refuseUnstated(totals().unstated);
      const { minAgeSeconds, repositories, retention, target } = asked;
      const options = shapedBy({ mode, repositories, minAgeSeconds, uploadsOlderThanSeconds, target });
      const facts = { mode, minAgeSeconds, createdAt: now, options, ...policyWords(mode, retention) };
      return planLines(planHeader(inventory, plan, facts), actions());
    },
    plan,
  };
}

function modeOf({ target, retention }: Marked['asked']): Planned['mode'] {
  return target?.mode ?? (retention === undefined ? 'revisions' : 'policy');
}

/** What another plan must be made with to be comparable. */
export function shapedBy(shape: {
  readonly mode: PlanHeader['mode'];
  readonly repositories: readonly string[];
  readonly minAgeSeconds: number;
  readonly uploadsOlderThanSeconds: number | undefined;
  readonly target?: TargetRequest | undefined;
}): PlanHeader['options'] {
  const { mode, repositories, minAgeSeconds, uploadsOlderThanSeconds, target } = shape;
  return {
    untagged: mode === 'untagged',
    repo: repositories,
    minAgeSeconds,
    uploadsOlderThanSeconds: uploadsOlderThanSeconds ?? null,
    ...(target === undefined ? {} : { targetFreeDiskBytes: target.diskBytes }),
  };
}

function policyWords(mode: Planned['mode'], retention: Retention | undefined): Pick<PlanHeader, 'policy'> {
  if (mode !== 'policy') return {};
  if (retention?.stated === undefined) {
    throw new AppError('usage', 'a plan file tells the policy that it was made by, and this one has no words');
  }
  return { policy: retention.stated };
}

function plannedAmounts({ inventory, analysis }: Marked, mode: Planned['mode']): PlannedAmounts {
  const byLevel = amountsBy(inventory, inMode(analysis, mode).marking.level, LEVELS);
  const atLevel = (wanted: number): Amount => together(byLevel.slice(wanted, wanted + 1));
  return {
    referenced: atLevel(REFERENCED),
    unreferenced: together(byLevel.filter((_, group) => group !== REFERENCED)),
    held: { excluded: atLevel(EXCLUDED), damaged: atLevel(DAMAGED), young: atLevel(YOUNG) },
  };
}

/** A plan says what it expects to find of each file, and a sweep would leave what it says nothing of. */
function refuseUnstated({ blobs, links }: PlanTotals['unstated']): void {
  if (blobs + links === 0) return;
  throw new AppError(
    'usage',
    `the index does not know the times of ${blobs + links} files that go by this policy, nor what they take on disk`,
    'scan for it (leave out --no-scan), or once with --disk-usage: then the index knows them for any policy',
  );
}
