import Table from 'cli-table3';
import type { Style } from './appearance.ts';
import { cutEnd, cutMiddle, isPlain, widthOf, wrapWords } from './text.ts';

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
  /**
   * May be cut, down to `MIN_CUT_WIDTH`, when the terminal is narrow: names at their end, paths in the middle. What is to be
   * read whole goes on below, in lines of `MIN_WRAP_WIDTH` at least.
   */
  readonly cut?: 'end' | 'middle' | 'wrap';
  /** Left out when the terminal is narrow, the highest number first; absent: never left out. */
  readonly drop?: number;
}

/** Rows are cells of text that is already escaped; colours may be in it only in columns that are not cut. */
export type GridRow = readonly string[];

const GAP = 2;
const MIN_CUT_WIDTH = 12;
const MIN_WRAP_WIDTH = 40;
/** Tables are drawn in parts: the package spreads its rows over one call's arguments, and the stack is finite. */
const ROWS_PER_PART = 100;
const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/**
 * A table without lines, as lines of text of at most `style.width - indent` columns if that can be: columns that may
 * go are left out, then those that may be cut are cut. Empty heads everywhere: no head line.
 */
export function drawGrid(columns: readonly Column[], rows: readonly GridRow[], style: Style, indent = 2): string[] {
  const room = style.width - indent;
  const natural = columns.map((column, at) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[at] ?? '')), widthOf(column.head)),
  );
  const kept = columnsThatFit(columns, natural, room);
  const widths = cutWidths(columns, kept, natural, room);
  const heads = columns.some((column) => column.head !== '')
    ? [kept.map((at) => paintHead(columns[at]?.head ?? '', style))]
    : [];
  const body = rows.flatMap((row) =>
    asLines(kept.map((at) => cutCell(columns[at], row[at] ?? '', widths.get(at) ?? 0, style))),
  );
  const options = {
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colAligns: kept.map((at) => columns[at]?.align ?? ('left' as const)),
    colWidths: kept.map((at) => widths.get(at) ?? 0),
  };
  return drawParts([...heads, ...body], options, ' '.repeat(indent));
}

/** An empty head stays empty: codes around nothing would keep the spaces before them from being trimmed. */
function paintHead(head: string, style: Style): string {
  return head === '' ? '' : style.faint(head);
}

function columnsThatFit(columns: readonly Column[], natural: readonly number[], room: number): number[] {
  let kept = columns.map((_, at) => at);
  const least = (at: number): number => leastWidth(columns[at], natural[at] ?? 0);
  const needed = (): number => kept.reduce((sum, at) => sum + least(at) + GAP, -GAP);
  while (needed() > room) {
    const next = kept.reduce<number | undefined>((worst, at) => {
      const drop = columns[at]?.drop;
      if (drop === undefined) return worst;
      return worst === undefined || drop > (columns[worst]?.drop ?? 0) ? at : worst;
    }, undefined);
    if (next === undefined) break;
    kept = kept.filter((at) => at !== next);
  }
  return kept;
}

function cutWidths(
  columns: readonly Column[],
  kept: readonly number[],
  natural: readonly number[],
  room: number,
): Map<number, number> {
  const widths = new Map(kept.map((at) => [at, natural[at] ?? 0]));
  let excess = kept.reduce((sum, at) => sum + (natural[at] ?? 0) + GAP, -GAP) - room;
  // The last first: what stands behind a name explains it, and may lose more.
  for (const at of kept.toReversed()) {
    if (excess <= 0) break;
    if (columns[at]?.cut === undefined) continue;
    const width = natural[at] ?? 0;
    const less = Math.max(0, Math.min(excess, width - leastWidth(columns[at], width)));
    widths.set(at, width - less);
    excess -= less;
  }
  return widths;
}

function leastWidth(column: Column | undefined, natural: number): number {
  if (column?.cut === undefined) return natural;
  return Math.min(natural, column.cut === 'wrap' ? MIN_WRAP_WIDTH : MIN_CUT_WIDTH);
}

/** The lines of a cell: one, unless it may go on below. */
function cutCell(column: Column | undefined, cell: string, width: number, style: Style): readonly string[] {
  if (widthOf(cell) <= width) return [cell];
  switch (column?.cut) {
    case undefined:
      return [cell];
    case 'middle':
      return [cutMiddle(cell, width, style)];
    case 'end':
      return [cutEnd(cell, width, style)];
    case 'wrap':
      return wrapWords(cell, width).map((line) => cutEnd(line, width, style));
  }
}

/** The cells of a row as rows of one line each. */
function asLines(cells: readonly (readonly string[])[]): string[][] {
  const count = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: count }, (_, at) => cells.map((lines) => lines[at] ?? ''));
}

type Options = { readonly colAligns: ('left' | 'right')[]; readonly colWidths: number[] } & NonNullable<
  ConstructorParameters<typeof Table>[0]
>;

function drawParts(rows: string[][], options: Options, margin: string): string[] {
  const lines: string[] = [];
  const add = (line: string): void => void lines.push((margin + line).trimEnd());
  let others: string[][] = [];
  const drawOthers = (): void => {
    if (others.length > 0) for (const line of drawByPackage(others, options)) add(line);
    others = [];
  };
  for (const row of rows) {
    if (row.every(isPlain)) {
      drawOthers();
      add(padded(row, options));
    } else if (others.push(row) === ROWS_PER_PART) drawOthers();
  }
  drawOthers();
  return lines;
}

/** What the package would make of cells without colours and wide characters, at a tenth of the time. */
function padded(cells: readonly string[], { colAligns, colWidths }: Options): string {
  const pad = (cell: string, at: number): string => {
    const width = colWidths[at] ?? 0;
    return colAligns[at] === 'right' ? cell.padStart(width) : cell.padEnd(width);
  };
  return cells.map(pad).join(' '.repeat(GAP));
}

function drawByPackage(rows: string[][], options: Options): string[] {
  const table = new Table({ ...options, chars: { ...NO_LINES, middle: ' '.repeat(GAP) } });
  table.push(...rows);
  return table.toString().split('\n');
}
