/** Why each tag stays or goes by the policy of its repository, once marking has told what becomes of those that follow. */
import { NONE } from '../inventory/inventory.ts';
import { at, flagAt } from '../shared/columns.ts';
import type { ActionContext } from './actions.ts';
import type { Analysis, PolicyAnalysis } from './analysis.ts';
import { DAMAGED, EXCLUDED } from './mark.ts';
import type { DecidedTag } from './retention.ts';

export interface ExplainedTag {
  /** Row of `tags`. */
  readonly row: number;
  readonly kept: boolean;
  /** What keeps it, or why nothing does: one at least. */
  readonly reasons: readonly string[];
}

/** The tags of a repository in the order of their rows; none where no policy governs it. */
export function explainTags(policy: PolicyAnalysis, repository: number): readonly ExplainedTag[] {
  return policy.governed.decisions(repository).map((decided) => explainTag(policy, repository, decided));
}

function explainTag(
  { marking }: PolicyAnalysis,
  repository: number,
  { row, decision: { fate, reasons: decided }, subject }: DecidedTag,
): ExplainedTag {
  const kept = flagAt(marking.tag, row) !== 0;
  if (fate === 'goes' && !kept) return { row, kept, reasons: decided };
  const reasons = fate === 'stays' ? [...decided] : [];
  const held = flagAt(marking.held, repository);
  if (held === DAMAGED) reasons.push('its repository is in doubt');
  if (held === EXCLUDED) reasons.push('outside --repo');
  if (fate === 'follows') {
    if (flagAt(marking.level, subject) !== 0) reasons.push('what it is about stays');
    else if (!kept) reasons.push('what it is about goes');
  }
  if (reasons.length === 0) reasons.push('not needed for the target');
  return { row, kept, reasons };
}

/** What actions say of tags that go by a policy; nothing where there is none. */
export function tagReasons({ inventory, policy }: Analysis): Pick<ActionContext, 'tagReason'> {
  if (policy === undefined) return {};
  // A plan names the tags of a repository one after the other.
  let repository = NONE;
  let explained: ReadonlyMap<number, ExplainedTag> = new Map();
  return {
    tagReason: (row) => {
      const owner = at(inventory.tags.repository, row);
      if (owner !== repository) {
        repository = owner;
        explained = new Map(explainTags(policy, owner).map((tag) => [tag.row, tag]));
      }
      const why = explained.get(row)?.reasons.join('; ');
      return { code: 'policy', text: `no rule of the policy keeps it${why === undefined ? '' : `: ${why}`}` };
    },
  };
}
