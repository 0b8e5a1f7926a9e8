/** A report as a page: with the map, the ages and the history that only the inventory tells. */
import { createHash } from 'node:crypto';
import { withKeptScans } from '../../pipeline/kept-scans.ts';
import { buildHistory } from '../../query/history.ts';
import { overviewOf } from '../../query/overview.ts';
import { renderReportHtml, type Hashed } from '../../report/html/document.tsx';
import type { History } from '../../report/model-history.ts';
import type { Report } from '../../report/model.ts';
import type { ShownBeside } from '../../report/table-report.ts';
import { readPageFiles } from '../page-files.ts';
import type { MarkingOptions } from './marking.ts';
import type { Opened } from './opened.ts';

/** The file. */
export async function reportPage(
  opened: Opened,
  marking: MarkingOptions,
  report: Report,
  shown: ShownBeside,
): Promise<string> {
  const overview = overviewOf(opened, marking, report, await historyOf(opened));
  const { script, style } = await readPageFiles('report');
  return renderReportHtml(report, overview, shown, { script: hashed(script), style: hashed(style) });
}

/** Of the scans that its index keeps, once it is written. */
async function historyOf({ database, stored }: Opened): Promise<History> {
  await stored;
  return withKeptScans(database, (kept, root) => buildHistory(root, kept));
}

function hashed(text: string): Hashed {
  return { text, sha256: createHash('sha256').update(text).digest('base64') };
}
