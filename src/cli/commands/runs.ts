import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, OWN_OPTIONS, withFormat, withRoot, withState } from '../options.ts';

const options = (program: Argv) =>
  withFormat(withState(withRoot(program)), ['table', 'json', 'ndjson', 'markdown'])
    .positional('run', { type: 'string', describe: 'only this run' })
    .option('redis-keys', {
      type: 'boolean',
      default: false,
      group: OWN_OPTIONS,
      describe: "the keys under which redis still believes in what the run took, one a line, for redis-cli's DEL",
    })
    .example(...example('runs /var/lib/registry', 'what was carried out, and what of it still lies in the trash'))
    .example(...example('runs /var/lib/registry 20260301T020000Z-5eed', 'what one run took'))
    .example(
      ...example(
        'runs /var/lib/registry 20260301T020000Z-5eed --redis-keys | xargs redis-cli DEL',
        'makes redis forget what the run took',
      ),
    );

export type RunsArguments = ArgumentsOf<typeof options>;

/** `regsweep runs ROOT [RUN]`. */
export function runsCommand(program: Argv, context: RunningCommand): Argv {
  return program.command('runs <root> [run]', 'the sweeps that were carried out', options, async (args) =>
    (await import('../run/runs.ts')).runRuns(args, context),
  );
}
