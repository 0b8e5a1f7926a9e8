/** What no schema can say of a policy file. It looks at the value as it is, so that it speaks beside the schema's errors. */
import type { Path, PolicyDocument, PolicyProblem } from './document.ts';
import { EMPTY_POLICY } from './issues.ts';
import { nameOfPolicy } from './policies.ts';
import { SYNONYMS } from './words.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Two words for one thing, a policy without any rule, two policies of one name, excluded repositories alone. */
export function findContradictions(document: PolicyDocument): PolicyProblem[] {
  const policies = isFields(document.value) ? listOf(document.value['policies']) : [];
  return [
    ...policies.flatMap((policy, at) => (isFields(policy) ? inPolicy(document, policy, ['policies', at]) : [])),
    ...sameNames(document, policies),
  ];
}

function inPolicy(document: PolicyDocument, policy: Fields, path: Path): PolicyProblem[] {
  const rules = listOf(policy['keepTags']);
  const problems = rules.flatMap((rule, at) => twoWords(document, rule, [...path, 'keepTags', at]));
  problems.push(...twoWords(document, policy['keepUntagged'], [...path, 'keepUntagged']));
  for (const [at, rule] of rules.entries()) {
    if (!isFields(rule) || Object.keys(rule).length > 0) continue;
    const message = rules.length === 1 ? EMPTY_POLICY.message : 'this rule keeps nothing: it is empty';
    const hint = 'name patterns or a rule; always: true keeps all tags';
    problems.push({ ...document.placeOf([...path, 'keepTags', at]), message, hint });
  }
  const untagged = policy['keepUntagged'];
  if (isFields(untagged) && Object.keys(untagged).length === 0) {
    const message = '"keepUntagged" is empty';
    problems.push({ ...document.placeOf([...path, 'keepUntagged']), message, hint: 'false keeps none, true all' });
  }
  return problems;
}

function twoWords(document: PolicyDocument, rule: unknown, path: Path): PolicyProblem[] {
  if (!isFields(rule)) return [];
  return Object.entries(SYNONYMS)
    .filter((pair) => pair.every((word) => Object.hasOwn(rule, word)))
    .map(([synonym, word]) => ({
      ...document.placeOfKey(path, synonym),
      message: `"${synonym}" and "${word}" are two words for one thing`,
      hint: `leave one of them out`,
    }));
}

/** A reason names its policy: two of one name would leave open which. */
function sameNames(document: PolicyDocument, policies: readonly unknown[]): PolicyProblem[] {
  const names = policies.map((policy, at) => {
    const name = isFields(policy) ? policy['name'] : undefined;
    return typeof name === 'string' ? name : nameOfPolicy(undefined, at);
  });
  return names.flatMap((name, at) =>
    names.indexOf(name) < at
      ? [{ ...document.placeOf(['policies', at, 'name']), message: `another policy is named "${name}"` }]
      : [],
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
