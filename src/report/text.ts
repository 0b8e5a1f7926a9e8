/** Fitting text into columns as a terminal counts them: wide characters are two, combining ones none. */
import stringWidth from 'string-width';
import type { Style } from './appearance.ts';

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Printable ASCII, and what our own tables are drawn with. */
const ONE_COLUMN_EACH = /^[ -~…·–—→─-▟]*$/;

/** Whether each character of `text` takes a column, as of nearly all names. */
export function isPlain(text: string): boolean {
  return ONE_COLUMN_EACH.test(text);
}

/** Columns that `text` takes. */
export function widthOf(text: string): number {
  // To look each character up in the tables of Unicode takes most of a table's time.
  return isPlain(text) ? text.length : stringWidth(text);
}

/** `text` in at most `width` columns, cut at its end. */
export function cutEnd(text: string, width: number, style: Style): string {
  if (widthOf(text) <= width) return text;
  return takeColumns(graphemesOf(text), width - widthOf(style.ellipsis)) + style.ellipsis;
}

/** `text` in at most `width` columns, cut in the middle: both the folder and the file of a path stay to be seen. */
export function cutMiddle(text: string, width: number, style: Style): string {
  if (widthOf(text) <= width) return text;
  const room = Math.max(0, width - widthOf(style.ellipsis));
  const graphemes = graphemesOf(text);
  const head = takeColumns(graphemes, Math.floor(room / 2));
  const tail = takeColumns(graphemes.reverse(), room - widthOf(head));
  return head + style.ellipsis + graphemesOf(tail).reverse().join('');
}

/** `text` in lines of at most `width` columns, broken at spaces; a word that is longer stands alone and is not cut. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  return lines;
}

/** Wraps `text` behind `first`, with the lines that follow indented below it. */
export function wrapBehind(first: string, text: string, style: Style): string[] {
  const indent = widthOf(first);
  const width = Math.max(20, style.width - indent);
  return wrapWords(text, width).map((line, at) => (at === 0 ? first : ' '.repeat(indent)) + line);
}

/** A title with what it is about behind it, or below it where both are too wide for a line. */
export function drawHeading(title: string, about: string, style: Style): string[] {
  const line = `${title}  ${about}`;
  return widthOf(line) <= style.width ? [line] : [title, ...wrapBehind('  ', about, style)];
}

/** Parts between separators, behind `first`: a line ends between two parts, and only a part that is too long is broken. */
export function wrapParts(first: string, parts: readonly string[], style: Style): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : line + style.separator + part;
    if (line !== '' && widthOf(first) + widthOf(longer) > style.width) {
      lines.push(line);
      line = part;
    } else line = longer;
  }
  return [...lines, line].flatMap((text) => wrapBehind(first, text, style));
}

function graphemesOf(text: string): string[] {
  return Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);
}

function takeColumns(graphemes: readonly string[], width: number): string {
  let taken = '';
  let columns = 0;
  for (const grapheme of graphemes) {
    columns += widthOf(grapheme);
    if (columns > width) break;
    taken += grapheme;
  }
  return taken;
}
