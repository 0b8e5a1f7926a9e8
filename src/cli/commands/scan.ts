import type { Argv } from 'yargs';
import type { CommandContext } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, withFormat, withIndex, withMinAge, withRoot } from '../options.ts';

const options = (program: Argv) =>
  withFormat(withMinAge(withIndex(withRoot(program))), ['table', 'json', 'csv', 'ndjson'])
    .example(...example('scan /var/lib/registry', 'makes the index that --no-scan answers from'))
    .example(...example('scan /var/lib/registry --max-iops 500', 'gently, on a volume that serves pulls'))
    .example(...example('scan /var/lib/registry --disk-usage --full', 'everything anew, with allocated bytes'));

export type ScanArguments = ArgumentsOf<typeof options>;

/** `regsweep scan ROOT`. */
export function scanCommand(program: Argv, context: CommandContext): Argv {
  return program.command('scan <root>', 'fills or refreshes the index database', options, async (args) =>
    (await import('../run/scan.ts')).runScan(args, context),
  );
}
