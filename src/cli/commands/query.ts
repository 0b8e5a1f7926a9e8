import type { Argv } from 'yargs';
import type { CommandContext } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { OWN_OPTIONS, withFormat, withIndex, withRoot } from '../options.ts';

const options = (program: Argv) =>
  withFormat(withIndex(withRoot(program)), ['table', 'json', 'csv'])
    .positional('sql', { type: 'string', describe: 'one statement that reads' })
    .option('schema', {
      type: 'boolean',
      default: false,
      group: OWN_OPTIONS,
      describe: 'print the documented tables instead',
    });

export type QueryArguments = ArgumentsOf<typeof options>;

/** `regsweep query ROOT SQL`. */
export function queryCommand(program: Argv, context: CommandContext): Argv {
  return program.command('query <root> [sql]', 'read-only SQL on the index database', options, async (args) =>
    (await import('../run/query.ts')).runQuery(args, context),
  );
}
