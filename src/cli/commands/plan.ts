import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import {
  example,
  withExplain,
  withFormat,
  withIndex,
  withMarking,
  withRetention,
  withRoot,
  withTarget,
} from '../options.ts';

const options = (program: Argv) =>
  withFormat(withExplain(withTarget(withRetention(withMarking(withIndex(withRoot(program)))))), [
    'table',
    'json',
    'csv',
    'ndjson',
    'markdown',
  ])
    .example(...example('plan /var/lib/registry -o plan.ndjson', 'what would go, to be read and carried out later'))
    .example(
      ...example(
        'plan /var/lib/registry --untagged --target-free 200G -o plan.ndjson',
        'no more than frees 200 GB, the oldest images first',
      ),
    )
    .example(
      ...example(
        'plan /var/lib/registry --keep-last 3 --explain -o plan.ndjson',
        "a policy's deletions, and why it lets each tag go",
      ),
    );

export type PlanArguments = ArgumentsOf<typeof options>;

/** `regsweep plan ROOT`. */
export function planCommand(program: Argv, context: RunningCommand): Argv {
  return program.command(
    'plan <root>',
    'writes the deletions that a sweep would make, one a line, with what each expects and why',
    options,
    async (args) => (await import('../run/plan.ts')).runPlan(args, context),
  );
}
