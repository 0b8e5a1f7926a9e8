/** What a selection would free, in the words of the page. */
import { explainTags } from '../gc/explain.ts';
import { planTotals } from '../gc/plan-totals.ts';
import type { Effect, Selection } from '../report/model-serve.ts';
import { flagAt } from '../shared/columns.ts';
import { reclaimableOf } from './report.ts';
import type { PlannedSelection, Unplannable } from './planned-selection.ts';

/** Tags of a policy that go, and as many that stay. */
const MOST_TAGS = 100;

const NOTHING: Effect['counts'] = {
  blobs: { count: 0, bytes: 0, diskBytes: 0 },
  revisions: { count: 0 },
  tags: { count: 0 },
  tagIndexEntries: { count: 0 },
  layerLinks: { count: 0 },
  uploads: { count: 0, bytes: 0, diskBytes: 0 },
  emptyDirectories: { count: 0 },
};

/** `shown`: the words that show the same plan, and of which index it is. */
export function effectOf(
  planned: PlannedSelection | Unplannable,
  shown: Pick<Effect, 'command' | 'generation'>,
): Effect {
  const { refusals } = planned;
  if (!('plan' in planned)) {
    const freed = { bytes: 0, diskBytes: 0, inodes: 0 };
    const none = { tags: [], tagsKept: 0, tagsGoing: 0, unstated: 0 };
    return { possible: false, actions: 0, freed, counts: NOTHING, refusals, ...none, ...shown };
  }
  const { analysis, plan } = planned;
  const totals = planTotals(analysis.inventory, plan);
  const { blobs, revisions, tags, tagIndexEntries, layerLinks, uploads, emptyDirectories } = reclaimableOf(totals);
  const { bytes, diskBytes, inodes } = totals.total;
  return {
    possible: true,
    actions: totals.total.count,
    freed: { bytes, diskBytes, inodes },
    unstated: totals.unstated.blobs + totals.unstated.links,
    counts: { blobs, revisions, tags, tagIndexEntries, layerLinks, uploads, emptyDirectories },
    refusals,
    tags: tagsOf(planned),
    tagsGoing: plan.tags.length,
    tagsKept: analysis.inventory.tags.name.length - plan.tags.length,
    ...shown,
  };
}

/** Those that go first: they are what somebody looks for who edits a policy. */
function tagsOf({ mode, analysis: { inventory, policy } }: PlannedSelection): Effect['tags'] {
  if (mode !== 'policy' || policy === undefined) return [];
  const { tags, repositories } = inventory;
  const going: Effect['tags'][number][] = [];
  const kept: Effect['tags'][number][] = [];
  const isWanted = (row: number): boolean => (flagAt(policy.marking.tag, row) === 0 ? going : kept).length < MOST_TAGS;
  for (const [id, { name }] of repositories.entries()) {
    const { start, order } = tags.byRepository;
    const rows = order.subarray(start[id], start[id + 1]);
    if (policy.governed.policyOf(id) === undefined || !rows.some(isWanted)) continue;
    for (const { row, kept: stays, reasons } of explainTags(policy, id)) {
      if (isWanted(row))
        (stays ? kept : going).push({ repository: name, tag: tags.name[row] ?? '', kept: stays, reasons });
    }
  }
  return [...going, ...kept];
}

/** The words after `regsweep` that show the plan of a selection; a policy stands in them as `policy.yml`. */
export function commandWords(selection: Selection, root: string, options: readonly string[]): readonly string[] {
  switch (selection.kind) {
    case 'references':
      return ['rm', root, ...selection.references, ...options];
    case 'mode':
      return ['sweep', root, ...(selection.mode === 'untagged' ? ['--untagged'] : []), ...options];
    case 'policy':
      return ['sweep', root, '--policy', 'policy.yml', ...options];
  }
}
