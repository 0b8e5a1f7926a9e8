/** How old what tags keep is. */
import { formatBytes, formatCount } from '../format.ts';
import type { AgeBand } from '../model-serve.ts';
import { Bar } from './bars.tsx';
import { Heads } from './heads.tsx';
import { AsTable, Section } from './text.tsx';

export function Ages({ ages }: { readonly ages: readonly AgeBand[] }) {
  if (ages.every(({ tags }) => tags === 0)) return null;
  const greatest = Math.max(...ages.map(({ bytes }) => bytes));
  return (
    <Section id="ages" title="Age of images">
      <p class="faint">Tags by their last push, with the bytes that no newer tag reaches.</p>
      <div data-live="ages" />
      <AsTable label="Age of images">
        <table>
          <Heads of={['last pushed before', undefined, { number: 'tags' }, { number: 'bytes' }]} />
          <tbody>
            {ages.map(({ label, tags, bytes }) => (
              <tr>
                <th scope="row">{label}</th>
                <td class="bar">
                  <Bar value={bytes} greatest={greatest} />
                </td>
                <td class="number">{formatCount(tags)}</td>
                <td class="number">{formatBytes(bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </AsTable>
    </Section>
  );
}
