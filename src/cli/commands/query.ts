import type { Argv } from 'yargs';
import type { CommandContext } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, OWN_OPTIONS, withFormat, withIndex, withRoot } from '../options.ts';

const options = (program: Argv) =>
  withFormat(withIndex(withRoot(program)), ['table', 'json', 'csv', 'ndjson', 'markdown'])
    .positional('sql', { type: 'string', describe: 'one statement that reads' })
    .option('schema', {
      type: 'boolean',
      default: false,
      group: OWN_OPTIONS,
      describe: 'print the documented tables instead',
    })
    .example(...example('query /var/lib/registry --schema', 'the tables, with what each column holds'))
    .example(
      ...example('query /var/lib/registry "SELECT name FROM repository ORDER BY name"', 'any question that reads'),
    )
    .example(
      ...example(
        'query /var/lib/registry "SELECT name FROM tag ORDER BY pushed_at LIMIT 9"',
        'the tags that were pushed longest ago',
      ),
    );

export type QueryArguments = ArgumentsOf<typeof options>;

/** `regsweep query ROOT SQL`. */
export function queryCommand(program: Argv, context: CommandContext): Argv {
  return program.command('query <root> [sql]', 'read-only SQL on the index database', options, async (args) =>
    (await import('../run/query.ts')).runQuery(args, context),
  );
}
