import { AppError } from '../shared/errors.ts';
import { nearestName } from '../shared/nearest.ts';
import type { CommandContext } from './context.ts';
import { USUAL_HINTS } from './usual-hints.ts';

/** What a command may be called: whatever else stands first is a path. */
const WORD = /^[a-z][a-z-]*$/i;

/** The arguments as yargs has them before it judges them. */
interface Given {
  /** What is left over: the command, if one was named, then what no command takes. */
  readonly _: readonly (string | number)[];
  readonly root?: unknown;
}

/** The commands, and what may follow those that have commands of their own. */
interface Words {
  readonly commands: readonly string[];
  readonly under: Readonly<Record<string, readonly string[]>>;
}

/**
 * Refuses, as `usage`, a word that stands where a command does and is none. A first word may be a path instead: it is
 * refused only where it is the first of several arguments, and no registry. For want of a command it would be taken for
 * ROOT, and the true ROOT for one argument too many. Nothing to wait for where all is well: yargs loses its own errors
 * behind a promise.
 */
export function refuseUnknownCommand(
  { _: [first, second], root: word }: Given,
  { commands, under }: Words,
  context: CommandContext,
): Promise<void> | undefined {
  if (first === undefined) return undefined;
  const below = under[String(first)];
  if (below !== undefined && second !== undefined && !below.includes(String(second))) {
    throw noCommand(String(second), below, `${first} `);
  }
  if (commands.includes(String(first))) return undefined;
  return typeof word === 'string' && WORD.test(word) ? refuseUnlessRegistry(word, commands, context) : undefined;
}

/** What to do about wrong arguments: `meant` are words that may have been meant instead, `said` is what else helps. */
export function usageHint(meant: readonly string[], said: readonly string[] = []): string {
  const hint = [...said, USUAL_HINTS.usage].join('; ');
  return meant.length === 0 ? hint : `did you mean ${meant.join(' and ')}? ${hint}`;
}

async function refuseUnlessRegistry(word: string, commands: readonly string[], context: CommandContext): Promise<void> {
  if (!(await isRegistry(word, context))) throw noCommand(word, commands);
}

/** What other tools call it. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  clean: 'sweep',
  'garbage-collect': 'sweep',
  gc: 'sweep',
  prune: 'sweep',
  delete: 'rm',
  remove: 'rm',
  check: 'verify',
  fsck: 'verify',
  du: 'tree',
  list: 'ls',
  undo: 'restore',
};

function noCommand(word: string, commands: readonly string[], before = ''): AppError {
  const other = before === '' && Object.hasOwn(ELSEWHERE, word) ? ELSEWHERE[word] : undefined;
  const nearest = other ?? nearestName(word, commands);
  return new AppError(
    'usage',
    `"${before}${word}" is no command`,
    usageHint(nearest === undefined ? [] : [before + nearest]),
  );
}

async function isRegistry(path: string, context: CommandContext): Promise<boolean> {
  const { locateRegistry } = await import('../scan/locate.ts');
  try {
    await locateRegistry(path, context.environment);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
