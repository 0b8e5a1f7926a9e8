/** The commands of a page of Markdown, and what it says that they print. */

export interface DocumentedCommand {
  /** As a shell takes it. */
  readonly command: string;
  /** What it prints, or `undefined` where the page does not say. */
  readonly output?: string;
  /** The exit status that the page states behind it; 0 unless it does. */
  readonly status: number;
  /** Where it stands, from 1. */
  readonly line: number;
  /** Where its output begins, of a block `console`. */
  readonly printedFrom?: number;
}

/**
 * The commands of `text`, in order. In a block `sh` each line is one (`\` at its end goes on), and its output is not said. In a
 * block `console` they stand behind `$ `, and `> ` where they go on, and what they print follows. `# exit 4` behind a command states its status.
 */
export function documentedCommands(text: string): readonly DocumentedCommand[] {
  return fencedBlocks(text).flatMap(({ language, lines, line }) => {
    if (language === 'sh') return shellCommands(lines, line);
    return language === 'console' ? consoleCommands(lines, line) : [];
  });
}

interface Block {
  readonly language: string;
  readonly lines: readonly string[];
  /** Of its first line. */
  readonly line: number;
}

/** What stands between fences, with the word behind the first of them. */
function fencedBlocks(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { language: string; lines: string[]; line: number } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const [, language] = /^```(\w*)$/.exec(line) ?? [];
    if (language === undefined) open?.lines.push(line);
    else if (open === undefined) open = { language, lines: [], line: index + 2 };
    else {
      blocks.push(open);
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`the block of line ${open.line} has no end`);
  return blocks;
}

function shellCommands(lines: readonly string[], first: number): readonly DocumentedCommand[] {
  const found: DocumentedCommand[] = [];
  let before = '';
  for (const [index, line] of lines.entries()) {
    const whole = before === '' ? line : `${before}\n${line}`;
    before = '';
    if (line.endsWith('\\')) before = whole;
    else if (!/^\s*(#|$)/.test(whole)) found.push({ ...withStatus(whole), line: first + index });
  }
  return found;
}

function consoleCommands(lines: readonly string[], first: number): readonly DocumentedCommand[] {
  const starts = lines.flatMap((line, index) => (line.startsWith('$ ') ? [index] : []));
  return starts.map((start, place) => {
    const until = starts[place + 1] ?? lines.length;
    let printed = start + 1;
    while (printed < until && lines[printed]?.startsWith('> ') === true) printed++;
    const typed = lines.slice(start, printed).map((line) => line.slice(2));
    const output = lines.slice(printed, until).join('\n');
    return { ...withStatus(typed.join('\n')), output, line: first + start, printedFrom: first + printed };
  });
}

function withStatus(command: string): Pick<DocumentedCommand, 'command' | 'status'> {
  const [, before, status] = /^(.*\S)\s+# exit (\d+)$/s.exec(command) ?? [];
  return before === undefined ? { command, status: 0 } : { command: before, status: Number(status) };
}
