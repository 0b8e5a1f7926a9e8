import type { Argv } from 'yargs';
import type { CommandContext } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, OWN_OPTIONS, withFormat, withIndex, withMarking, withRetention, withRoot } from '../options.ts';

function withShape<T>(program: Argv<T>) {
  return program
    .option('depth', {
      type: 'string',
      requiresArg: true,
      group: OWN_OPTIONS,
      describe: 'fold names to this many parts; 1: namespaces only',
    })
    .option('top', {
      type: 'string',
      requiresArg: true,
      group: OWN_OPTIONS,
      describe: 'how many names to show, the largest; default: 30 in a table, all in JSON',
    });
}

const options = (program: Argv) =>
  withFormat(withRetention(withMarking(withIndex(withShape(withRoot(program))))), ['table', 'json', 'ndjson'])
    .example(...example('tree /var/lib/registry', 'where the bytes lie'))
    .example(
      ...example('tree /var/lib/registry --depth 1 --untagged', 'by namespace, and what would go if only tags counted'),
    );

export type TreeArguments = ArgumentsOf<typeof options>;

/** `regsweep tree ROOT`. */
export function treeCommand(program: Argv, context: CommandContext): Argv {
  return program.command('tree <root>', 'repositories as a tree, with bars', options, async (args) =>
    (await import('../run/tree.ts')).runTree(args, context),
  );
}
