import { describe, expect, test } from 'vitest';
import { rankRows } from '../../src/query/rank.ts';
import { renderListing, renderQuery, renderRank, renderReport, renderScan } from '../../src/report/index.ts';
import type { Listing, QueryResult, ScanSummary } from '../../src/report/model.ts';
import { widthOf } from '../../src/report/text.ts';
import { emptyReport, fullReport, repositoryRow } from './sample.ts';

const PLAIN = { width: 80, color: false, ascii: false };
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

const TAGS: Listing = {
  schema: 'regsweep.ls/1',
  kind: 'repository',
  repository: 'team/app',
  tags: [
    {
      tag: 'latest',
      digest: DIGEST,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      pushedAt: '2026-02-01T10:00:00.000Z',
      bytes: 3_000,
      exclusiveBytes: 1_000,
      sharedBytes: 2_000,
    },
    {
      tag: 'broken',
      digest: null,
      mediaType: null,
      pushedAt: null,
      bytes: null,
      exclusiveBytes: null,
      sharedBytes: null,
    },
  ],
  revisions: [
    {
      digest: DIGEST,
      mediaType: null,
      tags: ['latest'],
      untagged: false,
      pushedAt: null,
      bytes: 3_000,
      exclusiveBytes: null,
      sharedBytes: null,
    },
    {
      digest: `sha256:${'f'.repeat(64)}`,
      mediaType: null,
      tags: [],
      untagged: true,
      pushedAt: null,
      bytes: 10,
      exclusiveBytes: 10,
      sharedBytes: 0,
    },
  ],
};

const MANIFEST: Listing = {
  schema: 'regsweep.ls/1',
  kind: 'manifest',
  repository: 'team/app',
  digest: DIGEST,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  artifactType: null,
  bytes: 3_000,
  exclusiveBytes: 1_000,
  sharedBytes: 2_000,
  tags: ['latest', 'v1'],
  references: [
    {
      kind: 'config',
      digest: DIGEST,
      mediaType: null,
      platform: null,
      present: true,
      bytes: 7,
      exclusiveBytes: 7,
      sharedBytes: 0,
    },
    {
      kind: 'layer',
      digest: DIGEST,
      mediaType: null,
      platform: null,
      present: false,
      bytes: null,
      exclusiveBytes: null,
      sharedBytes: null,
    },
  ],
};

describe('ls', () => {
  test('a repository: tags and revisions', () => {
    const drawn = renderListing('table', TAGS, PLAIN);
    expect(drawn).toMatch(/^team\/app {2}2 tags, 2 revisions\n/);
    expect(drawn).toMatch(/latest +sha256:0123456789ab +3 kB +1 kB +2 kB/);
    expect(drawn).toMatch(/broken +\(unreadable\)/);
    expect(drawn).toMatch(/sha256:ffffffffffff +\(untagged\) +10 B/);
  });

  test('digests are whole where nothing limits the width', () => {
    expect(renderListing('table', TAGS, { ...PLAIN, width: Infinity })).toContain(DIGEST);
  });

  test('a manifest: its references, and which of them are missing', () => {
    const drawn = renderListing('table', MANIFEST, PLAIN);
    expect(drawn).toContain(`digest        ${DIGEST}`);
    expect(drawn).toMatch(/layer +sha256:0123456789ab +missing/);
    expect(renderListing('csv', MANIFEST, PLAIN).split('\r\n')[2]).toBe(`layer,${DIGEST},,,false,,,`);
  });

  test('a registry: its repositories, or that there are none', () => {
    const listing = (names: string[]): Listing => ({
      schema: 'regsweep.ls/1',
      kind: 'registry',
      repositories: names.map((name) => repositoryRow(name, { bytes: 5_000, tags: 3 })),
    });
    expect(renderListing('table', listing(['a', 'a/b']), PLAIN)).toMatch(/^repository.*\na +5 kB.*\na\/b +5 kB/);
    expect(renderListing('table', listing([]), PLAIN)).toBe('No repositories.\n');
  });

  test('CSV tells tags from revisions', () => {
    const lines = renderListing('csv', TAGS, PLAIN).split('\r\n');
    expect(lines[0]).toBe('kind,tag,digest,mediaType,untagged,bytes,exclusiveBytes,sharedBytes,pushedAt');
    expect(lines[2]).toBe('tag,broken,,,,,,,');
    expect(lines[4]).toBe(`revision,,sha256:${'f'.repeat(64)},,true,10,10,0,`);
  });
});

describe('rank', () => {
  const rank = rankRows(fullReport().repositories, 'growth', 10);

  test('the ranked number stands first, with a bar', () => {
    expect(renderRank('table', rank, PLAIN).split('\n')[1]).toMatch(/^ {2}team\/app-10 +█{16} +\+10 MB/);
  });

  test.each([40, 80, 120])('fits %d columns', (width) => {
    for (const line of renderRank('table', rank, { ...PLAIN, width }).split('\n')) {
      expect(widthOf(line)).toBeLessThanOrEqual(width);
    }
  });

  test('CSV has the fields of the JSON, in its order, and negative numbers stay numbers', () => {
    const [head, , second] = renderRank('csv', rankRows(fullReport().repositories, 'tags', 2), PLAIN).split('\r\n');
    expect(head).toBe(Object.keys(repositoryRow('x')).join(','));
    expect(second).toContain('team/app-9,27,');
    expect(second).toContain(',-9000,');
  });

  test('no repositories', () => {
    expect(renderRank('table', rankRows([], 'size', 10), PLAIN)).toBe('No repositories.\n');
  });
});

describe('scan', () => {
  const summary: ScanSummary = {
    schema: 'regsweep.scan/1',
    registry: fullReport().registry,
    database: '/home/op/.cache/regsweep/registry.sqlite',
    complete: false,
    durationSeconds: 1.5,
    totals: fullReport().totals,
    problems: fullReport().problems,
  };

  test('counts, time, place, and whether it is whole', () => {
    const drawn = renderScan('table', summary, PLAIN);
    expect(drawn).toContain('scanned 2026-03-01 12:00:03 UTC in 1.50 s');
    expect(drawn).toMatch(/layer links +2,200/);
    expect(drawn).toMatch(/bytes on disk +-/);
    expect(drawn).toContain('! The scan is incomplete');
    expect(drawn).toContain('Index  /home/op/.cache/regsweep/registry.sqlite');
    expect(renderScan('table', { ...summary, complete: true }, PLAIN)).not.toContain('incomplete');
  });
});

describe('query', () => {
  const result: QueryResult = {
    schema: 'regsweep.query/1',
    columns: ['name', 'bytes'],
    rows: [
      ['a\nb', 9_007_199_254_740_991],
      ['=SUM(A1)', null],
    ],
  };

  test('table: exact numbers, escaped text', () => {
    expect(renderQuery('table', result, PLAIN)).toBe(
      ['name                 bytes', 'a\\x0ab    9007199254740991', '=SUM(A1)              NULL', ''].join('\n'),
    );
  });

  test('table: as wide as it must be, whatever the terminal', () => {
    const wide = { ...result, rows: [['x'.repeat(200), 1]] };
    expect(renderQuery('table', wide, PLAIN)).toContain('x'.repeat(200));
  });

  test('CSV', () => {
    expect(renderQuery('csv', result, PLAIN)).toBe('name,bytes\r\n"a\nb",9007199254740991\r\n\'=SUM(A1),\r\n');
  });

  test('CSV: an integer that is text for its size stays one; a formula that begins like it does not', () => {
    const integers = ['-9223372036854775808', '9223372036854775807', '-9007199254740993+1', '-5'];
    expect(renderQuery('csv', { ...result, rows: integers.map((text) => [text, 1]) }, PLAIN)).toBe(
      "name,bytes\r\n-9223372036854775808,1\r\n9223372036854775807,1\r\n'-9007199254740993+1,1\r\n'-5,1\r\n",
    );
  });
});

test('an unknown format is a usage error that names those there are', () => {
  const empty = emptyReport();
  const render = (format: string) => () =>
    renderReport(format, empty, { worst: rankRows([], 'size', 1), shapedBy: [] }, PLAIN);
  expect(render('html')).toThrow(
    expect.objectContaining({ code: 'usage', hint: 'formats: table, json, csv, ndjson, markdown' }),
  );
  expect(render('constructor')).toThrow(expect.objectContaining({ code: 'usage' }));
});
