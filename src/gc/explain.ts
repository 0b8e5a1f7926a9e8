/** Why each tag stays or goes by the policy of its repository, once marking has told what becomes of those that follow. */
import { NONE, type Inventory } from '../inventory/inventory.ts';
import { shortDigest } from '../layout/digest.ts';
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
export function explainTags(inventory: Inventory, policy: PolicyAnalysis, repository: number): readonly ExplainedTag[] {
  return policy.governed.decisions(repository).map((decided) => explainTag(inventory, policy, repository, decided));
}

function explainTag(
  inventory: Inventory,
  { marking }: PolicyAnalysis,
  repository: number,
  { row, decision, subject }: DecidedTag,
): ExplainedTag {
  const kept = flagAt(marking.tag, row) !== 0;
  const held = flagAt(marking.held, repository);
  if (decision.fate === 'goes' && !kept) return { row, kept, reasons: decision.reasons };
  const reasons = decision.fate === 'stays' ? [...decision.reasons] : [];
  if (held === DAMAGED) reasons.push('its repository is in doubt');
  if (held === EXCLUDED) reasons.push('outside --repo');
  if (decision.fate === 'follows' && (reasons.length === 0 || flagAt(marking.level, subject) !== 0)) {
    const about = subject === NONE ? 'what it is about' : shortDigest(inventory.digests.digest(subject));
    reasons.push(kept ? `${about} stays` : `${about}, which it is about, goes`);
  }
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
        explained = new Map(explainTags(inventory, policy, owner).map((tag) => [tag.row, tag]));
      }
      const why = explained.get(row)?.reasons.join('; ');
      return { code: 'policy', text: `no rule of the policy keeps it${why === undefined ? '' : `: ${why}`}` };
    },
  };
}
