import { describe, expect, test } from 'vitest';
import { worstRows } from '../../src/query/rank.ts';
import type { Appearance } from '../../src/report/appearance.ts';
import { renderReport } from '../../src/report/index.ts';
import type { Report } from '../../src/report/model.ts';
import { widthOf } from '../../src/report/text.ts';
import { emptyReport, fullReport, repositoryRow } from './sample.ts';

function shownBeside(report: Report, shapedBy: readonly string[] = []) {
  return { worst: worstRows(report.repositories, 8), shapedBy };
}

function draw(report: Report, changes: Partial<Appearance> = {}): string {
  const appearance = { width: 100, color: false, ascii: false, ...changes };
  return renderReport('table', report, shownBeside(report), appearance);
}

const GOLDEN = '../../fixtures/reports';
const HOSTILE = 'evil/\u001b]0;owned\u0007\nname\u202etxt';

describe('the whole screen', () => {
  test('at 100 columns', async () => {
    await expect(draw(fullReport())).toMatchFileSnapshot(`${GOLDEN}/report-100.txt`);
  });

  test('at 80 columns in ASCII', async () => {
    await expect(draw(fullReport(), { width: 80, ascii: true })).toMatchFileSnapshot(`${GOLDEN}/report-80-ascii.txt`);
  });

  test('at 40 columns', async () => {
    await expect(draw(fullReport(), { width: 40 })).toMatchFileSnapshot(`${GOLDEN}/report-40.txt`);
  });

  test('of an empty registry', async () => {
    await expect(draw(emptyReport())).toMatchFileSnapshot(`${GOLDEN}/report-empty.txt`);
  });
});

test.each([40, 60, 80, 100, 120])('at %d columns only commands to copy may be wider than the terminal', (width) => {
  const wide = draw(fullReport(), { width })
    .split('\n')
    .filter((line) => widthOf(line) > width && !line.startsWith('  regsweep '));
  expect(wide).toEqual([]);
});

test('ASCII is ASCII', () => {
  expect(draw(fullReport(), { ascii: true })).toMatch(/^[\n -~]*$/);
});

test('colours change nothing but colours', () => {
  const colored = draw(fullReport(), { color: true });
  expect(colored).toContain('\u001b[');
  expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(draw(fullReport()));
});

describe('what is said, and when', () => {
  test('the answer to "why is nothing freed": what --untagged would free, and the command', () => {
    const report = fullReport();
    expect(draw(report)).toMatch(/with --untagged +21 GB +21 GB +20,311 files and folders/);
    expect(draw(report)).toContain('regsweep report /var/lib/registry --untagged');
  });

  test('a report that is --untagged compares with nothing and does not send the reader round again', () => {
    const drawn = draw(fullReport({ mode: 'untagged' }));
    expect(drawn).toContain('A sweep with --untagged would free');
    expect(drawn).not.toMatch(/report \S+ --untagged/);
    expect(drawn).toContain('regsweep rank /var/lib/registry --by reclaimable --untagged');
  });

  test('every command offered has the options that shaped the report, quoted, and the mode', () => {
    const report = fullReport({ mode: 'untagged' });
    const shapedBy = ['--min-age', '30m', '--repo', 'team/*', '--repo', '!old', '--db', "/srv/it's.sqlite"];
    const drawn = renderReport('table', report, shownBeside(report, shapedBy), {
      width: 100,
      color: false,
      ascii: false,
    });
    const commands = drawn.split('\n').filter((line) => line.startsWith('  regsweep '));
    const options = String.raw`--untagged --min-age 30m --repo 'team/*' --repo '!old' --db '/srv/it'\''s.sqlite'`;
    expect(commands).toEqual([
      `  regsweep sweep /var/lib/registry ${options}`,
      `  regsweep rank /var/lib/registry --by reclaimable ${options}`,
      `  regsweep report /var/lib/registry --json ${options}`,
    ]);
  });

  test('a sweep is offered where something would go and may: not of an index without its volume', () => {
    const offered = (report: Report, shapedBy: readonly string[] = []): boolean =>
      renderReport('table', report, shownBeside(report, shapedBy), { width: 100, color: false, ascii: false }).includes(
        '  regsweep sweep /var/lib/registry',
      );
    const untagged = fullReport({ mode: 'untagged' });
    expect(offered(untagged)).toBe(true);
    expect(offered(untagged, ['--no-scan'])).toBe(false);
    expect(offered(fullReport({ notices: [{ code: 'scan-incomplete', message: 'incomplete' }] }))).toBe(false);
    expect(offered(emptyReport())).toBe(false);
  });

  test('notices come before all figures', () => {
    const drawn = draw(fullReport({ notices: [{ code: 'scan-incomplete', message: 'the scan is incomplete' }] }));
    expect(drawn.indexOf('! the scan is incomplete')).toBeGreaterThan(0);
    expect(drawn.indexOf('! the scan is incomplete')).toBeLessThan(drawn.indexOf('What is there'));
  });

  test('what is held names its reason and what to change; nothing held, no words', () => {
    const drawn = draw(fullReport());
    expect(drawn).toMatch(/young +100 blobs, 200 MB · younger than --min-age 1h/);
    expect(drawn).toMatch(/excluded .*--repo/);
    expect(drawn).toMatch(/damaged .*in doubt/);
    expect(drawn).toContain('Trash  2 runs, 3 GB on disk');
    const nothing = draw(emptyReport());
    expect(nothing).not.toMatch(/Held|Trash|young/);
  });

  test('damage is a line per class, errors first, with the way out of tag-not-linked', () => {
    const drawn = draw(fullReport());
    expect(drawn).toContain('Damage  1 error, 2 warnings');
    expect(drawn.indexOf('tag-not-linked')).toBeLessThan(drawn.indexOf('dangling-layer-link'));
    expect(drawn.match(/dangling-layer-link/g)).toHaveLength(1);
    expect(drawn.replaceAll(/\s+/g, ' ')).toContain('`regsweep rm team/app:v1`');
    expect(draw(fullReport({ problems: [] }))).toContain('Damage  none found');
  });

  test('an empty registry is told in words, not in zeros', () => {
    const drawn = draw(emptyReport());
    expect(drawn).toContain('an empty registry');
    expect(drawn).not.toContain('0 B');
  });
});

describe('hostile names', () => {
  const report = fullReport({
    registry: { root: '/srv/\u001b[2Jroot', scannedAt: '2026-03-01T12:00:03.000Z', layoutVersion: 'v2' },
    notices: [{ code: 'scan-incomplete', message: `cannot read ${HOSTILE}` }],
    repositories: [repositoryRow(HOSTILE, { reclaimableBytes: 5 }), repositoryRow('=1+1', { reclaimableBytes: 4 })],
    problems: [
      {
        code: 'tag-not-linked',
        severity: 'error',
        path: `repositories/${HOSTILE}`,
        repository: HOSTILE,
        message: `tag of ${HOSTILE}`,
      },
    ],
  });

  test.each([40, 80, 120])('reach no terminal of %d columns', (width) => {
    const drawn = draw(report, { width });
    expect(drawn.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  });

  test('are shown so that a reader knows them', () => {
    expect(draw(report, { width: 120 })).toContain(String.raw`evil/\x1b]0;owned\x07\x0aname\u202etxt`);
  });

  test('in CSV: one record a repository, no formula, no control sequence', () => {
    const csv = renderReport('csv', report, shownBeside(report), {
      width: 80,
      color: false,
      ascii: false,
    });
    expect(csv).toContain("\r\n'=1+1,0,");
    expect(csv).not.toContain('\u001b');
    expect(csv).toContain('"evil/\\x1b]0;owned\\x07\nname\\u202etxt",0,');
    expect(csv.endsWith('\r\n')).toBe(true);
  });

  test('in JSON: the value is the same, the text is safe', () => {
    const json = renderReport('json', report, shownBeside(report), {
      width: 80,
      color: false,
      ascii: false,
    });
    expect(JSON.parse(json)).toEqual(report);
    expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    expect(json.startsWith('{\n  "schema": "regsweep.report/1",\n')).toBe(true);
    expect(json.endsWith('}\n')).toBe(true);
  });
});
