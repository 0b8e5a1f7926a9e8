import type { Argv } from 'yargs';
import type { CommandContext } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, withFormat, withIndex, withRoot } from '../options.ts';

const options = (program: Argv) =>
  withFormat(withIndex(withRoot(program)), ['table', 'json', 'csv', 'ndjson', 'markdown'])
    .positional('ref', {
      type: 'string',
      describe: 'REPO, REPO:TAG or REPO@DIGEST; without it: the repositories',
    })
    .example(...example('ls /var/lib/registry', 'the repositories and their sizes'))
    .example(...example('ls /var/lib/registry team/app', 'tags and revisions of one'))
    .example(...example('ls /var/lib/registry multi:2.0 --no-scan', "what a tag's manifest names, out of the index"));

export type LsArguments = ArgumentsOf<typeof options>;

/** `regsweep ls ROOT [REPO[:TAG|@DIGEST]]`. */
export function lsCommand(program: Argv, context: CommandContext): Argv {
  return program.command(
    'ls <root> [ref]',
    'repositories; tags and revisions of one; what a manifest names',
    options,
    async (args) => (await import('../run/ls.ts')).runLs(args, context),
  );
}
