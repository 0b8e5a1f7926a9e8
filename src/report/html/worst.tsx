/** The repositories that a report names first, with bars. */
import type { Rank } from '../model.ts';
import { creditNoteOf, MEASURES, showMeasure } from '../measures.ts';
import { Bar } from './bars.tsx';
import { Heads } from './heads.tsx';
import { AsTable, Section, shown } from './text.tsx';

export function Worst({ worst }: { readonly worst: Rank }) {
  const { by, repositories } = worst;
  if (repositories.length === 0) return null;
  const { head, value } = MEASURES[by];
  const greatest = Math.max(...repositories.map((row) => Math.abs(value(row) ?? 0)));
  const beside = (['exclusive', 'size'] as const).filter((key) => key !== by);
  const note = creditNoteOf(by);
  return (
    <Section id="worst" title="Worst repositories">
      <div data-live="worst" />
      <AsTable label="Worst repositories">
        <table>
          <caption>
            By {head}. {note}
          </caption>
          <Heads of={['repository', undefined, ...[by, ...beside].map((key) => ({ number: MEASURES[key].head }))]} />
          <tbody>
            {repositories.map((row) => (
              <tr>
                <th scope="row" class="name">
                  {shown(row.name)}
                </th>
                <td class="bar">
                  <Bar value={Math.abs(value(row) ?? 0)} greatest={greatest} />
                </td>
                {[by, ...beside].map((key) => (
                  <td class="number">{showMeasure(key, row)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </AsTable>
    </Section>
  );
}
