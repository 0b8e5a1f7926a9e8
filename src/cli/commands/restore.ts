import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, withDatabase, withFormat, withMinAge, withPace, withRoot, withState } from '../options.ts';
import { withProof } from '../sweeping-options.ts';

const options = (program: Argv) =>
  withFormat(withProof(withMinAge(withState(withPace(withDatabase(withRoot(program)))))), ['table', 'json'])
    .positional('run', {
      type: 'string',
      demandOption: true,
      describe: 'the run to take back, as regsweep runs names it',
    })
    .example(...example('restore /var/lib/registry 20260301T020000Z-5eed --registry-stopped', 'takes this run back'))
    .example(
      ...example(
        'restore /var/lib/registry 20260301T020000Z-5eed --registry-config config.yml',
        'the same while the registry serves pulls, read-only',
      ),
    );

export type RestoreArguments = ArgumentsOf<typeof options>;

/** `regsweep restore ROOT RUN`. */
export function restoreCommand(program: Argv, context: RunningCommand): Argv {
  return program.command('restore <root> <run>', "puts a run's deletions back", options, async (args) =>
    (await import('../run/restore.ts')).runRestore(args, context),
  );
}
