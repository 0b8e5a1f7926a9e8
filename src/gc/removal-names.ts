/** What `rm` is told to remove: references as the operator writes them, and the rows of an inventory that they name. */
import type { Inventory } from '../inventory/inventory.ts';
import { parseRepositoryName, parseTagName, type RepositoryName, type TagName } from '../layout/names.ts';
import { at, rowsOf } from '../shared/columns.ts';
import { AppError } from '../shared/errors.ts';
import { checkedGlobs, globsWithoutMatch, repositoryFilter } from '../shared/globs.ts';
import type { PlanHeader } from './plan-file.ts';
import { findRevision, findTag, noSuchRepository, splitReference, type Suggesting } from './references.ts';

export type Reference = Named & {
  /** A plan that was made earlier names it: part of that may have been carried out, and what is gone is no failure. */
  readonly mayBeGone?: boolean;
};

type Named =
  | { readonly kind: 'tag'; readonly text: string; readonly repository: RepositoryName; readonly tag: TagName }
  /** `digest` may be cut short, and be without its algorithm. */
  | { readonly kind: 'digest'; readonly text: string; readonly repository: RepositoryName; readonly digest: string }
  | { readonly kind: 'repository'; readonly text: string; readonly repository: RepositoryName }
  /** As `--repo` takes it: every repository that it matches. */
  | { readonly kind: 'repositories'; readonly text: string; readonly glob: string };

/** What is named, one flag a row. What hangs on it is for `buildRemoval` to find. */
export interface Removal {
  /** Repositories that are named whole. */
  readonly repositories: Uint8Array;
  readonly tags: Uint8Array;
  /** Revisions that are named by their digest. */
  readonly revisions: Uint8Array;
}

/** None of these stands in a name, a tag or a digest. */
const GLOB = /[*?[\]{}()!]/;
const BEGINNING_OF_DIGEST = /^(?:[a-z0-9+._-]+:)?[0-9a-f]+$/;

/** `REPO:TAG`, `REPO@DIGEST`, `REPO`, `REPO/**`. Throws `usage` for what is none of these. */
export function parseReferences(texts: readonly string[]): readonly Reference[] {
  return texts.map((text) => {
    const reference = GLOB.test(text) ? parseGlob(text) : parseName(text);
    if (reference !== undefined) return reference;
    throw new AppError(
      'usage',
      `${text} names no tag, revision or repository`,
      'REPO:TAG, REPO@DIGEST (or its beginning), REPO, or a glob of repositories such as "REPO/**"',
    );
  });
}

function parseGlob(text: string): Reference | undefined {
  // Tags and digests are named one by one: a glob of them would take what was pushed a moment ago.
  if (/[:@]/.test(text) || text.startsWith('!')) return undefined;
  checkedGlobs([text]);
  return { kind: 'repositories', text, glob: text };
}

function parseName(text: string): Reference | undefined {
  const named = splitReference(text);
  const repository = parseRepositoryName(named?.repository ?? text);
  if (repository === undefined) return undefined;
  if (named === undefined) return { kind: 'repository', text, repository };
  if (named.digest !== undefined) {
    return BEGINNING_OF_DIGEST.test(named.digest)
      ? { kind: 'digest', text, repository, digest: named.digest }
      : undefined;
  }
  const tag = parseTagName(named.tag);
  return tag === undefined ? undefined : { kind: 'tag', text, repository, tag };
}

/** The references that a plan file was made of. Throws `plan-invalid` where it does not say. */
export function referencesOfPlan({ references }: PlanHeader['options']): readonly Reference[] {
  if (references === undefined || references.length === 0) {
    throw new AppError('plan-invalid', 'the plan cannot be used: it does not say what it was told to remove');
  }
  return parseReferences(references).map((reference) => ({ ...reference, mayBeGone: true }));
}

/** The rows that are named. Throws `no-such-name`, `ambiguous-name`: of several that fail, all are told. */
export function resolveRemoval(inventory: Inventory, references: readonly Reference[]): Removal {
  const removal = {
    repositories: new Uint8Array(inventory.repositories.length),
    tags: new Uint8Array(inventory.tags.name.length),
    revisions: new Uint8Array(inventory.revisions.digest.length),
  };
  const rowOf = new Map(inventory.repositories.map(({ name }, row) => [name, row]));
  const failures: { readonly text: string; readonly error: AppError }[] = [];
  for (const reference of references) {
    // No hint but that of the first is told.
    const suggesting = failures.length === 0 && reference.mayBeGone !== true ? 'suggest' : 'bare';
    try {
      resolveOne(inventory, rowOf, reference, removal, suggesting);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (reference.mayBeGone === true && error.code === 'no-such-name') continue;
      failures.push({ text: reference.text, error });
    }
  }
  const [first] = failures;
  if (first === undefined) return removal;
  const message = failures.map(({ text, error }) => `${text}: ${error.message}`).join('; ');
  throw new AppError(first.error.code, message, first.error.hint);
}

/** `rowOf`: the rows of repositories by their names, for there may be thousands of references. */
function resolveOne(
  inventory: Inventory,
  rowOf: ReadonlyMap<string, number>,
  reference: Reference,
  removal: Removal,
  suggesting: Suggesting,
): void {
  if (reference.kind === 'repositories') {
    const names = inventory.repositories.map(({ name }) => name);
    if (globsWithoutMatch([reference.glob], names).length > 0) {
      throw new AppError('no-such-name', 'it matches no repository', 'regsweep ls ROOT lists them');
    }
    const matches = repositoryFilter([reference.glob]);
    for (const [row, name] of names.entries()) if (matches(name)) removal.repositories[row] = 1;
    return;
  }
  const repository = rowOf.get(reference.repository);
  if (repository === undefined) throw noSuchRepository(inventory, reference.repository, suggesting);
  if (reference.kind === 'repository') removal.repositories[repository] = 1;
  else if (reference.kind === 'tag') removal.tags[findTag(inventory, repository, reference.tag, suggesting)] = 1;
  else {
    const id = findRevision(inventory, repository, reference.digest);
    for (const row of rowsOf(inventory.revisions.byRepository, repository)) {
      if (at(inventory.revisions.digest, row) === id) removal.revisions[row] = 1;
    }
  }
}
