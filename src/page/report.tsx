/** What makes a report alive: it puts charts and a table that can be searched where the file has plain ones. */
import { render, type ComponentChild } from 'preact';
import { useCallback } from 'preact/hooks';
import './report.css';
import { DATA_ID, unpackRows, type ReportData } from '../report/html/data.ts';
import type { AgeBand } from '../report/model-serve.ts';
import type { History } from '../report/model-history.ts';
import { Chart } from './chart.tsx';
import { agesOption } from './charts/ages.ts';
import { growthOption } from './charts/growth.ts';
import type { Palette } from './charts/palette.ts';
import { RankedBars } from './ranked-bars.tsx';
import { RepositoryTable } from './repository-table.tsx';
import { VolumeMap } from './volume-map.tsx';

function GrowthChart({ history }: { readonly history: History }) {
  const option = useCallback((palette: Palette) => growthOption(history, palette), [history]);
  return <Chart option={option} label="Bytes from scan to scan; the table below has the numbers" height={320} />;
}

function AgesChart({ ages }: { readonly ages: readonly AgeBand[] }) {
  const option = useCallback((palette: Palette) => agesOption(ages, palette), [ages]);
  return <Chart option={option} label="Bytes by the age of tags; the table below has the numbers" height={210} />;
}

/** Puts a live part in the place that bears its name, if the report has that. */
function enliven(name: string, part: ComponentChild): void {
  const place = document.querySelector(`[data-live="${name}"]`);
  if (place === null) return;
  place.replaceChildren();
  render(part, place);
}

const { tree, ages, history, by, repositories }: ReportData = JSON.parse(
  document.getElementById(DATA_ID)?.textContent ?? '',
) as ReportData;
const rows = unpackRows(repositories);
enliven('volume', <VolumeMap tree={tree} />);
enliven('worst', <RankedBars rows={rows} by={by} />);
if (history !== null) enliven('growth', <GrowthChart history={history} />);
enliven('ages', <AgesChart ages={ages} />);
enliven('repositories', <RepositoryTable rows={rows} />);
for (const table of document.querySelectorAll('details[data-closes]')) table.removeAttribute('open');
