import type { RetentionOfRepository } from './model.ts';

/** What becomes of one tag by its policy, and why. */
export type Fate = Pick<RetentionOfRepository, 'repository' | 'policy'> & RetentionOfRepository['tags'][number];

/** Every tag that a policy says something of, a row each. */
export function fatesOf(retention: readonly RetentionOfRepository[]): readonly Fate[] {
  return retention.flatMap(({ repository, policy, tags }) => tags.map((tag) => ({ repository, policy, ...tag })));
}

/** In a word, for a column of its own. */
export function fateWord({ kept }: Pick<Fate, 'kept'>): string {
  return kept ? 'stays' : 'goes';
}
