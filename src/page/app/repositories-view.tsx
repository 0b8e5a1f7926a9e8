/** All repositories: sorted, searched and turned page by page on the server, for there may be a hundred thousand. */
import { useEffect, useState } from 'preact/hooks';
import { formatCount, formatSignedBytes } from '../../report/format.ts';
import { NO_REPOSITORY, type RepositoryRow } from '../../report/model.ts';
import { SORTS, type RepositoriesView, type Sort } from './address.ts';
import { useAnswer } from './answer.ts';
import type { Chosen } from './choice.tsx';
import { Bytes, Day, Name } from './name.tsx';
import { Link, useNavigation } from './navigation.tsx';
import { Pager } from './pager.tsx';
import { Shown } from './shown.tsx';
import { Table, type Column, type Order } from './table.tsx';

const PER_PAGE = 50;
const TYPING_MILLISECONDS = 200;

const COLUMNS: readonly (Column<RepositoryRow> & { readonly sort: Sort })[] = [
  { head: 'Repository', sort: 'name', cell: ({ name }) => <RepositoryLink name={name} /> },
  { head: 'Size', sort: 'size', isNumber: true, cell: ({ bytes }) => <Bytes bytes={bytes} /> },
  {
    head: 'Exclusive',
    sort: 'exclusive',
    isNumber: true,
    cell: ({ exclusiveBytes: bytes }) => <Bytes bytes={bytes} />,
  },
  {
    head: 'Reclaimable',
    sort: 'reclaimable',
    isNumber: true,
    cell: ({ reclaimableBytes: bytes }) => <Bytes bytes={bytes} />,
  },
  {
    head: 'Orphaned',
    sort: 'orphaned-bytes',
    isNumber: true,
    cell: ({ orphanedBytes: bytes }) => <Bytes bytes={bytes} />,
  },
  { head: 'Tags', sort: 'tags', isNumber: true, cell: ({ tags }) => formatCount(tags) },
  { head: 'Revisions', sort: 'revisions', isNumber: true, cell: ({ revisions }) => formatCount(revisions) },
  { head: 'Untagged', sort: 'untagged', isNumber: true, cell: ({ untaggedRevisions: count }) => formatCount(count) },
  {
    head: 'Growth',
    sort: 'growth',
    isNumber: true,
    cell: ({ growthBytes: bytes }) => (bytes === null ? '–' : formatSignedBytes(bytes)),
  },
  { head: 'Last push', sort: 'pushed', isNumber: true, cell: ({ lastPushedAt }) => <Day iso={lastPushedAt} /> },
];

function RepositoryLink({ name }: { readonly name: string }) {
  if (name === NO_REPOSITORY) return <span>{name}</span>;
  return (
    <Link to={{ view: 'repository', name }}>
      <Name text={name} />
    </Link>
  );
}

function chosenOf({ name }: RepositoryRow): Chosen | null {
  return name === NO_REPOSITORY ? null : { kind: 'repository', repository: name };
}

export function RepositoriesTable({ view }: { readonly view: RepositoriesView }) {
  const { go } = useNavigation();
  const answer = useAnswer(
    '/api/repositories',
    {
      ...(view.search !== '' && { search: view.search }),
      by: view.by,
      descending: String(view.descending),
      offset: String(view.page * PER_PAGE),
      limit: String(PER_PAGE),
    },
    { keep: true },
  );
  const order = ({ by, descending }: Order): void =>
    go({ ...view, by: SORTS.find((sort) => sort === by) ?? view.by, descending, page: 0 }, 'replace');
  return (
    <>
      <Filter view={view} />
      <Shown answer={answer}>
        {({ rows, total }) => (
          <>
            <Table
              caption="Repositories, with what they hold. Exclusive bytes go if just this repository goes."
              columns={COLUMNS}
              rows={rows}
              keyOf={({ name }) => name}
              order={view}
              onOrder={order}
              chosenOf={chosenOf}
              none={view.search === '' ? 'This registry holds no repository.' : 'No repository has that in its name.'}
              isBusy={answer.isAsking}
            />
            <Pager
              of="repositories"
              page={view.page}
              perPage={PER_PAGE}
              total={total}
              onPage={(page) => go({ ...view, page }, 'replace')}
            />
          </>
        )}
      </Shown>
    </>
  );
}

/** Finds while one types, without a step back for each letter. */
function Filter({ view }: { readonly view: RepositoriesView }) {
  const { go } = useNavigation();
  const [text, setText] = useState(view.search);
  useEffect(() => setText(view.search), [view.search]);
  useEffect(() => {
    if (text === view.search) return undefined;
    const timer = setTimeout(() => go({ ...view, search: text, page: 0 }, 'replace'), TYPING_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="controls">
      <label for="repositories-filter">Show those whose name holds</label>
      <input
        id="repositories-filter"
        type="search"
        value={text}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </p>
  );
}
