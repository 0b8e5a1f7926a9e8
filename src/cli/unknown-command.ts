import yargs from 'yargs';
import { AppError } from '../shared/errors.ts';
import type { CommandContext } from './context.ts';

/** What a command may be called: whatever else stands first is a path. */
const WORD = /^[a-z][a-z-]*$/i;

/** The arguments as yargs has them before it judges them. */
interface Given {
  /** What is left over: the command, if one was named, then what no command takes. */
  readonly _: readonly (string | number)[];
  readonly root?: unknown;
}

/**
 * Refuses, as `usage`, a first of several arguments that is a word, but neither a command nor a registry: for want of a
 * command it would be taken for ROOT, and the true ROOT for one argument too many. Nothing to wait for where all is well:
 * yargs loses its own errors behind a promise.
 */
export function refuseUnknownCommand(
  { _: [first], root: word }: Given,
  commands: readonly string[],
  context: CommandContext,
): Promise<void> | undefined {
  if (first === undefined || commands.includes(String(first))) return undefined;
  return typeof word === 'string' && WORD.test(word) ? refuseUnlessRegistry(word, commands, context) : undefined;
}

async function refuseUnlessRegistry(word: string, commands: readonly string[], context: CommandContext): Promise<void> {
  if (await isRegistry(word, context)) return;
  const nearest = nearestCommand(word, commands);
  const hint = 'regsweep --help lists the commands and their options';
  throw new AppError('usage', `"${word}" is no command`, nearest === undefined ? hint : `${nearest} ${hint}`);
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

/** yargs compares words only where there is no default command, so it is asked without ours. */
function nearestCommand(word: string, commands: readonly string[]): string | undefined {
  let said: string | undefined;
  commands
    .reduce((program, name) => program.command(name, ''), yargs([word]).locale('en').exitProcess(false))
    .recommendCommands()
    .fail((message) => {
      said = message;
    })
    .parseSync();
  return said;
}
