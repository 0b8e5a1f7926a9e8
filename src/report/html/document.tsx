/** A report as one file for a browser: it asks for nothing, and runs nothing but its own script. */
import { renderToString } from 'preact-render-to-string';
import { formatTime } from '../format.ts';
import type { Report } from '../model.ts';
import type { Overview } from '../model-serve.ts';
import { nextCommands } from '../table-next.ts';
import type { ShownBeside } from '../table-report.ts';
import { Ages } from './ages.tsx';
import { Damage } from './damage.tsx';
import { DATA_ID, embeddedJson, reportData } from './data.ts';
import { Freed } from './freed.tsx';
import { Growth } from './growth.tsx';
import { Head, KeyFigures } from './head.tsx';
import { Next } from './next.tsx';
import { Patterns } from './patterns.tsx';
import { Repositories } from './repositories.tsx';
import { shown } from './text.tsx';
import { Volume } from './volume.tsx';
import { Worst } from './worst.tsx';

/** A text that the page's policy lets in, by its hash. */
export interface Hashed {
  readonly text: string;
  /** Of its UTF-8, in base64. */
  readonly sha256: string;
}

/** What is bundled for the browser. */
export interface PageParts {
  readonly script: Hashed;
  readonly style: Hashed;
}

/** The whole file. */
export function renderReportHtml(
  report: Report,
  overview: Overview,
  { worst, shapedBy }: ShownBeside,
  { script, style }: PageParts,
): string {
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${script.sha256}'`,
    `style-src 'sha256-${style.sha256}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${shown(report.registry.root)} · regsweep report`}</title>
        <style dangerouslySetInnerHTML={{ __html: style.text }} />
      </head>
      <body>
        <Patterns />
        <main>
          <Head report={report} />
          <KeyFigures report={report} overview={overview} />
          <Freed report={report} />
          <Volume tree={overview.tree} />
          <Worst worst={worst} />
          <Growth history={overview.history} />
          <Ages ages={overview.ages} />
          <Repositories rows={report.repositories} />
          <Damage problems={report.problems} />
          <Next commands={nextCommands(report, shapedBy)} />
        </main>
        <footer>
          <p class="faint">Made by regsweep on {formatTime(report.generatedAt)}.</p>
        </footer>
        <script
          id={DATA_ID}
          type="application/json"
          dangerouslySetInnerHTML={{ __html: embeddedJson(reportData(report, overview, worst.by)) }}
        />
        <script dangerouslySetInnerHTML={{ __html: script.text }} />
      </body>
    </html>
  );
  return `<!doctype html>\n${renderToString(page)}\n`;
}
