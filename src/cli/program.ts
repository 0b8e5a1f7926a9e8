import yargs from 'yargs';
import type { Argv } from 'yargs';
import { AppError } from '../shared/errors.ts';
import { VERSION } from '../shared/version.ts';
import { withCommands, WORDS } from './commands/all.ts';
import type { RunningCommand } from './context.ts';
import { describeCommands } from './description.ts';
import { describeExitStatuses } from './exit-codes.ts';
import { refuseUnknownCommand, usageHint } from './unknown-command.ts';
import { meantOptions, optionsElsewhere, POSITIONAL_NAMES, withoutSecondSpellings } from './unknown-option.ts';
import { refuseValuesOfFlags, wrongChoice } from './wrong-value.ts';

const WIDEST_HELP = 100;

/** What commands want that takes more or other words than ROOT. */
const POSITIONALS: Readonly<Record<string, readonly [string, string?]>> = {
  completion: ['SHELL'],
  policy: ['FILE'],
  restore: ['ROOT', 'RUN'],
  rm: ['ROOT', 'REF'],
  why: ['ROOT', 'REF'],
};

/** The options that mean something when given twice. */
const REPEATABLE: ReadonlySet<string> = new Set([
  '_',
  'repo',
  'reference',
  'run',
  'registry-url',
  'registryUrl',
  'keep-tag',
  'keepTag',
]);

type Parsed = Parameters<typeof meantOptions>[1];

/**
 * The command line as yargs understands it. It neither prints errors nor ends the process: what is wrong with the
 * arguments is thrown as `usage`, and what a command throws comes through.
 */
export function createProgram(argv: readonly string[], context: RunningCommand): Argv {
  const program: Argv = yargs([...argv])
    .scriptName('regsweep')
    .locale('en')
    .parserConfiguration({ 'greedy-arrays': false, 'dot-notation': false, 'parse-numbers': false })
    .exitProcess(false)
    .strict()
    .demandCommand(1)
    .showHelpOnFail(false)
    .fail((message, error) => {
      const { parsed } = program;
      const hint = parsed === false ? usageHint([]) : hintAbout(argv, parsed);
      throw asFailure(message, error, argv[0] ?? '', hint);
    })
    .middleware((given) => refuseUnknownCommand(given, WORDS, context), true)
    .check((given) => {
      refuseValuesOfFlags(argv, given);
      return refuseOddValues(given);
    })
    .usage(
      'Usage: $0 [command] ROOT [options]\n\nLooks into a Docker registry volume, offline, and sweeps it in a maintenance window.',
    )
    .epilogue(describeExitStatuses())
    .wrap(Math.min(WIDEST_HELP, context.stdout.columns || WIDEST_HELP))
    .version(VERSION)
    .help()
    .alias('help', 'h');
  return withCommands(program, context);
}

/** A line at whose end nothing is typed yet. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['line', 'word']);

/** yargs makes a list of an option that is given twice, and takes `--db=` for a value. */
function refuseOddValues(given: Readonly<Record<string, unknown>>): true {
  for (const [name, value] of Object.entries(given)) {
    if (MAY_BE_EMPTY.has(name)) continue;
    if (Array.isArray(value) && !REPEATABLE.has(name)) throw usageError(`--${name} was given more than once`);
    if (value === '' || (Array.isArray(value) && name !== '_' && value.includes(''))) {
      throw usageError(`${name} is empty`);
    }
  }
  return true;
}

/** What may have been meant by options that the command does not know; they may have taken ROOT for their value. */
function hintAbout(argv: readonly string[], parsed: Parsed): string {
  return usageHint(meantOptions(argv, parsed), optionsElsewhere(argv, parsed, describeCommands()));
}

/** yargs gives a message for a wrong argument, an error of its own for a missing value, and a command's error as it is. */
function asFailure(message: string, error: Error | undefined, command: string, hint: string): Error {
  if (error !== undefined && error.name !== 'YError') return error;
  const said = error?.message ?? message;
  const [, given] = /^Not enough non-option arguments: got (\d+)/.exec(said) ?? [];
  if (given !== undefined) return usageError(`${missingWord(command, Number(given))} is missing`, hint);
  const [, option] = /^Not enough arguments following: (\S+)$/.exec(said) ?? [];
  if (option !== undefined) return usageError(`${option.length === 1 ? '-' : '--'}${option} wants a value`, hint);
  const wrong = wrongChoice(said, POSITIONAL_NAMES);
  if (wrong?.nearest !== undefined) return usageError(wrong.message, usageHint([wrong.nearest]));
  return usageError(wrong?.message ?? withoutSecondSpellings(said).replaceAll(/\s*\n\s*/g, ' '), hint);
}

/** What a command wants after so many words. */
function missingWord(command: string, given: number): string {
  const [first, second] = POSITIONALS[command] ?? ['ROOT'];
  return given === 0 ? first : (second ?? first);
}

function usageError(message: string, hint = usageHint([])): AppError {
  return new AppError('usage', message, hint);
}
