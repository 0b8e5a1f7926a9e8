/** A table: its caption says what it is, its first cell names the row, and its heads sort. On a narrow screen rows are cards. */
import type { ComponentChildren } from 'preact';
import { useId, useRef, useEffect } from 'preact/hooks';
import { canBeChosen, useChoice, type Chosen } from './choice.tsx';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly isNumber?: boolean;
  /** A picture of what other columns say. */
  readonly isBar?: boolean;
  /** What it is sorted by; absent where it is not. */
  readonly sort?: string;
}

export interface Order {
  readonly by: string;
  readonly descending: boolean;
}

interface TableProps<Row> {
  readonly caption: ComponentChildren;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly order?: Order;
  readonly onOrder?: (order: Order) => void;
  /** What a row stands for; null where it cannot be chosen. */
  readonly chosenOf?: (row: Row) => Chosen | null;
  /** Said where there are no rows. */
  readonly none?: string;
  readonly isBusy?: boolean;
}

export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, keyOf, order, onOrder, chosenOf, none = 'None.', isBusy = false } = props;
  const captionId = useId();
  return (
    <div class="scroll" role="region" aria-labelledby={captionId} tabIndex={0}>
      <table class="app-table" aria-busy={isBusy}>
        <caption id={captionId}>{caption}</caption>
        <thead>
          <tr>
            {chosenOf !== undefined && (
              <th scope="col" class="app-choose">
                <ChooseAll rows={rows} chosenOf={chosenOf} />
              </th>
            )}
            {columns.map((column) => (
              <Head key={column.head} column={column} order={order} onOrder={onOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={keyOf(row)} row={row} columns={columns} chosenOf={chosenOf} name={keyOf(row)} />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p class="app-none">{none}</p>}
    </div>
  );
}

interface HeadProps<Row> {
  readonly column: Column<Row>;
  readonly order: Order | undefined;
  readonly onOrder: ((order: Order) => void) | undefined;
}

function Head<Row>({ column: { head, sort, isNumber = false }, order, onOrder }: HeadProps<Row>) {
  const className = isNumber ? 'number' : undefined;
  if (sort === undefined || onOrder === undefined || order === undefined) {
    return (
      <th scope="col" class={className}>
        {head}
      </th>
    );
  }
  const isSorted = order.by === sort;
  const direction = order.descending ? 'descending' : 'ascending';
  // What is counted is looked at from its large end, names from their first letter.
  const turn = (): void => onOrder({ by: sort, descending: isSorted ? !order.descending : isNumber });
  return (
    <th scope="col" class={className} aria-sort={isSorted ? direction : undefined}>
      <button type="button" onClick={turn}>
        {head}
      </button>
    </th>
  );
}

interface RowProps<Row> {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly chosenOf: ((row: Row) => Chosen | null) | undefined;
  readonly name: string;
}

function Row<Row>({ row, columns, chosenOf, name }: RowProps<Row>) {
  const named = chosenOf?.(row) ?? null;
  const chosen = named !== null && canBeChosen(named) ? named : null;
  const { has } = useChoice();
  return (
    <tr class={chosen !== null && has(chosen) ? 'app-chosen' : undefined}>
      {chosenOf !== undefined && (
        <td class="app-choose">{chosen !== null && <ChooseOne chosen={chosen} name={name} />}</td>
      )}
      {columns.map(({ head, cell, isNumber = false, isBar = false }, at) =>
        at === 0 ? (
          <th key={head} scope="row">
            {cell(row)}
          </th>
        ) : (
          <td key={head} data-head={head} class={isNumber ? 'number' : isBar ? 'bar' : undefined}>
            {cell(row)}
          </td>
        ),
      )}
    </tr>
  );
}

function ChooseOne({ chosen, name }: { readonly chosen: Chosen; readonly name: string }) {
  const { has, isCovered, set } = useChoice();
  const covered = isCovered(chosen);
  return (
    <input
      type="checkbox"
      aria-label={covered ? `${name} goes with its repository` : `Choose ${name}`}
      checked={covered || has(chosen)}
      disabled={covered}
      onChange={(event) => set([chosen], event.currentTarget.checked)}
    />
  );
}

function ChooseAll<Row>({
  rows,
  chosenOf,
}: {
  readonly rows: readonly Row[];
  readonly chosenOf: (row: Row) => Chosen | null;
}) {
  const { has, isCovered, set } = useChoice();
  const ones = rows.map(chosenOf).filter((one) => one !== null && canBeChosen(one) && !isCovered(one)) as Chosen[];
  const count = ones.filter(has).length;
  const box = useRef<HTMLInputElement>(null);
  const isMixed = count > 0 && count < ones.length;
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = isMixed;
  }, [isMixed]);
  return (
    <input
      type="checkbox"
      ref={box}
      aria-label="Choose all that are shown"
      checked={ones.length > 0 && count === ones.length}
      disabled={ones.length === 0}
      onChange={(event) => set(ones, event.currentTarget.checked)}
    />
  );
}
