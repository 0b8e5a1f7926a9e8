import type { Argv } from 'yargs';
import type { CommandContext } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { withFormat, withIndex, withMinAge, withRoot } from '../options.ts';

const options = (program: Argv) => withFormat(withMinAge(withIndex(withRoot(program))), ['table', 'json', 'csv']);

export type ScanArguments = ArgumentsOf<typeof options>;

/** `regsweep scan ROOT`. */
export function scanCommand(program: Argv, context: CommandContext): Argv {
  return program.command('scan <root>', 'fills or refreshes the index database', options, async (args) =>
    (await import('../run/scan.ts')).runScan(args, context),
  );
}
