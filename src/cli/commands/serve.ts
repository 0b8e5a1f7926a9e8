import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, withDatabase, withMinAge, withOutput, withPace, withRoot, withUploads } from '../options.ts';
import { withFuses, withProof, withTagsAreComplete } from '../sweeping-options.ts';

const SERVING = 'The page:';

function withServing<T>(program: Argv<T>) {
  return program
    .option('port', {
      type: 'string',
      requiresArg: true,
      default: '0',
      group: SERVING,
      describe: 'listen at this port; 0: at any that is free',
    })
    .option('host', {
      type: 'string',
      requiresArg: true,
      default: '127.0.0.1',
      group: SERVING,
      describe: 'listen at this address: all that is said can be read on the way to any but this machine',
    })
    .option('allow-sweep', {
      type: 'boolean',
      default: false,
      group: SERVING,
      describe: 'let the page carry plans out and restore runs, by the proof that is given here',
    })
    .option('scan', { type: 'boolean', default: true, hidden: true })
    .option('no-scan', { type: 'boolean', group: SERVING, describe: 'serve the index as it is: the page never scans' })
    .option('state', {
      type: 'string',
      requiresArg: true,
      group: SERVING,
      describe: 'where runs are kept; default: .regsweep under the registry root',
    });
}

const options = (program: Argv) =>
  withOutput(
    withTagsAreComplete(
      withFuses(withProof(withServing(withUploads(withMinAge(withPace(withDatabase(withRoot(program))))))), 'bytes'),
    ),
  )
    .example(...example('serve /var/lib/registry', 'a page at this machine alone; it says its address'))
    .example(...example('serve /var/lib/registry --port 8080 --no-scan', 'over the index as it is'))
    .example(
      ...example('serve /var/lib/registry --allow-sweep --registry-config config.yml', 'the page may sweep, too'),
    );

export type ServeArguments = ArgumentsOf<typeof options>;

/** `regsweep serve ROOT`. */
export function serveCommand(program: Argv, context: RunningCommand): Argv {
  return program.command('serve <root>', 'a local web page over the index', options, async (args) =>
    (await import('../run/serve.ts')).runServe(args, context),
  );
}
