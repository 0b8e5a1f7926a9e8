/** What the schema says against a file, in words, with the nearest word that is known. */
import type * as z from 'zod';
import { DURATION_HINT } from '../shared/durations.ts';
import { nearestName } from '../shared/nearest.ts';
import type { Path, PolicyDocument, PolicyProblem } from './document.ts';
import { policy, policyFile, semverCount, tagRule, untaggedRule } from './schema.ts';
import { refusalOf } from './words.ts';

type Issue = z.core.$ZodIssue;

/** What has words of its own, by the word that it stands under. */
const VOCABULARY: Readonly<Record<string, { readonly called: string; readonly words: readonly string[] }>> = {
  '': { called: 'the file itself', words: Object.keys(policyFile.shape) },
  policies: { called: 'a policy', words: Object.keys(policy.shape) },
  keepTags: { called: 'a rule of keepTags', words: Object.keys(tagRule.shape) },
  keepUntagged: { called: 'keepUntagged', words: Object.keys(untaggedRule.shape) },
  keepSemver: { called: 'keepSemver', words: Object.keys(semverCount.shape) },
};

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map',
  string: 'a text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

/** The problems of a document that its schema has found. */
export function explainIssues(issues: readonly Issue[], document: PolicyDocument): PolicyProblem[] {
  return issues.flatMap((issue) => explain(issue, document));
}

function explain(issue: Issue, document: PolicyDocument): PolicyProblem[] {
  const { path } = issue;
  const here = document.placeOf(path);
  const name = nameOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ ...document.placeOfKey(path, key), ...unknownWord(key, path) }));
    case 'invalid_union':
      return explainUnion(issue, document);
    case 'invalid_type':
      if ((valueAt(document.value, path) ?? undefined) === undefined) return [{ ...here, ...missing(path) }];
      return [{ ...here, message: `${name} must be ${KINDS[issue.expected] ?? issue.expected}` }];
    case 'too_small':
      return [
        {
          ...here,
          message:
            typeof valueAt(document.value, path) === 'number'
              ? `${name} must be ${issue.minimum} or more`
              : `${name} is empty`,
          ...(path.at(-1) === 'keepTags' ? EMPTY_POLICY : {}),
        },
      ];
    case 'too_big':
      return [
        {
          ...here,
          message:
            typeof valueAt(document.value, path) === 'number'
              ? `${name} must be ${issue.maximum} or less`
              : `${name} is longer than ${issue.maximum} characters`,
        },
      ];
    case 'invalid_value':
      return [{ ...here, ...wrongChoice(name, issue.values.map(String), valueAt(document.value, path)) }];
    default:
      return [{ ...here, message: `${quoted(document, path)} ${issue.message}`, ...durationHint(issue.message) }];
  }
}

export const EMPTY_POLICY = {
  message: 'this policy keeps nothing: an empty policy would delete every tag',
  hint: 'say in keepTags what stays; to keep everything, let no policy match the repository',
} as const;

/** Of the forms that a value may have, the one that it tried to have. */
function explainUnion(issue: Extract<Issue, { code: 'invalid_union' }>, document: PolicyDocument): PolicyProblem[] {
  const tried = issue.errors.find(
    (errors) => !errors.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  const isMap = typeof valueAt(document.value, issue.path) === 'object';
  if (tried !== undefined && isMap) {
    return explainIssues(
      tried.map((below) => ({ ...below, path: [...issue.path, ...below.path] })),
      document,
    );
  }
  const message = `${nameOf(issue.path)} ${issue.message}`;
  return [{ ...document.placeOf(issue.path), message, ...durationHint(issue.message) }];
}

function durationHint(message: string): { readonly hint?: string } {
  return message === 'is not a duration' ? { hint: DURATION_HINT } : {};
}

function missing(path: Path): { readonly message: string; readonly hint?: string } {
  const word = path.at(-1);
  if (word === 'keepTags') return EMPTY_POLICY;
  if (word === 'policies' || word === undefined)
    return { message: 'there are no policies', hint: 'policies: is a list with one at least' };
  return { message: `${nameOf(path)} is missing or empty` };
}

function wrongChoice(
  name: string,
  choices: readonly string[],
  given: unknown,
): { readonly message: string; readonly hint?: string } {
  const message = `${name} must be ${choices.join(' or ')}`;
  const nearest = typeof given === 'string' ? nearestWord(given, choices) : undefined;
  return nearest === undefined ? { message } : { message, hint: `did you mean ${nearest}?` };
}

function unknownWord(word: string, path: Path): { readonly message: string; readonly hint?: string } {
  const refusal = refusalOf(word);
  if (refusal !== undefined) {
    return { message: `"${word}" is refused: ${refusal.why}`, hint: `instead: ${refusal.hint}` };
  }
  const under = path.findLast((step) => typeof step === 'string') ?? '';
  const { called, words } = VOCABULARY[under] ?? { called: 'this place', words: [] };
  const message = `"${word}" is no word of ${called}`;
  const elsewhere = Object.values(VOCABULARY).find((other) => other.words.includes(word));
  if (elsewhere !== undefined) return { message, hint: `it belongs to ${elsewhere.called}` };
  const nearest = nearestWord(word, words);
  return { message, hint: nearest === undefined ? `known: ${words.join(', ')}` : `did you mean ${nearest}?` };
}

/** First the same letters, however they are joined: `keep_tags`, `keep-tags` and `KEEPTAGS`. */
function nearestWord(word: string, words: readonly string[]): string | undefined {
  const letters = (text: string): string => text.replaceAll(/[-_\s]/g, '').toLowerCase();
  return words.find((known) => letters(known) === letters(word)) ?? nearestName(word, words);
}

function nameOf(path: Path): string {
  const named = path.findLastIndex((step) => typeof step === 'string');
  if (named < 0) return 'the file';
  const place = path[named + 1];
  const name = String(path[named]);
  return typeof place === 'number' ? `"${name}" (${place + 1})` : `"${name}"`;
}

/** A text as it stands in the file, where the value is one. */
function quoted(document: PolicyDocument, path: Path): string {
  const value = valueAt(document.value, path);
  return typeof value === 'string' ? `"${value}"` : nameOf(path);
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return found;
}
