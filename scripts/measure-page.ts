/** Prints how large the page of a report of 10 000 repositories is, and how soon it is open: `npx tsx scripts/measure-page.ts`. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readPageFiles } from '../src/cli/page-files.ts';
import { withoutSmallParts } from '../src/query/small-parts.ts';
import { renderReportHtml, type Hashed } from '../src/report/html/document.tsx';
import { contextOf, startBrowser } from '../test/support/browser.ts';
import { htmlSample } from '../test/report/html-sample.ts';

const REPOSITORIES = 10_000;
const NODES = 2_000;
const TURNS = 5;

const folder = mkdtempSync(join(tmpdir(), 'regsweep-page-'));
try {
  const file = join(folder, 'report.html');
  const hashed = (text: string): Hashed => ({ text, sha256: createHash('sha256').update(text).digest('base64') });
  const { script, style } = await readPageFiles('report');
  const { report, overview } = htmlSample(REPOSITORIES);
  const shown = { ...overview, tree: withoutSmallParts(overview.tree, NODES) };
  const worst = {
    schema: 'regsweep.rank/1',
    by: 'reclaimable',
    repositories: report.repositories.slice(0, 8),
  } as const;
  const parts = { script: hashed(script), style: hashed(style) };
  const html = renderReportHtml(report, shown, { worst, shapedBy: [] }, parts);
  writeFileSync(file, html);
  const browser = await startBrowser();
  const loaded: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const context = await contextOf(browser);
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    const entry = "performance.getEntriesByType('navigation')[0].loadEventEnd";
    loaded.push(Math.round(await page.evaluate<number>(entry)));
    await context.close();
  }
  await browser.close();
  console.log(JSON.stringify({ bytes: Buffer.byteLength(html), loadedMilliseconds: loaded }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
