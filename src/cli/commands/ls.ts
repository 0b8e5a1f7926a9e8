import type { Argv } from 'yargs';
import type { CommandContext } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { withFormat, withIndex, withRoot } from '../options.ts';

const options = (program: Argv) =>
  withFormat(withIndex(withRoot(program)), ['table', 'json', 'csv']).positional('reference', {
    type: 'string',
    describe: 'REPO, REPO:TAG or REPO@DIGEST; without it: the repositories',
  });

export type LsArguments = ArgumentsOf<typeof options>;

/** `regsweep ls ROOT [REPO[:TAG|@DIGEST]]`. */
export function lsCommand(program: Argv, context: CommandContext): Argv {
  return program.command(
    'ls <root> [reference]',
    'repositories; tags and revisions of one; what a manifest names',
    options,
    async (args) => (await import('../run/ls.ts')).runLs(args, context),
  );
}
