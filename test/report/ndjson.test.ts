import { describe, expect, test } from 'vitest';
import { rankRows } from '../../src/query/rank.ts';
import { renderHistory, renderQuery, renderRank, renderReport } from '../../src/report/index.ts';
import type { History } from '../../src/report/model-history.ts';
import type { QueryResult } from '../../src/report/model.ts';
import { fullReport, repositoryRow } from './sample.ts';

const PLAIN = { width: 80, color: false, ascii: false };

function linesOf(text: string): readonly Readonly<Record<string, unknown>>[] {
  expect(text.endsWith('\n') || text === '').toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

describe('report', () => {
  test('figures first, then each repository and each problem, with the fields of the JSON', () => {
    const report = fullReport();
    const lines = linesOf(renderReport('ndjson', report, { worst: rankRows([], 'size', 1), shapedBy: [] }, PLAIN));
    const { repositories, problems, ...figures } = report;
    expect(lines).toEqual([
      { kind: 'report', ...figures },
      ...repositories.map((row) => ({ kind: 'repository', ...row })),
      ...problems.map((problem) => ({ kind: 'problem', ...problem })),
    ]);
  });

  test('then what a policy says of each tag', () => {
    const tag = { tag: 'v1', digest: null, pushedAt: null, kept: true, reasons: ['protected'] };
    const retention = [{ repository: 'app', policy: 'all', tags: [tag] }];
    const text = renderReport(
      'ndjson',
      fullReport({ retention }),
      { worst: rankRows([], 'size', 1), shapedBy: [] },
      PLAIN,
    );
    expect(linesOf(text).at(-1)).toEqual({ kind: 'fate', repository: 'app', policy: 'all', ...tag });
  });
});

test('a line end in a name begins no line, and what would turn text is escaped', () => {
  const text = renderRank('ndjson', rankRows([repositoryRow('a\n{"kind":"x"}\u202e')], 'size', 1), PLAIN);
  expect(text).toContain(String.raw`a\n{\"kind\":\"x\"}\u202e`);
  expect(linesOf(text)).toMatchObject([{ kind: 'repository', name: 'a\n{"kind":"x"}\u202e' }]);
});

test('history: the scans, or what changed between two of them', () => {
  const totals = { repositories: 1, tags: 2, revisions: 3, blobs: 4, freeBytes: null, capacityBytes: null };
  const scan = { scannedAt: '2026-03-01T12:00:00.000Z', ...totals, bytes: 5, referencedBytes: 4, taggedBytes: 3 };
  const added = { growthBytes: 4, tagsAdded: 2, revisionsAdded: 3, untaggedGrowthBytes: 1, orphanedGrowthBytes: 0 };
  const now = { tags: 2, revisions: 3, referencedBytes: 4, taggedBytes: 3, orphanedBytes: 0 };
  const change = { name: 'app', change: 'appeared', ...now, ...added } as const;
  const grown = { growthBytes: 4, referencedGrowthBytes: 4, unreferencedGrowthBytes: 0, untaggedGrowthBytes: 1 };
  const history: History = {
    schema: 'regsweep.history/1',
    registry: { root: '/r' },
    scans: [scan],
    comparison: { from: scan.scannedAt, to: scan.scannedAt, ...grown, repositories: [change] },
    trends: [],
    forecast: null,
  };
  expect(linesOf(renderHistory('ndjson', history, false, PLAIN))).toEqual([{ kind: 'kept-scan', ...scan }]);
  expect(linesOf(renderHistory('ndjson', history, true, PLAIN))).toEqual([{ kind: 'change', ...change }]);
  expect(renderHistory('ndjson', { ...history, comparison: null }, true, PLAIN)).toBe('');
});

describe('query', () => {
  const result = (columns: readonly string[], ...rows: QueryResult['rows']): QueryResult => ({
    schema: 'regsweep.query/1',
    columns,
    rows,
  });

  test('an object for each row, by column names, whatever they are', () => {
    const text = renderQuery('ndjson', result(['__proto__', 'n'], ['x', 1], [null, 2]), PLAIN);
    expect(text).toBe('{"__proto__":"x","n":1}\n{"__proto__":null,"n":2}\n');
  });

  test('two columns of one name are refused: one would hide the other', () => {
    expect(() => renderQuery('ndjson', result(['n', 'n'], [1, 2]), PLAIN)).toThrow(
      expect.objectContaining({ code: 'usage', message: 'two columns are called "n"' }),
    );
  });
});
