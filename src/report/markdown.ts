/** Tables of GitHub's Markdown, for a pull request or a wiki. */
import { markdownTable } from 'markdown-table';

export interface MarkdownColumn<Row> {
  readonly head: string;
  readonly align?: 'right';
  /** Text that is Markdown: what comes from a volume went through `escapeMarkdown`. */
  readonly cell: (row: Row) => string;
}

/** A table, without a line end at its end. Cells are not padded: a longer name changes one line, and not all of them. */
export function drawMarkdownTable<Row>(columns: readonly MarkdownColumn<Row>[], rows: Iterable<Row>): string {
  const cells = Array.from(rows, (row) => columns.map(({ cell }) => cell(row)));
  return markdownTable([columns.map(({ head }) => head), ...cells], {
    align: columns.map(({ align }) => align ?? null),
    alignDelimiters: false,
  });
}

/** Blocks with an empty line between them; empty ones are left out. */
export function joinBlocks(blocks: readonly string[]): string {
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}
