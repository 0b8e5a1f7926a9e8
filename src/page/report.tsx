/** What makes a report alive: it puts charts and a table that can be searched where the file has plain ones. */
import { render, type ComponentChild } from 'preact';
import './report.css';
import { DATA_ID, unpackRows, type ReportData } from '../report/html/data.ts';
import { AgesChart, GrowthChart } from './pictures.tsx';
import { RankedBars } from './ranked-bars.tsx';
import { RepositoryTable } from './repository-table.tsx';
import { VolumeMap } from './volume-map.tsx';

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
if (history !== null) enliven('growth', <GrowthChart history={history} height={320} />);
enliven('ages', <AgesChart ages={ages} height={210} />);
enliven('repositories', <RepositoryTable rows={rows} />);
for (const table of document.querySelectorAll('details[data-closes]')) table.removeAttribute('open');
