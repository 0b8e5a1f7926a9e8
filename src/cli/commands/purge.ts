import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, OWN_OPTIONS, withFormat, withRoot, withState } from '../options.ts';

const options = (program: Argv) =>
  withFormat(withState(withRoot(program)), ['table', 'json'])
    .positional('run', { type: 'string', array: true, describe: 'only these runs; default: all that lie in the trash' })
    .option('older-than', {
      type: 'string',
      requiresArg: true,
      group: OWN_OPTIONS,
      describe: 'only runs that ended longer ago than this duration',
    })
    .option('yes', { type: 'boolean', default: false, group: OWN_OPTIONS, describe: 'do not ask on a terminal' })
    .example(...example('purge /var/lib/registry --older-than 7d', 'frees what no sweep of the last week took'))
    .example(
      ...example('purge /var/lib/registry 20260301T020000Z-5eed', 'frees one run: it cannot be taken back then'),
    );

export type PurgeArguments = ArgumentsOf<typeof options>;

/** `regsweep purge ROOT [RUN…]`. */
export function purgeCommand(program: Argv, context: RunningCommand): Argv {
  return program.command('purge <root> [run..]', 'frees the trash for good', options, async (args) =>
    (await import('../run/purge.ts')).runPurge(args, context),
  );
}
