/** Collects what a repair would do and what it leaves, in the order in which it is done. */
import { compareText } from '../shared/problem.ts';
import { DELETION_KINDS, type Action } from './action.ts';
import type { LeftAsIs } from './repair-left.ts';

/** What is written, in this order. A revision that was not linked comes first: a link that is written anew may have named it. */
const STEPS = ['folder', 'layer-link', 'new-revision-link', 'revision-link', 'history-link', 'current-link'] as const;
export type Step = (typeof STEPS)[number];

type Noted = Omit<Action, 'batch'>;

export class RepairNotes {
  private readonly steps: Readonly<Record<Step, Noted[]>> = {
    folder: [],
    'layer-link': [],
    'new-revision-link': [],
    'revision-link': [],
    'history-link': [],
    'current-link': [],
  };
  private readonly going: Noted[] = [];
  private readonly leftAsIs: LeftAsIs[] = [];

  make(step: Step, action: Noted): void {
    this.steps[step].push(action);
  }

  drop(action: Noted): void {
    this.going.push(action);
  }

  leave(one: LeftAsIs): void {
    this.leftAsIs.push(one);
  }

  batches(): readonly (readonly Action[])[] {
    const going = DELETION_KINDS.flatMap((kind) => sorted(this.going.filter((action) => action.kind === kind)));
    const lists = [...STEPS.map((step) => sorted(this.steps[step])), going].filter((list) => list.length > 0);
    return lists.map((list, index) => list.map((action) => ({ ...action, batch: index + 1 })));
  }

  /** By code, then by path: the same volume gives the same list. */
  left(): readonly LeftAsIs[] {
    return [...this.leftAsIs].sort((a, b) => compareText(a.code, b.code) || compareText(a.path, b.path));
  }
}

function sorted(actions: readonly Noted[]): readonly Noted[] {
  return [...actions].sort((a, b) => compareText(a.path, b.path));
}
