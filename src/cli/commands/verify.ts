import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, withDatabase, withFormat, withPace, withRoot } from '../options.ts';

const VERIFYING = 'What is verified:';

const options = (program: Argv) =>
  withFormat(withPace(withDatabase(withRoot(program))), ['table', 'json', 'ndjson', 'markdown'])
    .option('data', {
      type: 'boolean',
      default: false,
      group: VERIFYING,
      describe: 'hash blobs, too: what disks and memories do to them is seen by nothing else',
    })
    .option('data-subset', {
      type: 'string',
      requiresArg: true,
      group: VERIFYING,
      describe: '--data for a part: 5% is what was not verified for longest, 1/7 the first of seven fixed parts',
    })
    .option('max-duration', {
      type: 'string',
      requiresArg: true,
      group: VERIFYING,
      describe: 'stop hashing cleanly after this duration, as 45m; the next run goes on with what is left',
    })
    .option('pull-check', {
      type: 'string',
      requiresArg: true,
      group: VERIFYING,
      describe: 'say whether a pull of REPO:TAG or REPO@DIGEST would work, without a scan; --data hashes its layers',
    })
    .example(...example('verify /var/lib/registry', 'what is damaged, by what the links and manifests say'))
    .example(
      ...example(
        'verify /var/lib/registry --data-subset 5% --max-duration 45m',
        'hashes what was not verified for longest',
      ),
    )
    .example(...example('verify /var/lib/registry --pull-check app:1.0', 'whether a pull of this image would work'));

export type VerifyArguments = ArgumentsOf<typeof options>;

/** `regsweep verify ROOT`. */
export function verifyCommand(program: Argv, context: RunningCommand): Argv {
  return program.command(
    'verify <root>',
    'damage: what it means for those who pull, and what to do about it',
    options,
    async (args) => (await import('../run/verify.ts')).runVerify(args, context),
  );
}
