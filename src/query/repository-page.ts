/** A page of the table of repositories. */
import { RANK_KEYS, type RepositoryRow } from '../report/model.ts';
import type { RepositoryPage } from '../report/model-serve.ts';
import { compareText } from '../shared/problem.ts';
import { hasWords } from '../shared/search-words.ts';
import { compareDescending, RANK_VALUES } from './rank.ts';

export interface PageRequest {
  /** Words that a name must have. */
  readonly search: string;
  /** A `RankKey`, `name` or `pushed`. */
  readonly by: string;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** `undefined` where nothing is ordered by that. Equals by name; what is not known comes last either way. */
export function repositoryPage(rows: readonly RepositoryRow[], request: PageRequest): RepositoryPage | undefined {
  const compare = comparatorOf(request);
  if (compare === undefined) return undefined;
  const isWanted = hasWords(request.search);
  const found = rows.filter(({ name }) => isWanted(name));
  const { offset, limit } = request;
  return { total: found.length, rows: found.toSorted(compare).slice(offset, offset + limit) };
}

function comparatorOf({ by, descending }: PageRequest): ((a: RepositoryRow, b: RepositoryRow) => number) | undefined {
  if (by === 'name') return (a, b) => (descending ? compareText(b.name, a.name) : compareText(a.name, b.name));
  const key = RANK_KEYS.find((one) => one === by);
  const valueOf = by === 'pushed' ? pushedAt : key === undefined ? undefined : RANK_VALUES[key];
  if (valueOf === undefined) return undefined;
  return (a, b) => {
    const [first, second] = [valueOf(a), valueOf(b)];
    const order = compareDescending(first, second);
    const isKnown = first !== null && second !== null;
    return (descending || !isKnown ? order : -order) || compareText(a.name, b.name);
  };
}

function pushedAt({ lastPushedAt }: RepositoryRow): number | null {
  return lastPushedAt === null ? null : Date.parse(lastPushedAt);
}
