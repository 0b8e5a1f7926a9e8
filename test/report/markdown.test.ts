/** Markdown, read by a parser of GitHub's: whatever a name holds, it stays one code span in one cell. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankRows } from '../../src/query/rank.ts';
import { escapeMarkdown } from '../../src/report/escape.ts';
import { renderQuery, renderRank, renderReport } from '../../src/report/index.ts';
import { drawMarkdownTable } from '../../src/report/markdown.ts';
import { foreignMarkup, renderedMarkdown } from '../support/rendered-markdown.ts';
import { emptyReport, fullReport, repositoryRow } from './sample.ts';

const PLAIN = { width: 80, color: false, ascii: false };
const NO_WORST = { worst: rankRows([], 'size', 1), shapedBy: [] };

function cellsOf(page: string): readonly string[] {
  return [...page.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell = '']) => cell);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
};

function textOf(cell: string): string {
  return cell
    .replaceAll(/<\/?code>/g, '')
    .replaceAll(/&(?:lt|gt|amp|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}

const marks = fc.constantFrom(
  '`',
  '``',
  '|',
  '\\',
  '\\|',
  '<b>',
  '&lt;',
  '*',
  '_',
  '@team',
  '#1',
  '[a](b)',
  '\n',
  '\u202e',
);
const nasty = fc.array(fc.oneof(marks, fc.string({ maxLength: 5 })), { maxLength: 8 }).map((parts) => parts.join(''));

test('any text stays whole, in its own cell, and shows no markup', () => {
  fc.assert(
    fc.property(nasty, nasty, (one, other) => {
      const columns = [0, 1].map((at) => ({
        head: 'x',
        cell: (row: readonly string[]) => escapeMarkdown(row[at] ?? ''),
      }));
      const table = drawMarkdownTable(columns, [
        [one, other],
        ['end', 'end'],
      ]);
      const cells = cellsOf(renderedMarkdown(table));
      // A code span loses a space at both its ends, where it has one at both.
      const shown = [one, other].map((text) => escapeMarkdown(text).slice(1, -1).trim());
      expect(cells.map((cell) => textOf(cell).trim())).toEqual([...shown, 'end', 'end']);
      expect(foreignMarkup(table)).toBeUndefined();
    }),
  );
});

test('a pipe and a backtick show as escapes, and so does what a terminal must not see', () => {
  expect(escapeMarkdown('a|b`c\u001b')).toBe('`a\\x7cb\\x60c\\x1b`');
  expect(escapeMarkdown('')).toBe('');
});

test('a report has its sections, and those alone of which there is something', () => {
  const page = renderReport(
    'markdown',
    fullReport(),
    { ...NO_WORST, worst: rankRows(fullReport().repositories, 'size', 3) },
    PLAIN,
  );
  expect(page.match(/^#+ .*$/gm)).toEqual([
    '## Registry `/var/lib/registry`',
    '### What is there',
    '### A sweep would free',
    '### Held back',
    '### Worst repositories',
    '### Damage',
  ]);
  expect(page).toContain('| **in all** | | 6.12 GB | 6.13 GB |');
  expect(page).toContain('| referenced (88%) | 11,000 | 46 GB | - |');
  expect(page).toMatch(/\| warning \| dangling-layer-link \| 2 \| .* \| `repositories\/team\/app/);
  const untagged = renderReport('markdown', fullReport({ mode: 'untagged' }), NO_WORST, PLAIN);
  expect(untagged).toContain('### A sweep with --untagged would free\n');
  const empty = renderReport('markdown', emptyReport(), NO_WORST, PLAIN);
  expect(empty).not.toContain('Held back');
  expect(empty).toContain('None found.');
});

test('a notice is a quotation, and a name in it no markup', () => {
  const notices = [{ code: 'lost-repositories', message: 'gone: <b>|`x`' }] as const;
  const page = renderReport('markdown', emptyReport({ notices }), NO_WORST, PLAIN);
  expect(page).toContain('> `gone: <b>\\x7c\\x60x\\x60`');
  expect(foreignMarkup(page)).toBeUndefined();
});

test('a ranking has the ranked number first; none is said in words', () => {
  const rank = rankRows([repositoryRow('a', { tags: 3, bytes: 5_000 })], 'tags', 1);
  expect(renderRank('markdown', rank, PLAIN).split('\n')[0]).toMatch(/^\| repository \| tags \| size \|/);
  expect(renderRank('markdown', rankRows([], 'tags', 1), PLAIN)).toBe('No repositories.\n');
});

test('a query has its numbers as they are', () => {
  const result = {
    schema: 'regsweep.query/1',
    columns: ['a|b', 'n'],
    rows: [
      ['x', 12345],
      [null, null],
    ],
  } as const;
  expect(renderQuery('markdown', result, PLAIN)).toBe(
    ['| `a\\x7cb` | `n` |', '| - | -: |', '| `x` | 12345 |', '| NULL | NULL |', ''].join('\n'),
  );
});
