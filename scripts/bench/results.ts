/** Where figures are kept: a block for each volume and storage in one file, and a row for each in README. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

const END = '<!-- end -->';

/**
 * `text` with `block` in the place of the block of that key; behind all others where there is none yet. A block begins with
 * a comment that has its key, and ends with another.
 */
export function withBlock(text: string, key: string, block: string): string {
  const begin = `<!-- ${key} -->`;
  const whole = `${begin}\n\n${block.trim()}\n\n${END}`;
  const from = text.indexOf(begin);
  if (from < 0) return `${text.trimEnd()}\n\n${whole}\n`;
  const to = text.indexOf(END, from);
  if (to < 0) throw new Error(`${begin} has no ${END}`);
  return `${text.slice(0, from)}${whole}${text.slice(to + END.length)}`;
}

/** The rows of a table in Markdown with `row` in the place of the one with the same first cell; last where there is none. */
export function withRow(table: string, row: readonly string[]): string {
  const lines = table.trim().split('\n');
  const firstCell = (line: string): string | undefined => line.split('|')[1]?.trim();
  const line = `| ${row.join(' | ')} |`;
  const at = lines.findIndex((other) => firstCell(other) === row[0]);
  if (at < 0) return [...lines, line].join('\n');
  return lines.with(at, line).join('\n');
}

/** As `withRow`, for the table in the block of that key. Throws where there is no such block. */
export function withRowInBlock(text: string, key: string, row: readonly string[]): string {
  const begin = `<!-- ${key} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`there is no block ${begin} … ${END}`);
  return withBlock(text, key, withRow(text.slice(from + begin.length, to), row));
}

/** Writes what `change` makes of a file's text, in the project's format. */
export async function rewrite(file: string, change: (text: string) => string): Promise<void> {
  const text = change(existsSync(file) ? readFileSync(file, 'utf8') : '');
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
}
