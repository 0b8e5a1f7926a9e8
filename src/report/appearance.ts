import { createColors } from 'picocolors';

/** What the reader's terminal can show. It comes in as an argument, so that the same value gives the same text. */
export interface Appearance {
  /** Columns; `Infinity` where nothing is to be cut (a pipe). */
  readonly width: number;
  readonly color: boolean;
  /** Only ASCII for bars, ellipses and separators. Names stay as they are. */
  readonly ascii: boolean;
}

type Paint = (text: string) => string;

/** An appearance made ready to use: colours (or none) and the characters to draw with. */
export interface Style {
  readonly width: number;
  readonly title: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly warning: Paint;
  readonly error: Paint;
  readonly ellipsis: string;
  readonly separator: string;
  /** A full cell of a bar, its partial cells from thin to thick, and an empty cell. */
  readonly bar: { readonly full: string; readonly partial: readonly string[]; readonly empty: string };
  /** Cells of a bar in three parts, which differ without colours, too. */
  readonly fills: readonly [string, string, string];
  /** Characters of a sparkline, from the lowest to the highest. */
  readonly levels: readonly string[];
  /** What leads to the branches of a tree. */
  readonly branch: { readonly fork: string; readonly last: string; readonly pass: string; readonly none: string };
}

const BLOCKS = { full: '█', partial: ['▏', '▎', '▍', '▌', '▋', '▊', '▉'], empty: ' ' };
const ASCII_BLOCKS = { full: '#', partial: [], empty: '.' };
const FILLS = ['█', '▒', '░'] as const;
const ASCII_FILLS = ['#', '=', '.'] as const;
const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII_LEVELS = ['_', '.', '-', '=', '+', '*', '%', '#'];
const BRANCHES = { fork: '├─', last: '└─', pass: '│ ', none: '  ' };
const ASCII_BRANCHES = { fork: '|-', last: '`-', pass: '| ', none: '  ' };

/** The style that an appearance asks for. */
export function styleFor(appearance: Appearance): Style {
  const colors = createColors(appearance.color);
  return {
    width: appearance.width,
    title: colors.bold,
    faint: colors.dim,
    good: colors.green,
    warning: colors.yellow,
    error: colors.red,
    ellipsis: appearance.ascii ? '~' : '…',
    separator: appearance.ascii ? ' - ' : ' · ',
    bar: appearance.ascii ? ASCII_BLOCKS : BLOCKS,
    fills: appearance.ascii ? ASCII_FILLS : FILLS,
    levels: appearance.ascii ? ASCII_LEVELS : LEVELS,
    branch: appearance.ascii ? ASCII_BRANCHES : BRANCHES,
  };
}
