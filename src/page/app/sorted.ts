/** Rows that the page has as a whole, put into order and shown a page at a time. */
import { useMemo, useState } from 'preact/hooks';
import { compareText } from '../../shared/problem.ts';
import type { Order } from './table.tsx';

type Value = string | number | null;

/** What is not known stands last, whichever way. */
function compareValues(a: Value, b: Value): number {
  return typeof a === 'string' && typeof b === 'string' ? compareText(a, b) : Number(a) - Number(b);
}

export interface Sorted<Row> {
  readonly rows: readonly Row[];
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
}

/** `values`: what each key sorts by. Equals stay as they come. */
export function useSorted<Row>(
  rows: readonly Row[],
  first: Order,
  values: Readonly<Record<string, (row: Row) => Value>>,
): Sorted<Row> {
  const [order, onOrder] = useState(first);
  const sorted = useMemo(() => {
    const value = values[order.by];
    if (value === undefined) return rows;
    const sign = order.descending ? -1 : 1;
    return rows.toSorted((a, b) => {
      const [left, right] = [value(a), value(b)];
      if (left === null || right === null) return Number(left === null) - Number(right === null);
      return sign * compareValues(left, right);
    });
  }, [rows, order]);
  return { rows: sorted, order, onOrder };
}

export interface Paged<Row> {
  readonly rows: readonly Row[];
  readonly page: number;
  readonly onPage: (page: number) => void;
}

export function usePaged<Row>(rows: readonly Row[], perPage: number): Paged<Row> {
  const [wanted, onPage] = useState(0);
  const last = Math.max(0, Math.ceil(rows.length / perPage) - 1);
  const page = Math.min(wanted, last);
  return { rows: rows.slice(page * perPage, (page + 1) * perPage), page, onPage };
}
