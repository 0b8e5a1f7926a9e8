import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import {
  example,
  OWN_OPTIONS,
  withDatabase,
  withFormat,
  withMarking,
  withRetention,
  withPace,
  withRoot,
  withTarget,
} from '../options.ts';
import { withSweeping } from '../sweeping-options.ts';

const options = (program: Argv) =>
  withFormat(withSweeping(withTarget(withRetention(withMarking(withPace(withDatabase(withRoot(program))))))), [
    'table',
    'json',
  ])
    .option('plan', {
      type: 'string',
      requiresArg: true,
      group: OWN_OPTIONS,
      describe: 'carry out this plan file, as far as the volume still asks for it',
    })
    .example(...example('sweep /var/lib/registry', 'shows what would go, and stops'))
    .example(
      ...example(
        'sweep /var/lib/registry --apply --registry-stopped',
        'carries it out, into the trash: regsweep restore takes it back',
      ),
    )
    .example(
      ...example(
        'sweep /var/lib/registry --apply --no-trash --registry-stopped --until 06:00',
        'the disk is full: frees at once, until six in the morning',
      ),
    )
    .example(
      ...example(
        'sweep /var/lib/registry --plan plan.ndjson --apply --registry-config config.yml',
        'what was planned before, on a read-only registry',
      ),
    );

export type SweepArguments = ArgumentsOf<typeof options>;

/** `regsweep sweep ROOT`. */
export function sweepCommand(program: Argv, context: RunningCommand): Argv {
  return program.command('sweep <root>', 'shows what would go; with --apply carries it out', options, async (args) =>
    (await import('../run/sweep.ts')).runSweep(args, context),
  );
}
