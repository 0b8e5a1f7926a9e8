/** What random registries are made of: things by their numbers, and links to them from repositories. */
import * as fc from 'fast-check';

export interface Link {
  readonly repository: number;
  readonly thing: number;
}

/** Manifests by their numbers: what each names, and what it is about. */
export interface Manifests {
  readonly references: readonly (readonly number[])[];
  readonly subjects: readonly (number | undefined)[];
}

/** So many of them, no fewer and no more. */
export function list<T>(one: fc.Arbitrary<T>, length: number): fc.Arbitrary<T[]> {
  return fc.array(one, { minLength: length, maxLength: length });
}

/** Each thing once in a repository. */
export function links<T extends Link>(one: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> {
  return fc.uniqueArray(one, { maxLength, selector: ({ repository, thing }) => `${repository} ${thing}` });
}

/** Whether a thing keeps itself by way of others: of each thing those that it keeps. */
export function hasCircle(keeps: readonly (readonly number[])[]): boolean {
  const reaches = (from: number, wanted: number, seen = new Set<number>()): boolean =>
    (keeps[from] ?? []).some((next) => next === wanted || (!seen.has(next) && reaches(next, wanted, seen.add(next))));
  return keeps.some((_, thing) => reaches(thing, thing));
}
