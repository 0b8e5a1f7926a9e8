/** How the volume grew from scan to scan, who grew, and when it is full. */
import { formatBytes, formatCount, formatQuantity, formatSignedBytes, formatTime } from '../format.ts';
import type { Forecast, History } from '../model-history.ts';
import { Heads } from './heads.tsx';
import { AsTable, Scroll, Section, shown } from './text.tsx';

/** Scans that the table has, the newest ones. */
const SCANS_SHOWN = 20;
const CHANGES_SHOWN = 10;

export function Growth({ history }: { readonly history: History | null }) {
  if (history === null || history.scans.length < 2) return null;
  return (
    <Section id="growth" title="Growth">
      {history.forecast !== null && <p>{forecastWords(history.forecast)}</p>}
      <div data-live="growth" />
      <AsTable label="Scans">
        <Scans history={history} />
      </AsTable>
      <Changes history={history} />
    </Section>
  );
}

/** The rate and where it leads, in a sentence or two. */
export function forecastWords(forecast: Forecast): string {
  const { scans, days, bytesPerDay, bytesPerDayLow: low, bytesPerDayHigh: high, daysUntilFull } = forecast;
  const spread =
    low === null || high === null ? '' : ` (between ${formatSignedBytes(low)} and ${formatSignedBytes(high)})`;
  const over = `over ${formatQuantity(scans, 'scan')} in ${formatQuantity(Math.round(days), 'day')}`;
  const rate = `${formatSignedBytes(bytesPerDay)} a day${spread}, ${over}.`;
  if (daysUntilFull === null) return rate;
  return `${rate} At this rate it is full in ${formatQuantity(Math.round(daysUntilFull), 'day')}${spreadOfDays(forecast)}.`;
}

function spreadOfDays({ daysUntilFullLow: low, daysUntilFullHigh: high }: Forecast): string {
  if (low === null) return '';
  const from = formatCount(Math.round(low));
  return high === null ? ` (${from} at the earliest)` : ` (between ${from} and ${formatCount(Math.round(high))})`;
}

function Scans({ history: { scans } }: { readonly history: History }) {
  const heads = ['repositories', 'tags', 'bytes', 'referenced', 'reached by tags'];
  return (
    <table>
      {scans.length > SCANS_SHOWN && <caption>The newest {SCANS_SHOWN} scans</caption>}
      <Heads of={['scanned', ...heads.map((number) => ({ number }))]} />
      <tbody>
        {scans.slice(-SCANS_SHOWN).map((scan) => (
          <tr>
            <th scope="row">{formatTime(scan.scannedAt)}</th>
            <td class="number">{formatCount(scan.repositories)}</td>
            <td class="number">{formatCount(scan.tags)}</td>
            <td class="number">{formatBytes(scan.bytes)}</td>
            <td class="number">{formatBytes(scan.referencedBytes)}</td>
            <td class="number">{formatBytes(scan.taggedBytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Changes({ history: { comparison } }: { readonly history: History }) {
  const changes = comparison?.repositories.filter(({ growthBytes }) => growthBytes !== 0) ?? [];
  if (comparison === null || changes.length === 0) return null;
  return (
    <>
      <h3>Who grew and who shrank</h3>
      <Scroll label="Who grew and who shrank">
        <table>
          <caption>
            From {formatTime(comparison.from)} to {formatTime(comparison.to)}
          </caption>
          <Heads of={['repository', 'change', { number: 'bytes' }]} />
          <tbody>
            {changes.slice(0, CHANGES_SHOWN).map(({ name, change, growthBytes }) => (
              <tr>
                <th scope="row" class="name">
                  {shown(name)}
                </th>
                <td>{change}</td>
                <td class="number">{formatSignedBytes(growthBytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
