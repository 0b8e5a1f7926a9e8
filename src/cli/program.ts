import yargs from 'yargs';
import type { Argv } from 'yargs';
import { AppError } from '../shared/errors.ts';
import { VERSION } from '../shared/version.ts';
import { withCommands, WORDS } from './commands/all.ts';
import type { RunningCommand } from './context.ts';
import { describeExitStatuses } from './exit-codes.ts';
import { refuseUnknownCommand } from './unknown-command.ts';
import { usageFailure } from './usage-failure.ts';
import { refuseValuesOfFlags } from './wrong-value.ts';

const WIDEST_HELP = 100;

/** The options that mean something when given twice. */
const REPEATABLE: ReadonlySet<string> = new Set([
  '_',
  'repo',
  'ref',
  'run',
  'registry-url',
  'registryUrl',
  'keep-tag',
  'keepTag',
]);

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
      throw usageFailure(message, error, argv, program.parsed === false ? undefined : program.parsed);
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
    if (Array.isArray(value) && !REPEATABLE.has(name))
      throw new AppError('usage', `--${name} was given more than once`);
    if (value === '' || (Array.isArray(value) && name !== '_' && value.includes(''))) {
      throw new AppError('usage', `${name} is empty`);
    }
  }
  return true;
}
