import type { Policy } from '../policy/model.ts';
import type { ParsedPolicies } from '../policy/parse.ts';
import type { CheckedPolicy, PolicyCheck } from '../report/model-policy.ts';

/** What a policy file says, or what is wrong with it. `file` is its name, as it was given. */
export function policyCheck(file: string, parsed: ParsedPolicies): PolicyCheck {
  return {
    schema: 'regsweep.policy/1',
    file,
    valid: parsed.valid,
    policies: parsed.valid ? parsed.policies.map(checkedPolicy) : [],
    problems: parsed.valid ? [] : parsed.problems.map((problem) => ({ ...problem, hint: problem.hint ?? null })),
  };
}

function checkedPolicy(policy: Policy): CheckedPolicy {
  return {
    ...policy,
    keepTags: policy.keepTags.map(({ patterns, keepers }) => ({ patterns: textsOf(patterns), keep: keepers })),
    protect: textsOf(policy.protect),
  };
}

function textsOf(patterns: readonly { readonly text: string }[]): string[] {
  return patterns.map(({ text }) => text);
}
