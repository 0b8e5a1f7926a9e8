/**
 * What the registry stores is hostile: a name may carry escape sequences, line ends or characters that turn the
 * direction of the text. Nothing that could move a cursor, hide a word or forge a line reaches a terminal or a file.
 */

/** Controls, format characters (bidi controls, zero-width ones), line and paragraph separators, lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The same without the line ends and tabs, which quoting makes harmless in CSV. */
const UNSAFE_IN_CSV = /(?![\t\r\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The same without C0 controls and lone surrogates, which `JSON.stringify` escapes itself, and without its line ends. */
const UNSAFE_IN_JSON = /(?![\0-\x1f])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** What could end a code span, or the cell of a table that it stands in. */
const MARKUP_IN_CODE = /[`|]/g;

const PLAIN_SHELL_WORD = /^[\w/.:@%+=,][\w/.:@%+=,-]*$/;

/** `text` for a terminal: one line, unsafe characters as `\x1b`, `\u202e` or `\U000e0001`, the rest as it is. */
export function escapeTerminal(text: string): string {
  return text.replace(UNSAFE, showCharacter);
}

/** `text` for a CSV cell: as for a terminal, but line ends and tabs stay, for CSV quotes them. */
export function escapeCsvText(text: string): string {
  return text.replace(UNSAFE_IN_CSV, showCharacter);
}

/**
 * `text` as a code span of Markdown, in the cell of a table, too: as for a terminal, with backticks and pipes as `\x60` and
 * `\x7c`. Nothing in a code span is markup, a link or a mention, whichever program shows it.
 */
export function escapeMarkdown(text: string): string {
  return text === '' ? '' : `\`${escapeTerminal(text).replace(MARKUP_IN_CODE, showCharacter)}\``;
}

/** A JSON document with the unsafe characters of its strings as `\uXXXX`: it parses to the same value. */
export function escapeJsonDocument(json: string): string {
  return json.replace(UNSAFE_IN_JSON, (character) => {
    let escaped = '';
    for (let at = 0; at < character.length; at++) escaped += `\\u${hex(character.charCodeAt(at), 4)}`;
    return escaped;
  });
}

/** `text` as one word of a POSIX shell; with bash's `$'…'` where it holds what a terminal must not see. */
export function quoteShellWord(text: string): string {
  if (PLAIN_SHELL_WORD.test(text)) return text;
  if (escapeTerminal(text) === text) return `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`);
  return `$'${escapeTerminal(escaped)}'`;
}

function showCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
