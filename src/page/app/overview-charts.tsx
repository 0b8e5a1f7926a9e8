/** Who is largest, how it grows, how old it is: as pictures whose labels say it, too. */
import { useCallback, useState } from 'preact/hooks';
import { formatBytes, formatCount, formatQuantity, formatTime } from '../../report/format.ts';
import { forecastWords } from '../../report/html/growth.tsx';
import type { History, ScanTotals } from '../../report/model-history.ts';
import type { AgeBand } from '../../report/model-serve.ts';
import { Chart } from '../chart.tsx';
import type { Palette } from '../charts/palette.ts';
import { rankedHeight, rankedOption } from '../charts/ranked.ts';
import { AgesChart, GrowthChart } from '../pictures.tsx';
import { ALL_REPOSITORIES, SORTS, type Sort } from './address.ts';
import { useAnswer } from './answer.ts';
import { Link } from './navigation.tsx';
import { Shown } from './shown.tsx';
import { Table, type Column } from './table.tsx';

/** Pixels. */
const CHART_HEIGHT = 300;
const RANKED = '12';
const RANKED_BY = { reclaimable: 'reclaimable bytes', exclusive: 'exclusive bytes', size: 'referenced bytes' };

export function Ranked() {
  const [by, setBy] = useState<Sort>('reclaimable');
  const answer = useAnswer('/api/repositories', { by, descending: 'true', offset: '0', limit: RANKED }, { keep: true });
  const rows = answer.value?.rows;
  const option = useCallback((palette: Palette, width: number) => rankedOption(rows ?? [], palette, width), [rows]);
  return (
    <section>
      <h2>Worst repositories</h2>
      <div class="controls">
        <label>
          First by
          <select
            value={by}
            onChange={({ currentTarget: { value } }) => setBy(SORTS.find((sort) => sort === value) ?? by)}
          >
            {Object.entries(RANKED_BY).map(([key, words]) => (
              <option key={key} value={key}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <Link to={{ ...ALL_REPOSITORIES, by }}>All of them, as a table</Link>
      </div>
      <Shown answer={answer}>
        {({ rows: shown }) => (
          <Chart
            option={option}
            height={rankedHeight(shown.length)}
            label={`The first ${formatQuantity(shown.length, 'repository', 'repositories')}; the table of repositories has the numbers`}
          />
        )}
      </Shown>
    </section>
  );
}

const SCANS_SHOWN = 20;

const SCAN_COLUMNS: readonly Column<ScanTotals>[] = [
  { head: 'Scanned', cell: ({ scannedAt }) => formatTime(scannedAt) },
  { head: 'Repositories', isNumber: true, cell: ({ repositories }) => formatCount(repositories) },
  { head: 'Tags', isNumber: true, cell: ({ tags }) => formatCount(tags) },
  { head: 'Bytes', isNumber: true, cell: ({ bytes }) => formatBytes(bytes) },
  { head: 'Referenced', isNumber: true, cell: ({ referencedBytes }) => formatBytes(referencedBytes) },
  { head: 'Reached by tags', isNumber: true, cell: ({ taggedBytes }) => formatBytes(taggedBytes) },
];

export function Growth({ history }: { readonly history: History | null }) {
  if (history === null || history.scans.length < 2) return null;
  return (
    <section>
      <h2>Growth</h2>
      {history.forecast !== null && <p>{forecastWords(history.forecast)}</p>}
      <GrowthChart history={history} height={CHART_HEIGHT} />
      <details>
        <summary>As a table</summary>
        <Table
          caption="The newest scans that are kept."
          columns={SCAN_COLUMNS}
          rows={history.scans.slice(-SCANS_SHOWN).toReversed()}
          keyOf={({ scannedAt }) => scannedAt}
        />
      </details>
    </section>
  );
}

const AGE_COLUMNS: readonly Column<AgeBand>[] = [
  { head: 'Last pushed before', cell: ({ label }) => label },
  { head: 'Tags', isNumber: true, cell: ({ tags }) => formatCount(tags) },
  { head: 'Bytes', isNumber: true, cell: ({ bytes }) => formatBytes(bytes) },
];

export function Ages({ ages }: { readonly ages: readonly AgeBand[] }) {
  if (ages.every(({ tags }) => tags === 0)) return null;
  return (
    <section>
      <h2>Age of images</h2>
      <p class="faint">Tags by their last push, with the bytes that no newer tag reaches.</p>
      <AgesChart ages={ages} height={CHART_HEIGHT} />
      <details>
        <summary>As a table</summary>
        <Table caption="Tags by their last push." columns={AGE_COLUMNS} rows={ages} keyOf={({ label }) => label} />
      </details>
    </section>
  );
}
