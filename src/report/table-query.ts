import type { Appearance } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import { drawGrid } from './grid.ts';
import type { QueryResult } from './model.ts';

/** The rows of a query. Columns are never left out nor cut: what was asked for is shown. Numbers stay exact. */
export function renderQueryTable(result: QueryResult, appearance: Appearance): string {
  if (result.columns.length === 0) return '';
  const style = styleFor({ ...appearance, width: Infinity });
  const columns = result.columns.map((column, at) => ({
    head: escapeTerminal(column),
    align: result.rows.every((row) => typeof row[at] !== 'string') ? ('right' as const) : ('left' as const),
  }));
  const rows = result.rows.map((row) => row.map((value) => (value === null ? 'NULL' : escapeTerminal(String(value)))));
  return `${drawGrid(columns, rows, style, 0).join('\n')}\n`;
}
