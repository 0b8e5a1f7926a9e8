import { AppError } from '../shared/errors.ts';
import { describeCommands, type CommandDescription } from './description.ts';
import { usageHint } from './unknown-command.ts';
import { meantOptions, optionsElsewhere, withoutSecondSpellings, type ParsedOptions } from './unknown-option.ts';
import { wrongChoice } from './wrong-value.ts';

/**
 * What yargs says of wrong arguments, as a failure that says what to do. It gives a message for a wrong argument, an error of
 * its own for a missing value, and a command's error as it is, which comes through.
 */
export function usageFailure(
  message: string,
  error: Error | undefined,
  argv: readonly string[],
  parsed: ParsedOptions | undefined,
): Error {
  if (error !== undefined && error.name !== 'YError') return error;
  const commands = describeCommands();
  const said = error?.message ?? message;
  const wrong = wrongChoice(said, commands);
  if (wrong?.nearest !== undefined) return new AppError('usage', wrong.message, usageHint([wrong.nearest]));
  const about = missing(said, argv, commands) ?? wrong?.message ?? inOneLine(withoutSecondSpellings(said));
  // What may have been meant by options that the command does not know: they may have taken ROOT for their value.
  if (parsed === undefined) return new AppError('usage', about);
  const meant = meantOptions(argv, parsed, commands);
  return new AppError('usage', about, usageHint(meant, optionsElsewhere(argv, parsed, commands)));
}

function missing(said: string, argv: readonly string[], commands: readonly CommandDescription[]): string | undefined {
  const [, given] = /^Not enough non-option arguments: got (\d+)/.exec(said) ?? [];
  if (given !== undefined) return `${missingWord(argv, Number(given), commands)} is missing`;
  const [, option] = /^Not enough arguments following: (\S+)$/.exec(said) ?? [];
  return option === undefined ? undefined : `${option.length === 1 ? '-' : '--'}${option} wants a value`;
}

/** What the command of a line wants after so many words; without a command it is ROOT. */
function missingWord(
  [first = '', second = '']: readonly string[],
  given: number,
  commands: readonly CommandDescription[],
): string {
  const command = commands.findLast(({ name }) => name === first || name === `${first} ${second}`);
  return command?.positionals[given]?.name.toUpperCase() ?? 'ROOT';
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}
