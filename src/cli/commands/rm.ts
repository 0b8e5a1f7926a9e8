import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, withDatabase, withFormat, withMinAge, withPace, withRoot } from '../options.ts';
import { withSweeping } from '../sweeping-options.ts';

const options = (program: Argv) =>
  withFormat(withSweeping(withMinAge(withPace(withDatabase(withRoot(program))))), ['table', 'json'])
    .positional('ref', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'REPO:TAG, REPO@DIGEST, REPO, or a glob of repositories as REPO/**',
    })
    .example(...example('rm /var/lib/registry retired:v2', 'what would go with this tag'))
    .example(
      ...example(
        'rm /var/lib/registry "shop/**" nightly --apply --registry-stopped',
        'whole repositories, into the trash',
      ),
    );

export type RmArguments = ArgumentsOf<typeof options>;

/** `regsweep rm ROOT REF…`. */
export function rmCommand(program: Argv, context: RunningCommand): Argv {
  return program.command(
    'rm <root> <ref..>',
    'just these tags, digests or repositories, and what hangs on nothing else',
    options,
    async (args) => (await import('../run/rm.ts')).runRm(args, context),
  );
}
