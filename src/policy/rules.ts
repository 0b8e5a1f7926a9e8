/** The rules by which policies keep something, one by one, and the policies without one of them. */
import type { Keeper, Policy, Retention, TagRule } from './model.ts';
import { spellDuration } from './spelling.ts';

export interface KeepingRule {
  /** The name of its policy; null: it holds beside all policies. */
  readonly policy: string | null;
  /** The word of a policy file, or `keepDigests`. `deleteReferrers` keeps where it is false. */
  readonly rule: 'keepTags' | 'protect' | 'minKeep' | 'keepUntagged' | 'delay' | 'deleteReferrers' | 'keepDigests';
  /** Its place in a list of rules, from 0 up; null where there is no list. */
  readonly index: number | null;
  /** Of a rule with several reasons to keep a tag one of them, by its place from 0 up; null: the rule as a whole. */
  readonly keeper: number | null;
  /** In the words of the reasons that it gives. */
  readonly text: string;
}

export interface RuleLeftOut {
  readonly rule: KeepingRule;
  /** All else as it was: policies that have nothing of the rule are the same objects. What only it kept may go. */
  readonly without: Retention;
}

/** Every rule, in the order of the file. A policy without any is not an empty policy, which keeps all: it keeps nothing. */
export function* eachLeftOut(retention: Retention): Iterable<RuleLeftOut> {
  for (const [at, policy] of retention.policies.entries()) {
    for (const { rule, less } of rulesOf(policy)) {
      const policies = retention.policies.with(at, { ...policy, ...less });
      yield { rule: { policy: policy.name, ...rule }, without: { ...retention, policies } };
    }
  }
  if (retention.keepDigests.size === 0 && (retention.keepTagged ?? []).length === 0) return;
  const rule = { policy: null, rule: 'keepDigests', index: null, keeper: null, text: 'digest in use' } as const;
  yield { rule, without: { ...retention, keepDigests: new Set(), keepTagged: [] } };
}

interface RuleOfPolicy {
  readonly rule: Omit<KeepingRule, 'policy'>;
  /** What the policy is without it. */
  readonly less: Partial<Policy>;
}

function* rulesOf(policy: Policy): Iterable<RuleOfPolicy> {
  const { protect, minKeep, delaySeconds, deleteReferrers } = policy;
  for (const [index, entry] of policy.keepTags.entries()) yield* rulesOfEntry(policy, index, entry);
  if (protect.length > 0) {
    yield ruleOf('protect', `protected: ${protect.map(({ text }) => text).join(', ')}`, { protect: [] });
  }
  if (minKeep > 0) yield ruleOf('minKeep', `min-keep ${minKeep}`, { minKeep: 0 });
  yield* rulesOfUntagged(policy);
  if (delaySeconds > 0) yield ruleOf('delay', `younger than ${spellDuration(delaySeconds)}`, { delaySeconds: 0 });
  if (!deleteReferrers) {
    yield ruleOf('deleteReferrers', 'signatures and other referrers stay', { deleteReferrers: true });
  }
}

function ruleOf(rule: KeepingRule['rule'], text: string, less: Partial<Policy>): RuleOfPolicy {
  return { rule: { rule, index: null, keeper: null, text }, less };
}

/** An entry of `keepTags`, and where it has several keepers each of them by itself. */
function* rulesOfEntry({ keepTags }: Policy, index: number, { patterns, keepers }: TagRule): Iterable<RuleOfPolicy> {
  const tags = patterns.length === 0 ? '' : `${patterns.map(({ text }) => text).join(', ')}: `;
  const text = tags + keepers.map(spellKeeper).join(', ');
  yield { rule: { rule: 'keepTags', index, keeper: null, text }, less: { keepTags: keepTags.toSpliced(index, 1) } };
  if (keepers.length < 2) return;
  for (const [at, keeper] of keepers.entries()) {
    const less = { keepTags: keepTags.with(index, { patterns, keepers: keepers.toSpliced(at, 1) }) };
    yield { rule: { rule: 'keepTags', index, keeper: at, text: spellKeeper(keeper) }, less };
  }
}

function* rulesOfUntagged({ keepUntagged }: Policy): Iterable<RuleOfPolicy> {
  if (keepUntagged !== 'all' && keepUntagged.length === 0) return;
  const all = keepUntagged === 'all' ? 'all' : keepUntagged.map(spellKeeper).join(', ');
  yield ruleOf('keepUntagged', `untagged: ${all}`, { keepUntagged: [] });
  if (keepUntagged === 'all' || keepUntagged.length < 2) return;
  for (const [at, keeper] of keepUntagged.entries()) {
    const rule = { rule: 'keepUntagged', index: null, keeper: at, text: spellKeeper(keeper) } as const;
    yield { rule, less: { keepUntagged: keepUntagged.toSpliced(at, 1) } };
  }
}

function spellKeeper(keeper: Keeper): string {
  switch (keeper.kind) {
    case 'always':
      return 'all';
    case 'last':
      return `last ${keeper.count}`;
    case 'within':
      return `within ${spellDuration(keeper.seconds)}`;
    case 'calendar':
      return `${keeper.calendar} ${keeper.count}`;
    case 'semver':
      return `semver ${keeper.count}${keeper.per === undefined ? '' : ` of each ${keeper.per}`}`;
  }
}
