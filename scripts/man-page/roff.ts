/**
 * Pieces of a manual page in the macros of man(7). Text is escaped so that no line of it is taken for a request: a line may begin
 * with a dot or an apostrophe, and a backslash or a dash means itself.
 */

/** What a line that is copied must keep: groff makes typographic quotes, accents and hyphens of the bare characters. */
const ASCII: Readonly<Record<string, string>> = {
  '\\': String.raw`\e`,
  '-': String.raw`\-`,
  "'": String.raw`\(aq`,
  '`': String.raw`\(ga`,
  '^': String.raw`\(ha`,
  '~': String.raw`\(ti`,
};

/** `text` as one line of roff. */
export function escapeRoff(text: string): string {
  return text
    .replaceAll(/[\\\-'`^~]/g, (character) => ASCII[character] ?? character)
    .replaceAll('…', '...')
    .replaceAll('·', String.raw`\(bu`)
    .replace(/^\./, String.raw`\&$&`);
}

/** Sources are read and compared, too: their lines are no longer than a terminal is wide. */
const WIDEST_LINE = 80;

/** `text` as lines that roff fills. */
export function filled(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || escapeRoff(longer).length <= WIDEST_LINE) line = longer;
    else {
      lines.push(escapeRoff(line));
      line = word;
    }
  }
  return [...lines, escapeRoff(line)];
}

export function bold(text: string): string {
  return String.raw`\fB${escapeRoff(text)}\fP`;
}

export function italic(text: string): string {
  return String.raw`\fI${escapeRoff(text)}\fP`;
}

export function section(title: string): readonly string[] {
  return [`.SH "${escapeRoff(title.toUpperCase())}"`];
}

/** `title`: roff already. */
export function subsection(title: string): readonly string[] {
  return [`.SS "${title}"`];
}

export function paragraph(text: string): readonly string[] {
  return ['.PP', ...filled(text)];
}

/** A term, which is roff already, and what it means. */
export function entry(term: string, meaning: string): readonly string[] {
  return ['.TP', term, ...filled(meaning)];
}

/** Lines that are shown as they stand. */
export function verbatim(lines: readonly string[]): readonly string[] {
  return ['.PP', '.nf', '.RS 4', ...lines.map(escapeRoff), '.RE', '.fi'];
}
