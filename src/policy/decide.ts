/**
 * What a policy says of the tags of one repository. Rules only keep, and any one is enough. Each tag is decided by itself:
 * a digest stays while any tag that is kept names it, and another tag of it may go.
 */
import { imagesInOrder } from './images.ts';
import type { Decision, JudgedTag } from './judged.ts';
import { inTheOrder, judgeBy, judgeFirst, type KeeperContext } from './keepers.ts';
import type { Policy, TagRule } from './model.ts';
import { LAYOUT_BEGAN, ordersByCreated, undatedBecause, usesPushTimes } from './times.ts';
import { spellDay } from './spelling.ts';

export interface DecideContext {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly trustTimes: boolean;
}

/** A decision for each of the tags, in their order. The order of the tags decides nothing. */
export function decide(tags: readonly JudgedTag[], policy: Policy, context: DecideContext): readonly Decision[] {
  const counted = tags.filter((tag) => !tag.isReferrer && tag.image !== undefined);
  const found = new Reasons();
  for (const tag of tags) for (const words of alwaysKept(tag, policy, context)) found.keep(tag, words);
  const keeping = { orderBy: policy.orderBy, now: context.now };
  for (const rule of policy.keepTags) addRule(found, rule, counted, keeping);
  const first = imagesInOrder(inTheOrder(counted, keeping), policy.orderBy);
  for (const [tag, { keeps, words }] of judgeFirst(first, policy.minKeep, 'min-keep')) {
    if (keeps) found.keep(tag, words);
  }
  return tags.map((tag) => decisionOf(tag, policy, found));
}

/** For each tag what keeps it, and what does not. */
class Reasons {
  private readonly keeping = new Map<JudgedTag, string[]>();
  private readonly failing = new Map<JudgedTag, string[]>();

  keep(tag: JudgedTag, words: string): void {
    add(this.keeping, tag, words);
  }

  fail(tag: JudgedTag, words: string): void {
    add(this.failing, tag, words);
  }

  kept(tag: JudgedTag): readonly string[] {
    return this.keeping.get(tag) ?? [];
  }

  failed(tag: JudgedTag): readonly string[] {
    return this.failing.get(tag) ?? [];
  }
}

function add(to: Map<JudgedTag, string[]>, tag: JudgedTag, words: string): void {
  const known = to.get(tag);
  if (known === undefined) to.set(tag, [words]);
  else if (!known.includes(words)) known.push(words);
}

/** What keeps a tag whatever the rules count. */
function* alwaysKept(tag: JudgedTag, policy: Policy, { now, trustTimes }: DecideContext): Iterable<string> {
  if (tag.fixed !== undefined) yield tag.fixed;
  if (tag.image === undefined) yield 'nothing can be told of what it names';
  if (policy.protect.some(({ matches }) => matches(tag.name))) yield 'protected';
  if (tag.isInUse) yield 'digest in use';
  if (tag.isHeldBack) yield 'a referrer of it is too young to go with it';
  if (tag.pushedAt > now) yield 'in the future';
  else if (tag.isYoung) yield 'young';
  if (tag.pushedAt < LAYOUT_BEGAN && !trustTimes && !tag.isReferrer && usesPushTimes(policy)) {
    yield `its push time is lost: ${spellDay(tag.pushedAt)}`;
  }
  const undated = undatedBecause(tag.createdAt, now);
  if (undated !== undefined && tag.image !== undefined && !tag.isReferrer && ordersByCreated(policy)) yield undated;
}

function addRule(found: Reasons, rule: TagRule, tags: readonly JudgedTag[], context: KeeperContext): void {
  const chosen: JudgedTag[] = [];
  const pattern = new Map<JudgedTag, string>();
  for (const tag of tags) {
    const matched = rule.patterns.find(({ matches }) => matches(tag.name));
    if (matched !== undefined) pattern.set(tag, matched.text);
    if (matched !== undefined || rule.patterns.length === 0) chosen.push(tag);
    else found.fail(tag, `does not match ${rule.patterns.map(({ text }) => text).join(', ')}`);
  }
  for (const keeper of rule.keepers) {
    for (const [tag, { keeps, words }] of judgeBy(keeper, chosen, context)) {
      const text = pattern.get(tag);
      if (!keeps) found.fail(tag, words);
      else found.keep(tag, text === undefined ? words : keeper.kind === 'always' ? `matches ${text}` : words);
    }
  }
}

function decisionOf(tag: JudgedTag, policy: Policy, found: Reasons): Decision {
  const kept = found.kept(tag);
  if (kept.length > 0) return { fate: 'stays', reasons: kept };
  if (tag.isReferrer) {
    return policy.deleteReferrers
      ? { fate: 'follows', reasons: [] }
      : { fate: 'stays', reasons: ['signatures and other referrers stay'] };
  }
  const failed = found.failed(tag);
  return { fate: 'goes', reasons: failed.length > 0 ? failed : ['no rule of the policy is about it'] };
}
