import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, DEFAULT_MIN_AGE, withDatabase, withFormat, withPace, withRoot } from '../options.ts';
import { withApplying, withFuses, withProof } from '../sweeping-options.ts';

const REPAIRING = 'What is mended:';

const options = (program: Argv) =>
  withFormat(withApplying(withFuses(withProof(withPace(withDatabase(withRoot(program)))), 'tags or revisions')), [
    'table',
    'json',
  ])
    .option('min-age', {
      type: 'string',
      requiresArg: true,
      default: DEFAULT_MIN_AGE,
      group: REPAIRING,
      describe: 'how long the volume must have been quiet where words are the proof, 5 min at most; 0 turns it off',
    })
    .option('repo', {
      type: 'string',
      array: true,
      requiresArg: true,
      group: REPAIRING,
      describe: 'mend only in repositories that match this glob (may repeat; !GLOB excludes)',
    })
    .option('drop-dangling', {
      type: 'boolean',
      default: false,
      group: REPAIRING,
      describe:
        'take what leads nowhere, too: tags, revisions and layer links whose blob is missing or is no manifest any more, tags that name nothing',
    })
    .option('relink-children', {
      type: 'boolean',
      default: false,
      group: REPAIRING,
      describe: 'link the children of indexes, too, where they are here: somebody may have deleted them on purpose',
    })
    .example(...example('repair /var/lib/registry', 'shows what would be mended, and what would not'))
    .example(
      ...example('repair /var/lib/registry --apply --registry-stopped', 'mends it; regsweep restore takes it back'),
    )
    .example(
      ...example(
        'repair /var/lib/registry --drop-dangling --repo "team/**"',
        'what could go besides, in these repositories',
      ),
    );

export type RepairArguments = ArgumentsOf<typeof options>;

/** `regsweep repair ROOT`. */
export function repairCommand(program: Argv, context: RunningCommand): Argv {
  return program.command(
    'repair <root>',
    'mends links out of what the volume says itself; with --apply carries it out',
    options,
    async (args) => (await import('../run/repair.ts')).runRepair(args, context),
  );
}
