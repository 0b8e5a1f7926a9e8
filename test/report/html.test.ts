import { describe, expect, test } from 'vitest';
import { readPageFiles } from '../../src/cli/page-files.ts';
import { withoutSmallParts } from '../../src/query/small-parts.ts';
import { embeddedJson, unpackRows, type ReportData } from '../../src/report/html/data.ts';
import { renderReportHtml, type PageParts } from '../../src/report/html/document.tsx';
import type { Rank } from '../../src/report/model.ts';
import { htmlSample, type HtmlSample } from './html-sample.ts';

const PARTS: PageParts = { script: { text: 'run()', sha256: 'U0NSSVBU' }, style: { text: 'p{}', sha256: 'U1RZTEU=' } };

function render({ report, overview }: HtmlSample, parts = PARTS): string {
  const worst: Rank = { schema: 'regsweep.rank/1', by: 'reclaimable', repositories: report.repositories.slice(0, 8) };
  return renderReportHtml(report, overview, { worst, shapedBy: ['--min-age', '0'] }, parts);
}

function dataOf(html: string): ReportData {
  const text = /<script id="data" type="application\/json">([^<]*)<\/script>/.exec(html)?.[1] ?? '';
  return JSON.parse(text) as ReportData;
}

describe('a report as a page', () => {
  test('lets in its own script and style sheet by their hashes, and nothing else', () => {
    const html = render(htmlSample(11));
    expect(html).toContain(
      `content="default-src 'none'; script-src 'sha256-U0NSSVBU'; style-src 'sha256-U1RZTEU='; base-uri 'none'; form-action 'none'"`,
    );
    expect(html).not.toMatch(/\b(?:src|href|style|on\w+)="/);
    expect(html.match(/<script/g)).toHaveLength(2);
  });

  test('says without its script what the table says', () => {
    const html = render(htmlSample(150));
    for (const text of [
      '52.3 GB',
      '6.13 GB',
      '21 GB',
      'dangling-layer-link',
      'with --untagged',
      'platform/team-0/service-0',
    ])
      expect(html).toContain(text);
    expect(html).toContain('50 smaller ones');
    expect(html).toContain('regsweep sweep /var/lib/registry --min-age 0');
    expect(html).toContain('+200 MB a day (between +100 MB and +300 MB), over 5 scans in 10 days.');
  });

  test('of an empty registry has no pictures, and does not fail', () => {
    const { report, overview } = htmlSample(0);
    const bare = { ...overview, ages: [], history: null, tree: { ...overview.tree, own: NONE, below: NONE } };
    const html = render({ report, overview: bare });
    expect(html).toContain('None found.');
    expect(html).not.toContain('data-live="volume"');
  });

  test('gives its script every repository', () => {
    const sample = htmlSample(300);
    const rows = unpackRows(dataOf(render(sample)).repositories);
    expect(rows.map(({ name }) => name)).toEqual(sample.report.repositories.map(({ name }) => name));
    expect(rows[7]?.reclaimableBytes).toBe(sample.report.repositories[7]?.reclaimableBytes);
  });

  test('shows names as text, whatever is in them', () => {
    const names = ['<script>alert(1)</script>', '</script><img src=x onerror=alert(1)>', '"><b>', 'a\u202eb', "'&<!--"];
    const sample = htmlSample(names.length, (at) => names[at] ?? '');
    const problems = names.map((text) => ({
      ...({ code: 'unknown-entry', severity: 'warning', path: text, repository: text, message: text } as const),
    }));
    const html = render({ ...sample, report: { ...sample.report, problems } });
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toMatch(/<(?:img|b)\b|<!--|\u202e/);
    expect(html).toContain('a\\u202eb');
    expect(unpackRows(dataOf(html).repositories).map(({ name }) => name)).toEqual(names);
  });

  test('of ten thousand repositories is smaller than 5 MB', async () => {
    const { report, overview } = htmlSample(10_000);
    const { script, style } = await readPageFiles('report');
    const parts = { script: { text: script, sha256: '' }, style: { text: style, sha256: '' } };
    const html = render({ report, overview: { ...overview, tree: withoutSmallParts(overview.tree, 2_000) } }, parts);
    expect(Buffer.byteLength(html)).toBeLessThan(5_000_000);
    expect(unpackRows(dataOf(html.slice(0, html.lastIndexOf('<script>'))).repositories)).toHaveLength(10_000);
  });

  test('is the same for the same report', () => {
    expect(render(htmlSample(40))).toBe(render(htmlSample(40)));
  });
});

const NONE = { kept: 0, shared: 0, untagged: 0, orphaned: 0, held: 0 };

test('JSON in a page ends no element, begins none, and is the same value', () => {
  const value = { text: '</script><!--&\u2028\u2029\u202e\ud800' };
  const text = embeddedJson(value);
  expect(text).not.toMatch(/[<>&\u2028\u2029\u202e]/);
  expect(JSON.parse(text)).toEqual(value);
});
