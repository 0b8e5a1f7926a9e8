/** The address is the state: what is shown stands in the query of the URL, so a link can be shared and "back" works. */

export const SORTS = [
  'name',
  'size',
  'exclusive',
  'reclaimable',
  'orphaned-bytes',
  'untagged',
  'tags',
  'revisions',
  'growth',
  'pushed',
] as const;
export type Sort = (typeof SORTS)[number];

/** How the table of repositories is looked at. */
export interface RepositoriesView {
  readonly view: 'repositories';
  readonly search: string;
  readonly by: Sort;
  readonly descending: boolean;
  /** From 0. */
  readonly page: number;
}

export type View =
  /** `at`: the part of the volume that the map shows; empty for the whole. */
  | { readonly view: 'overview'; readonly at: string }
  | RepositoriesView
  | { readonly view: 'repository'; readonly name: string }
  /** `reference` is `:tag` or `@digest`. */
  | { readonly view: 'manifest'; readonly repository: string; readonly reference: string }
  | { readonly view: 'why'; readonly reference: string }
  | { readonly view: 'search'; readonly query: string }
  | { readonly view: 'damage' }
  | { readonly view: 'policy' }
  | { readonly view: 'runs' };

export const WHOLE_VOLUME: View = { view: 'overview', at: '' };

export const ALL_REPOSITORIES: RepositoriesView = {
  view: 'repositories',
  search: '',
  by: 'reclaimable',
  descending: true,
  page: 0,
};

/** What the query of an address shows; whatever is no view of ours is the overview. */
export function viewOf(query: string): View {
  const given = new URLSearchParams(query);
  const value = (name: string): string => given.get(name) ?? '';
  switch (value('view')) {
    case 'repositories':
      return repositoriesOf(value);
    case 'repository':
      return { view: 'repository', name: value('name') };
    case 'manifest':
      return { view: 'manifest', repository: value('repository'), reference: value('reference') };
    case 'why':
      return { view: 'why', reference: value('reference') };
    case 'search':
      return { view: 'search', query: value('q') };
    case 'damage':
      return { view: 'damage' };
    case 'policy':
      return { view: 'policy' };
    case 'runs':
      return { view: 'runs' };
    default:
      return { view: 'overview', at: value('at') };
  }
}

function repositoriesOf(value: (name: string) => string): RepositoriesView {
  const by = SORTS.find((sort) => sort === value('by')) ?? ALL_REPOSITORIES.by;
  const order = value('order');
  const page = Number(value('page')) - 1;
  return {
    view: 'repositories',
    search: value('search'),
    by,
    descending: order === '' ? by !== 'name' : order === 'descending',
    page: Number.isSafeInteger(page) && page > 0 ? page : 0,
  };
}

/** The address of a view, beginning with `?`. */
export function addressOf(view: View): string {
  return `?${new URLSearchParams(parametersOf(view)).toString()}`;
}

function parametersOf(view: View): Record<string, string> {
  switch (view.view) {
    case 'repositories':
      return {
        view: view.view,
        ...(view.search !== '' && { search: view.search }),
        by: view.by,
        order: view.descending ? 'descending' : 'ascending',
        ...(view.page > 0 && { page: String(view.page + 1) }),
      };
    case 'search':
      return { view: view.view, q: view.query };
    case 'overview':
      return { view: view.view, ...(view.at !== '' && { at: view.at }) };
    default:
      return { ...view };
  }
}

/** What a view is about, as its heading says it. */
export function headingOf(view: View): string {
  switch (view.view) {
    case 'overview':
      return 'Overview';
    case 'repositories':
      return 'Repositories';
    case 'repository':
      return view.name;
    case 'manifest':
      return view.repository + view.reference;
    case 'why':
      return `Why is ${view.reference} here?`;
    case 'search':
      return view.query === '' ? 'Search' : `Search for “${view.query}”`;
    case 'damage':
      return 'Damage';
    case 'policy':
      return 'Policy';
    case 'runs':
      return 'Runs';
  }
}

/** Views of one place: to sort, to turn a page or to look closer is no navigation, and moves no focus. */
export function placeOf(view: View): string {
  return view.view === 'repositories' || view.view === 'overview' ? view.view : addressOf(view);
}
