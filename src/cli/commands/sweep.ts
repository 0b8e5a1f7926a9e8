import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import {
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
  ]).option('plan', {
    type: 'string',
    requiresArg: true,
    group: OWN_OPTIONS,
    describe: 'carry out this plan file, as far as the volume still asks for it',
  });

export type SweepArguments = ArgumentsOf<typeof options>;

/** `regsweep sweep ROOT`. */
export function sweepCommand(program: Argv, context: RunningCommand): Argv {
  return program.command('sweep <root>', 'shows what would go; with --apply carries it out', options, async (args) =>
    (await import('../run/sweep.ts')).runSweep(args, context),
  );
}
