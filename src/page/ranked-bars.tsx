/** Repositories as bars, by whatever one wants to see first. */
import { useCallback, useMemo, useState } from 'preact/hooks';
import { MEASURES } from '../report/measures.ts';
import { RANK_KEYS, type RankKey, type RepositoryRow } from '../report/model.ts';
import { compareText } from '../shared/problem.ts';
import { Chart } from './chart.tsx';
import { rankedHeight, rankedOption } from './charts/ranked.ts';
import type { Palette } from './charts/palette.ts';

/** Bars that are drawn. */
const SHOWN = 12;

/** The bars are sizes, so it may be ranked by those. */
const KEYS = RANK_KEYS.filter((key) => ['reclaimable', 'exclusive', 'size'].includes(key));

export function RankedBars({ rows, by: first }: { readonly rows: readonly RepositoryRow[]; readonly by: RankKey }) {
  const [by, setBy] = useState(first);
  const ranked = useMemo(() => firstBy(rows, by), [rows, by]);
  const option = useCallback((palette: Palette, width: number) => rankedOption(ranked, palette, width), [ranked]);
  return (
    <>
      <div class="controls">
        <label>
          First by
          <select value={by} onChange={({ currentTarget }) => setBy(currentTarget.value as RankKey)}>
            {KEYS.map((key) => (
              <option value={key}>{MEASURES[key].head}</option>
            ))}
          </select>
        </label>
      </div>
      <Chart
        option={option}
        label={`The ${ranked.length} first repositories by ${MEASURES[by].head}; the table of repositories has the numbers`}
        height={rankedHeight(ranked.length)}
      />
    </>
  );
}

/** Those with the greatest value, equals by name. */
function firstBy(rows: readonly RepositoryRow[], by: RankKey): readonly RepositoryRow[] {
  const { value } = MEASURES[by];
  return rows
    .filter((row) => (value(row) ?? 0) > 0)
    .sort((a, b) => (value(b) ?? 0) - (value(a) ?? 0) || compareText(a.name, b.name))
    .slice(0, SHOWN);
}
