import type { Argv } from 'yargs';
import { RANK_KEYS } from '../../report/model.ts';
import type { CommandContext } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, OWN_OPTIONS, withFormat, withIndex, withMarking, withRetention, withRoot } from '../options.ts';

function withRanking<T>(program: Argv<T>) {
  return program
    .option('by', {
      choices: RANK_KEYS,
      requiresArg: true,
      default: 'orphaned-bytes' as const,
      group: OWN_OPTIONS,
      describe: 'what to rank by',
    })
    .option('top', {
      type: 'string',
      requiresArg: true,
      default: '10',
      group: OWN_OPTIONS,
      describe: 'how many repositories to show',
    })
    .option('depth', {
      type: 'string',
      requiresArg: true,
      group: OWN_OPTIONS,
      describe: 'fold names to this many parts; 1: by namespace',
    });
}

const options = (program: Argv) =>
  withFormat(withRetention(withMarking(withIndex(withRanking(withRoot(program))))), [
    'table',
    'json',
    'csv',
    'ndjson',
    'markdown',
  ])
    .example(...example('rank /var/lib/registry --by reclaimable', 'who holds what a sweep would free'))
    .example(...example('rank /var/lib/registry --depth 1 --by size --top 5', 'the five largest namespaces'))
    .example(
      ...example(
        'rank /var/lib/registry --by growth --format csv',
        'who grew since the scan before, for a spreadsheet',
      ),
    );

export type RankArguments = ArgumentsOf<typeof options>;

/** `regsweep rank ROOT`. */
export function rankCommand(program: Argv, context: CommandContext): Argv {
  return program.command('rank <root>', 'repositories, worst first', options, async (args) =>
    (await import('../run/rank.ts')).runRank(args, context),
  );
}
