/** The table of repositories as it reads without a script: the largest, and the rest as one row. */
import { formatBytes, formatCount } from '../format.ts';
import type { RepositoryRow } from '../model.ts';
import { compareText } from '../../shared/problem.ts';
import { NAME_COLUMN, VALUE_COLUMNS } from './columns.ts';
import { Heads } from './heads.tsx';
import { Scroll, Section, shown } from './text.tsx';

/** Rows that stand in the file as text; all others are data for the script. */
const ROWS_SHOWN = 100;

export function Repositories({ rows }: { readonly rows: readonly RepositoryRow[] }) {
  if (rows.length === 0) return null;
  const sorted = rows.toSorted((a, b) => b.bytes - a.bytes || compareText(a.name, b.name));
  return (
    <Section id="repositories" title="Repositories">
      <div data-live="repositories">
        <Scroll label="Repositories">
          <table>
            <Heads of={[NAME_COLUMN.head, ...VALUE_COLUMNS.map(({ head }) => ({ number: head }))]} />
            <tbody>
              {sorted.slice(0, ROWS_SHOWN).map((row) => (
                <tr>
                  <th scope="row" class="name">
                    {shown(row.name)}
                  </th>
                  {VALUE_COLUMNS.map(({ show }) => (
                    <td class="number">{show(row)}</td>
                  ))}
                </tr>
              ))}
              <Rest rows={sorted.slice(ROWS_SHOWN)} />
            </tbody>
          </table>
        </Scroll>
      </div>
    </Section>
  );
}

/** Of the columns that can be added up. */
function Rest({ rows }: { readonly rows: readonly RepositoryRow[] }) {
  if (rows.length === 0) return null;
  const exclusive = rows.reduce((sum, { exclusiveBytes }) => sum + exclusiveBytes, 0);
  return (
    <tr class="all">
      <th scope="row">{formatCount(rows.length)} smaller ones</th>
      {VALUE_COLUMNS.map(({ key }) => (
        <td class="number">{key === 'exclusive' ? formatBytes(exclusive) : ''}</td>
      ))}
    </tr>
  );
}
