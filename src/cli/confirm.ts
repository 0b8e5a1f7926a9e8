import { createInterface } from 'node:readline/promises';
import { AppError } from '../shared/errors.ts';
import type { CommandContext } from './context.ts';

/**
 * Asks on the terminal, below what `about` makes to be looked at first, and takes only the whole word `yes` for one. Where
 * stdin or stderr is no terminal nothing is asked, and the answer is yes: whoever scripts a command has decided.
 */
export async function confirm(question: string, about: () => string, context: CommandContext): Promise<boolean> {
  const { stdin, stderr, signal } = context;
  if (stdin.isTTY !== true || stderr.isTTY !== true) return true;
  stderr.write(`${about()}\n`);
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await terminal.question(`${question} Type yes to go on: `, { signal });
    return answer.trim() === 'yes';
  } catch (error) {
    // Ctrl-C and Ctrl-D answer, too; what is said next begins a line of its own.
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    stderr.write('\n');
    return false;
  } finally {
    terminal.close();
  }
}

/** Whoever was asked did not say yes. */
export function notConfirmed(): AppError {
  return new AppError('interrupted', 'nothing was changed', 'only the whole word yes goes on; --yes asks nothing');
}
