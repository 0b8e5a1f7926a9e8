import type { Argv } from 'yargs';
import type { CommandContext } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, OWN_OPTIONS, withFormat, withIndex, withRoot } from '../options.ts';

const options = (program: Argv) =>
  withFormat(
    withIndex(withRoot(program)).option('since', {
      type: 'string',
      requiresArg: true,
      group: OWN_OPTIONS,
      describe:
        'compare the newest scan with the last one that is so old, as 7d, from by that day, as 2026-11-01 (UTC), or so many scans back, as 3; default: 1',
    }),
    ['table', 'json', 'csv', 'ndjson', 'markdown'],
  )
    .example(...example('history /var/lib/registry', 'how the volume grew from scan to scan'))
    .example(
      ...example(
        'history /var/lib/registry --since 1 --no-scan',
        'what the last scan found that the one before had not',
      ),
    );

export type HistoryArguments = ArgumentsOf<typeof options>;

/** `regsweep history ROOT`. */
export function historyCommand(program: Argv, context: CommandContext): Argv {
  return program.command(
    'history <root>',
    'the scans that the index keeps: how the volume grows',
    options,
    async (args) => (await import('../run/history.ts')).runHistory(args, context),
  );
}
