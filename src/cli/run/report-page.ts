/** A report as a page: with the map, the ages and the history that only the inventory tells. */
import { overviewOf } from '../../query/overview.ts';
import { renderReportHtml } from '../../report/html/document.tsx';
import type { Report } from '../../report/model.ts';
import type { ShownBeside } from '../../report/table-report.ts';
import { readPageFiles } from '../page-files.ts';
import type { MarkingOptions } from './marking.ts';
import type { Opened } from './opened.ts';

/** The file. Throws `output-failed` where the program's own files are not there. */
export async function reportPage(
  opened: Opened,
  marking: MarkingOptions,
  report: Report,
  shown: ShownBeside,
): Promise<string> {
  const overview = overviewOf(opened, marking, report, null);
  return renderReportHtml(report, overview, shown, await readPageFiles('report'));
}
