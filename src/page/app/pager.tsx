import { formatCount } from '../../report/format.ts';

interface PagerProps {
  /** Of what, as `tags`. */
  readonly of: string;
  /** From 0. */
  readonly page: number;
  readonly perPage: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

/** Which part of a long table is shown, and the way to the others. Nothing where all of it is. */
export function Pager({ of, page, perPage, total, onPage }: PagerProps) {
  if (total <= perPage) return null;
  const last = Math.ceil(total / perPage) - 1;
  const turn = (by: number) => (): void => onPage(page + by);
  return (
    <nav class="app-pager" aria-label={`Pages of ${of}`}>
      <button type="button" class="button" disabled={page === 0} onClick={turn(-1)}>
        Previous
      </button>
      <span role="status">
        {formatCount(page * perPage + 1)}–{formatCount(Math.min(total, (page + 1) * perPage))} of {formatCount(total)}{' '}
        {of}
      </span>
      <button type="button" class="button" disabled={page >= last} onClick={turn(1)}>
        Next
      </button>
    </nav>
  );
}
