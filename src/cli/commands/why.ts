import type { Argv } from 'yargs';
import type { CommandContext } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, OWN_OPTIONS, withFormat, withIndex, withMarking, withRetention, withRoot } from '../options.ts';

const options = (program: Argv) =>
  withFormat(withRetention(withMarking(withIndex(withRoot(program)))), ['table', 'json'])
    .positional('ref', {
      type: 'string',
      demandOption: true,
      describe: 'REPO:TAG, REPO@DIGEST, or a digest; a digest may be cut short, and without sha256:',
    })
    .option('chains', {
      type: 'string',
      requiresArg: true,
      default: '5',
      group: OWN_OPTIONS,
      describe: 'how many of the shortest chains to show, and how many links',
    })
    .example(...example('why /var/lib/registry app:stable', 'what keeps this image'))
    .example(...example('why /var/lib/registry 3560fd40357e', 'the same of a digest, which may be cut short'))
    .example(...example('why /var/lib/registry app:0.9 --keep-last 1', 'whether a policy would keep it'));

export type WhyArguments = ArgumentsOf<typeof options>;

/** `regsweep why ROOT REF`. */
export function whyCommand(program: Argv, context: CommandContext): Argv {
  return program.command(
    'why <root> <ref>',
    'what keeps a blob, a tag or a revision, and what alone does',
    options,
    async (args) => (await import('../run/why.ts')).runWhy(args, context),
  );
}
