/** The text of a policy file to policies, or to everything that is wrong with it. */
import { AppError, SeveralErrors } from '../shared/errors.ts';
import { findContradictions } from './contradictions.ts';
import { readDocument, type PolicyProblem } from './document.ts';
import { explainIssues } from './issues.ts';
import type { Policy } from './model.ts';
import { policiesOf } from './policies.ts';
import { policyFile } from './schema.ts';

export type ParsedPolicies =
  | { readonly valid: true; readonly policies: readonly Policy[] }
  /** At least one problem, in the order of the file. */
  | { readonly valid: false; readonly problems: readonly PolicyProblem[] };

/** Parses the YAML of a policy file. Nothing is thrown. */
export function parsePolicies(text: string): ParsedPolicies {
  const document = readDocument(text);
  const problems = [...document.problems];
  if (document.value !== undefined) {
    const checked = policyFile.safeParse(document.value);
    problems.push(...findContradictions(document));
    if (checked.success && problems.length === 0) return { valid: true, policies: policiesOf(checked.data) };
    problems.push(...explainIssues(checked.error?.issues ?? [], document));
  }
  return { valid: false, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

/** The policies of `file`, whose text is given. Throws `policy-invalid` with all that is wrong, by line and column. */
export function readPolicies(file: string, text: string): readonly Policy[] {
  const parsed = parsePolicies(text);
  if (!parsed.valid) throw policyErrors(file, parsed.problems);
  return parsed.policies;
}

/** All problems of a file as one failure: each names file, line and column. */
export function policyErrors(file: string, problems: readonly PolicyProblem[]): SeveralErrors {
  return new SeveralErrors(
    'policy-invalid',
    problems.map(
      ({ line, column, message, hint }) =>
        new AppError('policy-invalid', `${file}:${line}:${column}: ${message}`, hint),
    ),
  );
}
