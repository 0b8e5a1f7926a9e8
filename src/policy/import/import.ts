/** Policies of other registries in our words. */
import { AppError, SeveralErrors } from '../../shared/errors.ts';
import { nestsTooDeep } from '../../shared/nesting.ts';
import { readDocument } from '../document.ts';
import { policyErrors } from '../parse.ts';
import { importEcr } from './ecr.ts';
import { importHarbor } from './harbor.ts';
import { cannotImport, type Fields, fieldsOf, listOf, type Translation } from './translation.ts';
import { importZot } from './zot.ts';

export const SOURCES = ['ecr', 'harbor', 'zot'] as const;
export type Source = (typeof SOURCES)[number];

const IMPORTERS = { ecr: importEcr, harbor: importHarbor, zot: importZot } as const;

/**
 * Translates the policy of another registry, JSON or YAML: of `from`, or of whom it looks like. Throws `policy-invalid`, and
 * `usage` where nobody can tell whose it is.
 */
export function importPolicies(
  file: string,
  text: string,
  from: Source | undefined,
): Translation & { readonly from: Source } {
  const document = unwrapped(documentOf(file, text));
  const source = from ?? guessSource(document);
  if (source === undefined) {
    throw new AppError('usage', `${file} looks like no policy of ${SOURCES.join(', ')}`, `--from says whose it is`);
  }
  try {
    return { from: source, ...IMPORTERS[source](document) };
  } catch (error) {
    if (!(error instanceof AppError) || error instanceof SeveralErrors) throw error;
    throw new AppError(error.code, `${file}: ${error.message}`, error.hint);
  }
}

function documentOf(file: string, text: string): Fields {
  const fields = fieldsOf(parsed(file, text));
  if (fields === undefined) throw cannotImport(`${file} holds no map`);
  return fields;
}

/** JSON may be indented by tabs, which YAML does not like. */
function parsed(file: string, text: string): unknown {
  try {
    if (!nestsTooDeep(text)) return JSON.parse(text);
  } catch {
    // It may be YAML.
  }
  const { value, problems } = readDocument(text);
  if (problems.length > 0) throw policyErrors(file, problems);
  return value;
}

/** What `aws ecr get-lifecycle-policy` prints holds the policy as a text. */
function unwrapped(document: Fields): Fields {
  const { lifecyclePolicyText: text } = document;
  if (typeof text !== 'string') return document;
  try {
    return fieldsOf(JSON.parse(text)) ?? document;
  } catch {
    return document;
  }
}

function guessSource(document: Fields): Source | undefined {
  const rules = listOf(document['rules']).map((rule) => fieldsOf(rule) ?? {});
  if (rules.some((rule) => 'selection' in rule)) return 'ecr';
  if (rules.some((rule) => 'template' in rule)) return 'harbor';
  const has = (word: string): boolean => Object.keys(document).some((name) => name.toLowerCase() === word);
  return has('storage') || has('retention') || has('policies') ? 'zot' : undefined;
}
