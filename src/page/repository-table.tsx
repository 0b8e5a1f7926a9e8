/** All repositories: searched by name, sorted by any column, a hundred more at a time. */
import { useMemo, useState } from 'preact/hooks';
import { NAME_COLUMN, VALUE_COLUMNS, type RepositoryColumn } from '../report/html/columns.ts';
import { Scroll, shown } from '../report/html/text.tsx';
import { formatQuantity } from '../report/format.ts';
import type { RepositoryRow } from '../report/model.ts';
import { compareText } from '../shared/problem.ts';
import { hasWords } from '../shared/search-words.ts';

const STEP = 100;

const COLUMNS: readonly RepositoryColumn[] = [NAME_COLUMN, ...VALUE_COLUMNS];

interface Order {
  readonly column: RepositoryColumn;
  readonly isDescending: boolean;
}

export function RepositoryTable({ rows }: { readonly rows: readonly RepositoryRow[] }) {
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<Order>({ column: VALUE_COLUMNS[0] ?? NAME_COLUMN, isDescending: true });
  const [most, setMost] = useState(STEP);
  const found = useMemo(() => {
    const isWanted = hasWords(search);
    return rows.filter(({ name }) => isWanted(name));
  }, [rows, search]);
  const sorted = useMemo(() => found.toSorted((a, b) => compare(a, b, order)), [found, order]);
  const left = sorted.length - most;
  return (
    <>
      <Search
        value={search}
        found={found.length}
        onSearch={(text) => {
          setSearch(text);
          setMost(STEP);
        }}
      />
      <Scroll label="Repositories">
        <table>
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <Heading key={column.key} column={column} order={order} sortBy={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, most).map((row) => (
              <tr key={row.name}>
                <th scope="row" class="name">
                  {shown(row.name)}
                </th>
                {VALUE_COLUMNS.map(({ key, show }) => (
                  <td key={key} class="number">
                    {show(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {left > 0 && (
        <p>
          <button type="button" class="button" onClick={() => setMost(most + STEP)}>
            Show {Math.min(left, STEP)} more of {formatQuantity(left, 'repository', 'repositories')}
          </button>
        </p>
      )}
    </>
  );
}

interface SearchProps {
  readonly value: string;
  readonly found: number;
  readonly onSearch: (text: string) => void;
}

function Search({ value, found, onSearch }: SearchProps) {
  return (
    <div class="controls">
      <label>
        Search by name
        <input
          type="search"
          value={value}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => onSearch(currentTarget.value)}
        />
      </label>
      <span role="status" class="faint">
        {formatQuantity(found, 'repository', 'repositories')}
        {value === '' ? '' : ' found'}
      </span>
    </div>
  );
}

interface HeadingProps {
  readonly column: RepositoryColumn;
  readonly order: Order;
  readonly sortBy: (order: Order) => void;
}

/** Numbers come greatest first, names in order; a second time the other way round. */
function Heading({ column, order, sortBy }: HeadingProps) {
  const isSorted = order.column === column;
  const isDescending = isSorted ? !order.isDescending : column.isNumber;
  return (
    <th
      scope="col"
      class={column.isNumber ? 'number' : undefined}
      aria-sort={isSorted ? (order.isDescending ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" onClick={() => sortBy({ column, isDescending })}>
        {column.head}
      </button>
    </th>
  );
}

/** Equals by name; what has no value comes last, either way. */
function compare(a: RepositoryRow, b: RepositoryRow, { column, isDescending }: Order): number {
  const [first, second] = [column.sortedBy(a), column.sortedBy(b)];
  if (first === null || second === null)
    return first === second ? compareText(a.name, b.name) : first === null ? 1 : -1;
  const difference =
    typeof first === 'number' && typeof second === 'number'
      ? first - second
      : compareText(String(first), String(second));
  return (isDescending ? -difference : difference) || compareText(a.name, b.name);
}
